"""How far a recommendation holds when one field of the application changes and everything made from it moves along.

A field enters the model by itself and through figures made from it (ratios, means), so its limits cannot be read
off the split points. They are found by trying: values all over the field's range, then ever closer ones on both
sides of each limit. Every limit told is a value that was really scored, as it is printed, and kept the
recommendation; where trees are monotone in the field and what is made from it, none between can break it. Elsewhere
one that lies between two values that were tried may: the note says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from core.policy.recommendation import Recommendation
from core.portfolio import cross_checks
from core.portfolio.application import Application, Value
from core.portfolio.contract import WHOLE_KINDS, Column, Contract, Kind, text
from core.portfolio.wording import shown_in_column
from core.scoring.certificate_words import Holding, Interval, Subject, in_words
from core.scoring.changes import changeable_fields
from core.scoring.limit_numbers import on_step

FIRST_VALUES = 150  # tried where clients are, and as many evenly between their least and greatest
CLOSER_VALUES = 6  # tried between the last value that keeps the recommendation and the first that does not
CLOSER_ROUNDS = 2

Tried = Sequence[tuple[str, Sequence[Value]]]
Ask = Callable[[Tried], Sequence[Recommendation]]  # what each value of each field would get, in their order
Known = dict[Value, bool]  # value -> whether it keeps the recommendation


@dataclass(frozen=True)
class FieldLimit:
    """What one field alone can do to the recommendation."""

    column: str
    label: str
    shown: str  # the field as it is, in the contract's words
    lever: bool
    intervals: tuple[Interval, ...]  # of a number: runs of tried values that keep the recommendation
    levels: tuple[str, ...]  # of a category: labels that keep it; all were tried
    can_change: bool
    tried: int
    text: str


@dataclass(frozen=True)
class FieldLimits:
    """Fields that can change the recommendation first, then the others, both in the order of the form."""

    recommendation: Recommendation
    items: tuple[FieldLimit, ...]
    tried: int
    note: str


def field_limits(
    contract: Contract,
    application: Application,
    now: Recommendation,
    samples: Mapping[str, NDArray[np.float32]],
    ask: Ask,
    language: str = "en",
) -> FieldLimits:
    """The limits of every field of the form's main groups that may be changed.

    `samples`: values of clients by feature name, to try first.
    """
    fields = [f.column for f in changeable_fields(contract, language) if f.lever or not f.optional]
    known: dict[str, Known] = {name: {} for name in fields}
    wanted = {
        name: _first_values(contract.main_columns[name], application.fields[name], samples.get(name.lower()))
        for name in fields
    }
    for closer in range(1 + CLOSER_ROUNDS):
        possible = {name: _possible(contract, application, name, values) for name, values in wanted.items()}
        _try(possible, known, now, ask)
        if closer < CLOSER_ROUNDS:
            wanted = {name: _closer_values(contract.main_columns[name], known[name]) for name in fields}
    items = [
        _limit(contract.main_columns[name], name, application.fields[name], known[name], now, language)
        for name in fields
        if known[name]
    ]
    tried = sum(item.tried for item in items)
    return FieldLimits(now, tuple(sorted(items, key=lambda item: not item.can_change)), tried, _note(tried))


def _possible(contract: Contract, application: Application, name: str, values: Sequence[Value]) -> list[Value]:
    """The values that what-if would take beside the other fields; nobody is told to borrow less than an instalment."""
    own, others = application.fields[name], application.fields
    checks = [check for check in contract.cross_checks if name in (check.column, check.other)]
    return [v for v in values if v == own or not cross_checks.broken(contract, {**others, name: v}, checks)]


def _note(tried: int) -> str:
    return (
        "One field is changed at a time; all figures made from it move along, everything else stays. "
        f"{tried:,} values were scored; each limit is the last of them that keeps the recommendation, and between two "
        "of them a few may not keep it: type one into what-if to be sure."
    )


def _try(wanted: Mapping[str, Sequence[Value]], known: Mapping[str, Known], now: Recommendation, ask: Ask) -> None:
    new = [(name, [v for v in values if v not in known[name]]) for name, values in wanted.items()]
    new = [(name, values) for name, values in new if values]
    if not new:
        return
    said = iter(ask(new))
    for name, values in new:
        known[name].update((value, next(said) is now) for value in values)


def _first_values(column: Column, own: Value, sample: NDArray[np.float32] | None) -> list[Value]:
    """All levels; of a number the contract's limits, clients' values, some between them and the value itself."""
    if column.choices:
        return [choice.value for choice in column.choices if choice.value not in column.sentinels]
    if column.kind is Kind.FLAG:
        return [0, 1]
    ends = [end for end in column.limits if end is not None]
    given = [own] if own is not None and not isinstance(own, str) and own not in column.sentinels else []
    spread: list[float] = []
    if sample is not None and not np.isnan(sample).all():
        spread = np.nanquantile(sample, np.linspace(0, 1, FIRST_VALUES)).tolist()
        spread += np.linspace(spread[0], spread[-1], FIRST_VALUES).tolist()
    elif len(ends) == 2:
        spread = np.linspace(ends[0], ends[1], FIRST_VALUES).tolist()
    return _allowed(column, [*ends, *given, *_on_step(column, spread)]) if spread else []


def _closer_values(column: Column, known: Known) -> list[Value]:
    """Values between each two neighbours of which one keeps the recommendation and the other does not."""
    if column.choices or column.kind is Kind.FLAG:
        return []
    found: list[float] = []
    for low, high in pairwise(_numbers(known)):
        if known[low] is not known[high]:
            found += np.linspace(low, high, CLOSER_VALUES + 2)[1:-1].tolist()
    return _allowed(column, _on_step(column, found))


def _on_step(column: Column, values: Sequence[float]) -> list[float]:
    """Values that are printed as they stand, so that every limit told is one that was scored."""
    return [on_step(value, column.kind, text(column.unit)) for value in values]


def _allowed(column: Column, values: Sequence[float | int]) -> list[Value]:
    """Sorted, each once, whole where the column is whole, inside the contract."""
    lowest, highest = column.limits
    inside = [v for v in values if (lowest is None or v >= lowest) and (highest is None or v <= highest)]
    if column.kind in WHOLE_KINDS:
        return [*sorted({round(v) for v in inside})]
    return [*sorted({float(v) for v in inside})]


def _numbers(known: Known) -> list[float]:
    return sorted(v for v in known if v is not None and not isinstance(v, str))


def _limit(column: Column, name: str, own: Value, known: Known, now: Recommendation, language: str) -> FieldLimit:
    label = text(column.label, language)
    labels, kept = _levels(column, known, language)
    intervals = () if labels else _runs(known, column.kind in WHOLE_KINDS)
    value = _given(column, own)
    always = all(known.values())
    return FieldLimit(
        column=name,
        label=label,
        shown=shown_in_column(own, column, language),
        lever=column.lever,
        intervals=intervals,
        levels=kept,
        can_change=not always,
        tried=len(known),
        text=in_words(
            now,
            Subject(label, column.kind, text(column.unit, language), value),
            Holding(intervals, kept, labels, when_missing=True, always=always),
        ),
    )


def _given(column: Column, own: Value) -> float | None:
    """The number, or any number for a text; None where nothing is given."""
    if own is None or own in column.sentinels:
        return None
    return 0.0 if isinstance(own, str) else float(own)


def _levels(column: Column, known: Known, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels of all levels tried, and of those that keep the recommendation; none for numbers."""
    if not column.choices and column.kind is not Kind.FLAG:
        return (), ()
    return (
        tuple(shown_in_column(value, column, language) for value in known),
        tuple(shown_in_column(value, column, language) for value, keeps in known.items() if keeps),
    )


def _runs(known: Known, whole: bool) -> tuple[Interval, ...]:
    """Neighbouring values that all keep the recommendation; a run at the end of the range is open."""
    numbers = _numbers(known)
    intervals = []
    for keeps, members in groupby(numbers, key=lambda value: known[value]):
        run = list(members)
        if keeps:
            before = run[0] - 1 if whole else math.nextafter(run[0], -math.inf)
            above = -math.inf if run[0] == numbers[0] else before
            intervals.append(Interval(above, math.inf if run[-1] == numbers[-1] else run[-1]))
    return tuple(intervals)
