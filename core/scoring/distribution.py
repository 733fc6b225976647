"""How one feature is spread over the clients, where this client stands, and how often clients there defaulted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.model.card import Estimate
from core.model.intervals import wilson
from core.portfolio.contract import Kind
from core.portfolio.feature_meaning import FeatureMeaning
from core.portfolio.wording import percent, shown_as_feature
from core.scoring.distribution_axis import Axis, axis_of, edges_of
from core.scoring.place import LEAST_CLIENTS, Place, comparison

MOST_BINS = 30
LEAST_IN_BIN = 20  # fewer clients give no default rate


@dataclass(frozen=True)
class Clients:
    """One feature of a sample of labelled clients."""

    values: NDArray[np.float32]  # missing = NaN
    target: NDArray[np.int8]


@dataclass(frozen=True)
class Bin:
    """One bar: clients with start ≤ value < end in the axis' unit, or one category."""

    label: str  # "162,000 to 180,000", "below 1.0"
    start: float  # of the bar as drawn; categories: their place
    end: float
    clients: int
    share: float  # of the clients whose value is known
    defaults: int
    default_rate: Estimate | None  # Wilson interval; None for few clients
    holds_client: bool


@dataclass(frozen=True)
class Distribution:
    feature: str
    label: str
    axis: str  # title: "Years before the application"
    categorical: bool
    bins: tuple[Bin, ...]
    client_at: float | None  # this client on the axis, moved to the middle of an end bar where it lies beyond
    client_shown: str
    place: str  # "above 54 % of clients"; empty where there is nothing to compare
    clients: int  # whose value is known
    missing_share: float
    notes: tuple[str, ...]  # what is missing, what the end bars hold


def distribution(meaning: FeatureMeaning, known: Clients, value: float | None) -> Distribution:
    """The spread of one feature; protected ones are never in a model's sample, so never shown."""
    is_missing = np.isnan(known.values)
    held = Clients(known.values[~is_missing], known.target[~is_missing])
    axis = axis_of(meaning)
    bins, client_at, end_notes = _categories(meaning, held, value) if meaning.choices else _numbers(axis, held, value)
    share = float(is_missing.mean()) if is_missing.size else 0.0
    return Distribution(
        feature=meaning.name,
        label=meaning.label,
        axis=axis.title,
        categorical=bool(meaning.choices),
        bins=bins,
        client_at=client_at,
        client_shown=shown_as_feature(value, meaning),
        place=_place(meaning, held, value),
        clients=int(held.values.size),
        missing_share=share,
        notes=(*([f"{percent(share)} of clients have no value."] if share else []), *end_notes),
    )


def _numbers(axis: Axis, held: Clients, value: float | None) -> tuple[tuple[Bin, ...], float | None, tuple[str, ...]]:
    if not held.values.size:
        return (), None, ()
    read = axis.read(held.values.astype(np.float64))
    edges = edges_of(read, MOST_BINS, axis.whole)
    ends = (bool(read.min() < edges[0]), bool(read.max() >= edges[-1]))
    at = None if value is None else axis.read(np.array([value], dtype=np.float64))[0]
    held_in = np.clip(np.searchsorted(edges, read, "right") - 1, 0, len(edges) - 2)
    own = None if at is None else int(np.clip(np.searchsorted(edges, at, "right") - 1, 0, len(edges) - 2))
    bins = tuple(
        _bin(axis.label(edges, i, ends), start, end, held.target[held_in == i], held.values.size, own == i)
        for i, (start, end) in enumerate(pairwise(edges.tolist()))
    )
    return bins, _drawn_at(at, edges), _end_notes(axis, read, edges)


def _drawn_at(at: float | None, edges: NDArray[np.float64]) -> float | None:
    """Beyond the drawn range a client stands in the middle of the end bar."""
    if at is None:
        return None
    if at < edges[0]:
        return float(edges[0] + edges[1]) / 2
    return float(edges[-2] + edges[-1]) / 2 if at >= edges[-1] else float(at)


def _end_notes(axis: Axis, read: NDArray[np.float64], edges: NDArray[np.float64]) -> tuple[str, ...]:
    below, above = float(np.mean(read < edges[0])), float(np.mean(read >= edges[-1]))
    width, notes = float(edges[1] - edges[0]), []
    if below:
        notes.append(
            f"The first bar also holds the {percent(below)} of clients below {axis.number(float(edges[0]), width)}."
        )
    if above:
        notes.append(
            f"The last bar also holds the {percent(above)} of clients from {axis.number(float(edges[-1]), width)} on."
        )
    return tuple(notes)


def _categories(
    meaning: FeatureMeaning, held: Clients, value: float | None
) -> tuple[tuple[Bin, ...], float | None, tuple[str, ...]]:
    """Largest share first; levels that nobody has are left out, but for the client's own."""
    codes = held.values.astype(np.intp)
    counts = np.bincount(codes, minlength=len(meaning.choices))
    own = None if value is None or math.isnan(value) else int(value)
    shown = [int(code) for code in np.argsort(-counts, kind="stable") if counts[code] or code == own]
    told, rest = (shown, []) if len(shown) <= MOST_BINS else _kept(shown, own)
    bins = [
        _bin(shown_as_feature(float(c), meaning), i - 0.5, i + 0.5, held.target[codes == c], codes.size, c == own)
        for i, c in enumerate(told)
    ]
    if rest:
        others, at = held.target[np.isin(codes, rest)], len(told)
        bins.append(_bin(f"{len(rest)} others", at - 0.5, at + 0.5, others, codes.size, False))
    return tuple(bins), float(told.index(own)) if own in told else None, ()


def _kept(shown: Sequence[int], own: int | None) -> tuple[list[int], list[int]]:
    """The most frequent levels and the client's own; all others go into one bar."""
    told = list(shown[: MOST_BINS - 1])
    if own is not None and own not in told:
        told[-1] = own
    return told, [code for code in shown if code not in told]


def _bin(label: str, start: float, end: float, target: NDArray[np.int8], of: int, holds_client: bool) -> Bin:
    clients, defaults = int(target.size), int(np.count_nonzero(target == 1))
    return Bin(
        label=label,
        start=start,
        end=end,
        clients=clients,
        share=clients / of if of else 0.0,
        defaults=defaults,
        default_rate=wilson(defaults, clients) if clients >= LEAST_IN_BIN else None,
        holds_client=holds_client,
    )


def _place(meaning: FeatureMeaning, held: Clients, value: float | None) -> str:
    """For a category, how many share it."""
    if value is None or held.values.size < LEAST_CLIENTS:
        return ""
    at = np.float32(value)
    below, equal = int(np.count_nonzero(held.values < at)), int(np.count_nonzero(held.values == at))
    if meaning.choices or meaning.kind is Kind.FLAG:
        return f"like {percent(equal / held.values.size)} of clients"
    return comparison(Place(below, equal, int(held.values.size) - below - equal), meaning.kind)
