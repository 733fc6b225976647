"""One scale for a probability of default: grades, cut-off and this client on a logarithmic line."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.policy.policy import Policy
from core.portfolio.wording import percent
from core.scoring.waterfall_axis import short_percent

LOWEST, HIGHEST = 0.001, 0.60  # PD at the ends of the line


@dataclass(frozen=True)
class GradeSegment:
    letter: str
    start: float  # 0..1 along the line
    end: float


@dataclass(frozen=True)
class Mark:
    position: float  # 0..1 along the line
    text: str
    clipped: bool = False  # lies beyond the end it is drawn at


@dataclass(frozen=True)
class PdScale:
    """Positions from 0 (safest) to 1 (riskiest); grades without width are left out."""

    grades: tuple[GradeSegment, ...]
    ticks: tuple[Mark, ...]  # the probabilities between two grades
    cut: Mark  # approve below
    decline_from: Mark
    client: Mark
    note: str  # says so when the client lies beyond the line


def pd_scale(policy: Policy, default_probability: float) -> PdScale:
    """The line for one client under one policy."""
    client = _mark(default_probability, f"this client {percent(default_probability)}")
    return PdScale(
        grades=_grades(policy),
        ticks=tuple(mark for mark in (_mark(cut, short_percent(cut)) for cut in policy.grade_cuts) if not mark.clipped),
        cut=_mark(policy.approve_below, f"cut-off {percent(policy.approve_below)}"),
        decline_from=_mark(policy.decline_from, f"decline from {percent(policy.decline_from)}"),
        client=client,
        note=_note(client, default_probability),
    )


def position(default_probability: float) -> float:
    """Where a PD lies along the line, 0..1; beyond the ends it is drawn at the end."""
    share = math.log(default_probability / LOWEST) / math.log(HIGHEST / LOWEST)
    return min(1.0, max(0.0, share))


def _mark(default_probability: float, text: str) -> Mark:
    return Mark(position(default_probability), text, clipped=not LOWEST <= default_probability <= HIGHEST)


def _grades(policy: Policy) -> tuple[GradeSegment, ...]:
    edges = [0.0, *map(position, policy.grade_cuts), 1.0]
    segments = (
        GradeSegment(letter, start, end)
        for letter, start, end in zip(policy.grade_letters, edges, edges[1:], strict=False)
    )
    return tuple(segment for segment in segments if segment.start < segment.end)


def _note(client: Mark, default_probability: float) -> str:
    if not client.clipped:
        return ""
    if default_probability < LOWEST:
        return f"This client lies below {short_percent(LOWEST)} and is drawn at the left end."
    return f"This client lies above {short_percent(HIGHEST)} and is drawn at the right end."
