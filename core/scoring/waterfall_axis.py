"""The axis of a waterfall: its ends, its ticks, the probabilities and the decision bands on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_MARGIN = 0.05  # share of the axis left free at each end
_MOST_TICKS = 6
_TICK_DISTANCE = 0.11  # share of the axis that one written probability needs
# roundest first: where two would overlap, the rounder one stays
_NICE_PROBABILITIES = (
    *(0.5, 0.1, 0.01, 0.001, 0.05, 0.2, 0.02, 0.3, 0.005, 0.03),
    *(0.002, 0.15, 0.4, 0.7, 0.9, 0.06, 0.6, 0.8, 0.95, 0.99),
)


@dataclass(frozen=True)
class Tick:
    position: float  # in the unit of the waterfall
    text: str


@dataclass(frozen=True)
class Axis:
    lower: float
    upper: float
    ticks: tuple[Tick, ...]

    def holds(self, position: float) -> bool:
        return self.lower <= position <= self.upper


@dataclass(frozen=True)
class Band:
    """What the policy recommends for a score that ends between `start` and `end`; start < end."""

    recommendation: str
    start: float
    end: float


def axis(positions: Sequence[float], as_percent: bool) -> Axis:
    """An axis that holds all positions with a little room, ticked at round numbers."""
    lowest, highest = min(positions), max(positions)
    room = _MARGIN * (highest - lowest or 1.0)
    lower, upper = lowest - room, highest + room
    if as_percent:
        lower, upper = max(0.0, lower), min(1.0, upper)
    return Axis(lower, upper, _round_ticks(lower, upper, as_percent))


def _round_ticks(lower: float, upper: float, as_percent: bool) -> tuple[Tick, ...]:
    step = _round_step((upper - lower) / _MOST_TICKS)
    first, last = math.ceil(lower / step), math.floor(upper / step)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    places = (i * step for i in range(first, last + 1))
    return tuple(Tick(at, short_percent(at) if as_percent else _number(at, decimals)) for at in places)


def _number(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}".replace("-", "−")


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, … that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= least * (1 - 1e-9))


def pd_ticks(own: Axis, cut: Tick, tick_of: Callable[[float], Tick]) -> tuple[Tick, ...]:
    """Probabilities at their place on the axis, far enough apart to be read; the cut-off always among them."""
    distance = _TICK_DISTANCE * (own.upper - own.lower)
    chosen = [cut]
    for tick in map(tick_of, _NICE_PROBABILITIES):
        if own.holds(tick.position) and all(abs(tick.position - other.position) >= distance for other in chosen):
            chosen.append(tick)
    return tuple(sorted(chosen, key=lambda tick: tick.position))


def bands(own: Axis, cut: float, decline_from: float, riskier_is_less: bool) -> tuple[Band, ...]:
    """Approve, refer and decline from one end of the axis to the other; a band without width is left out."""
    if riskier_is_less:
        edges = (own.lower, decline_from, cut, own.upper)
        names = ("decline", "refer", "approve")
    else:
        edges = (own.lower, cut, decline_from, own.upper)
        names = ("approve", "refer", "decline")
    sides = zip(names, edges, edges[1:], strict=False)
    return tuple(Band(name, start, end) for name, start, end in sides if start < end)


def short_percent(probability: float) -> str:
    """A probability for an axis, one decimal at most, two below 1 %: "9.1 %", "15 %", "0.25 %"."""
    return f"{round(100 * probability, 1 if probability >= 0.01 else 2):g} %"
