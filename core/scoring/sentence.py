"""The verdict as one sentence: recommendation, probability, distance to the cut-off, main reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.policy.recommendation import Recommendation
from core.portfolio.wording import inside_sentence, percent, percent_figure
from core.scoring.reasons import missing_facts
from core.scoring.score import FamilyContribution, Score

_MOST_NAMED = 2  # families named in the sentence; the reasons card lists up to four


def headline(score: Score) -> str:
    """ "Decline recommended: PD 31.8 %, 22.7 percentage points above the 9.1 % cut-off, mainly low external scores"."""
    return _ENDINGS[score.recommendation](score)


def _approve(score: Score) -> str:
    return f"Approve recommended: {_distance(score)}{_thanks_to(score)}{_main_risk(score)}"


def _refer(score: Score) -> str:
    near = percent_figure(score.default_probability) == percent_figure(score.decline_from)
    limit = f"{percent(score.decline_from)} from which decline is recommended"
    return f"Refer recommended: {_distance(score)} and {'just ' if near else ''}below the {limit}{_mainly(score)}"


def _decline(score: Score) -> str:
    return f"Decline recommended: {_distance(score)}{_mainly(score)}"


_ENDINGS = {Recommendation.APPROVE: _approve, Recommendation.REFER: _refer, Recommendation.DECLINE: _decline}


def _distance(score: Score) -> str:
    """PD and its distance from the cut-off, as the difference of the numbers shown."""
    distance = percent_figure(score.default_probability) - percent_figure(score.cut)
    side = "below" if score.default_probability < score.cut else "above"
    cut = f"the {percent(score.cut)} cut-off"
    pd = f"PD {percent(score.default_probability)}"
    if score.default_probability == score.cut:
        return f"{pd}, exactly at {cut}"
    if distance == 0:
        return f"{pd}, just {side} {cut}"
    return f"{pd}, {abs(distance)} percentage points {side} {cut}"


def _mainly(score: Score) -> str:
    if not score.reasons:
        return ", with no single principal factor"
    families = {family.family: family for family in score.families}
    named = [_Named(r.raises, _is_missing(families.get(r.family))) for r in score.reasons[:_MOST_NAMED]]
    return f", mainly {_listed(named)}"


def _thanks_to(score: Score) -> str:
    lowering = sorted((f for f in score.families if f.contribution < 0), key=lambda f: f.contribution)
    named = [_Named(missing_facts(f) or inside_sentence(f.label), _is_missing(f)) for f in lowering[:_MOST_NAMED]]
    return f", mainly thanks to {_listed(named)}" if named else ""


def _main_risk(score: Score) -> str:
    return f"; main risk: {score.reasons[0].raises}" if score.reasons else ""


@dataclass(frozen=True)
class _Named:
    words: str
    missing: bool  # they tell of facts that are not known


def _is_missing(family: FamilyContribution | None) -> bool:
    return family is not None and bool(missing_facts(family))


def _listed(named: Sequence[_Named]) -> str:
    """What is not known comes last, or "missing facts about A and B" would hold for B too."""
    words = [one.words for one in sorted(named, key=lambda one: one.missing)]
    several = any(f" {joint} " in one for one in words for joint in ("and", "or"))
    return (" as well as " if several else " and ").join(words)
