"""The waterfall as a table: every family or every feature, none left out."""

from __future__ import annotations

from dataclasses import dataclass

from core.policy.points import Scale
from core.scoring.score import Score
from core.scoring.waterfall import Grouping, direction


@dataclass(frozen=True)
class ContributionRow:
    label: str
    family: str  # label of the family; empty where the row is one
    value: str  # in the contract's words; empty for a family
    log_odds: float
    points: float
    direction: str


def contribution_rows(score: Score, grouping: Grouping, scale: Scale) -> tuple[ContributionRow, ...]:
    """One row per family or feature, largest effect first."""
    labels = {family.family: family.label for family in score.families}
    if grouping is Grouping.FAMILY:
        rows = [(f.label, "", "", f.contribution) for f in score.families]
    else:
        rows = [(c.label, labels[c.family], c.shown, c.contribution) for c in score.contributions]
    rows.sort(key=lambda row: -abs(row[3]))
    return tuple(
        ContributionRow(label, family, value, log_odds, scale.step(log_odds), direction(log_odds))
        for label, family, value, log_odds in rows
    )
