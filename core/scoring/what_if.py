"""An application before and after a change: both scores, and what moved between them, adding up exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.policy.points import Scale
from core.policy.recommendation import Recommendation
from core.portfolio.wording import inside_sentence, money, percent, percent_figure, points
from core.scoring.changes import Change
from core.scoring.score import Contribution, Score
from core.scoring.waterfall import direction
from core.scoring.written_sum import MINUS, WrittenSum, written_sum

NO_MOVE = 1e-9  # log-odds below which nothing moved
_MOST_NAMED = 2  # changes named in the headline

NOTE = (
    "What if: nothing is stored. The change runs through the same calculation as the score, and figures made from "
    "the changed fields move with them. A figure that stays may count for more or less, because the model weighs it "
    "together with the others. This is what the model would answer, not what a client should do."
)


@dataclass(frozen=True)
class Outcome:
    """One of the two scores, as shown."""

    default_probability: float
    points: float
    pd_shown: str
    points_shown: str
    grade: str
    recommendation: Recommendation
    loss_shown: str  # expected loss in the portfolio's currency; "not known" without exposure


@dataclass(frozen=True)
class Move:
    """What one family or feature adds to the difference of the two scores."""

    label: str
    family: str  # id in the contract; "" for all others and the calibration
    before: str  # a feature's value in words; "" for a family
    after: str
    log_odds: float  # positive raises risk
    points: float
    shown: str  # in points, rounded so that the column adds up as printed: "−5.2"
    direction: str  # "raises risk", "lowers risk" or ""


@dataclass(frozen=True)
class Moves:
    """Largest first, then all others, then the calibration; together the whole difference."""

    moves: tuple[Move, ...]
    sum_check: str  # "509.1 + 12.0 − 0.4 = 520.7 points"


@dataclass(frozen=True)
class WhatIf:
    before: Outcome
    after: Outcome
    changes: tuple[Change, ...]
    pd_change: str  # difference of the numbers shown: "−7.7 pp"
    points_change: str  # "+12 points"
    loss_change: str  # "−12,500"; empty where it is as before or one of the two is not known
    recommendation_changes: bool
    headline: str
    by_family: Moves
    by_feature: Moves
    note: str
    score: Score  # of the changed application, for every other view


def what_if(before: Score, after: Score, changes: Sequence[Change], scale: Scale, most_moves: int = 8) -> WhatIf:
    """The comparison of two scores of one model under one policy."""
    old, new = _outcome(before), _outcome(after)
    calibration = after.calibration - before.calibration
    start = before.calibrated_log_odds

    def moves(parts: list[_Part]) -> Moves:
        return _moves(_folded(parts, most_moves), calibration, start, scale)

    return WhatIf(
        before=old,
        after=new,
        changes=tuple(changes),
        pd_change=_pd_change(old, new),
        points_change=_points_change(old, new),
        loss_change=_loss_change(before.expected_loss, after.expected_loss),
        recommendation_changes=old.recommendation is not new.recommendation,
        headline=_headline(old, new, changes),
        by_family=moves(_family_parts(before, after)),
        by_feature=moves(_feature_parts(before, after)),
        note=NOTE,
        score=after,
    )


def _outcome(score: Score) -> Outcome:
    return Outcome(
        default_probability=score.default_probability,
        points=score.points,
        pd_shown=percent(score.default_probability),
        points_shown=points(score.points),
        grade=score.grade,
        recommendation=score.recommendation,
        loss_shown="not known" if score.expected_loss is None else money(round(score.expected_loss)),
    )


@dataclass(frozen=True)
class _Part:
    label: str
    family: str
    log_odds: float
    values: Callable[[], tuple[str, str]] = lambda: ("", "")  # looked up only for the few that are shown


def _family_parts(before: Score, after: Score) -> list[_Part]:
    old = {family.family: family.contribution for family in before.families}
    return [_Part(f.label, f.family, f.contribution - old[f.family]) for f in after.families]


def _feature_parts(before: Score, after: Score) -> list[_Part]:
    """The words of a feature are looked up for the features that moved."""
    pairs = zip(before.contributions, after.contributions, strict=True)
    return [_feature_part(old, new) for old, new in pairs]


def _feature_part(old: Contribution, new: Contribution) -> _Part:
    return _Part(new.label, new.family, new.contribution - old.contribution, lambda: (old.shown, new.shown))


def _folded(parts: list[_Part], most: int) -> list[_Part]:
    """The largest moves, the rest as one."""
    moved = sorted((p for p in parts if abs(p.log_odds) > NO_MOVE), key=lambda p: -abs(p.log_odds))
    rest = moved[most:]
    if not rest:
        return moved
    return [*moved[:most], _Part(f"All others ({len(rest)})", "", math.fsum(p.log_odds for p in rest))]


def _moves(parts: list[_Part], calibration: float, start: float, scale: Scale) -> Moves:
    """Points of each part; the printed steps add up to the printed difference."""
    if abs(calibration) > NO_MOVE:
        parts = [*parts, _Part("Calibration", "", calibration)]
    positions = [start]
    for part in parts:
        positions.append(positions[-1] + part.log_odds)
    written = written_sum([scale.from_log_odds(at) for at in positions], 1)
    moves = tuple(_move(part, units, written, scale) for part, units in zip(parts, written.steps, strict=True))
    terms = " ".join(written.term(units) for units in written.steps)
    total = f"{written.number(written.total)} points"
    return Moves(moves, f"{written.number(written.start)} {terms} = {total}" if moves else f"{total}: nothing moved.")


def _move(part: _Part, units: int, written: WrittenSum, scale: Scale) -> Move:
    before, after = part.values()
    return Move(
        label=part.label,
        family=part.family,
        before=before,
        after=after,
        log_odds=part.log_odds,
        points=scale.step(part.log_odds),
        shown=written.signed(units),
        direction=direction(part.log_odds) if units else "",
    )


def _pd_change(old: Outcome, new: Outcome) -> str:
    difference = percent_figure(new.default_probability) - percent_figure(old.default_probability)
    return f"{_sign(difference)}{abs(difference)} pp"


def _points_change(old: Outcome, new: Outcome) -> str:
    difference = round(new.points) - round(old.points)
    return f"{_sign(difference)}{abs(difference)} points"


def _loss_change(old: float | None, new: float | None) -> str:
    if old is None or new is None:
        return ""
    difference = round(new) - round(old)
    return f"{_sign(difference)}{money(abs(difference))}" if difference else ""


def _sign(difference: Decimal | int) -> str:
    return MINUS if difference < 0 else "+" if difference else ""


def _headline(old: Outcome, new: Outcome, changes: Sequence[Change]) -> str:
    """ "With credit amount 300,000 instead of 540,000: PD 24.1 % instead of 31.8 %, still decline." """
    if not changes:
        return f"Nothing is changed: PD {old.pd_shown}, {old.recommendation.value}."
    told = [f"{inside_sentence(c.label)} {c.after} instead of {c.before}" for c in changes[:_MOST_NAMED]]
    more = len(changes) - len(told)
    named = f"{', '.join(told)} and {more} more changed" if more else " and ".join(told)
    same = old.recommendation is new.recommendation
    verdict = f"still {new.recommendation.value}" if same else f"{new.recommendation} instead of {old.recommendation}"
    pd = f"PD {new.pd_shown}" + (" as before" if new.pd_shown == old.pd_shown else f" instead of {old.pd_shown}")
    return f"With {named}: {pd}, {verdict}."
