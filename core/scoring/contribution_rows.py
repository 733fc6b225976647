"""The waterfall as a table: base, every family or feature, calibration and the client; each column adds up."""

from __future__ import annotations

from dataclasses import dataclass

from core.policy.points import Scale
from core.scoring.score import Score
from core.scoring.waterfall import BarKind, Grouping, Step, Unit, direction, positions_of, steps_of
from core.scoring.written_sum import WrittenSum, written_sum

_DECIMALS = {Unit.POINTS: 2, Unit.LOG_ODDS: 4, Unit.PROBABILITY: 2}  # one or two more than a bar has room for


@dataclass(frozen=True)
class Cell:
    """A number as it is shown: a place for base and client, a step for all between; places and steps add up."""

    number: float  # rounded as shown
    shown: str  # "569.24", "−55.71"; of the probability path "4.73 %", "+22.21 pp"


@dataclass(frozen=True)
class ContributionRow:
    label: str
    kind: BarKind
    family: str  # label of the family; empty where the row is none of a feature
    value: str  # in the contract's words; empty where the row is none of a feature
    points: Cell
    log_odds: Cell
    probability: Cell  # percent and percentage points, in this order of the rows
    direction: str


def contribution_rows(score: Score, grouping: Grouping, scale: Scale) -> tuple[ContributionRow, ...]:
    """The base, one row per family or feature with the largest effect first, calibration, this client."""
    steps = steps_of(score, grouping, max(1, len(score.families), len(score.contributions)))
    points, log_odds, probability = (_column(score, steps, unit, scale) for unit in Unit)
    labels = {family.family: family.label for family in score.families}
    ends = (Step("Model base", 0.0, BarKind.BASE), Step("This client", 0.0, BarKind.CLIENT))
    return tuple(
        ContributionRow(
            label=step.label,
            kind=step.kind,
            family=labels.get(step.family, ""),
            value=step.value,
            points=points[at],
            log_odds=log_odds[at],
            probability=probability[at],
            direction=direction(step.contribution),
        )
        for at, step in enumerate((ends[0], *steps, ends[1]))
    )


def _column(score: Score, steps: list[Step], unit: Unit, scale: Scale) -> list[Cell]:
    """Places at both ends, steps between; as written, the first and the steps are the last."""
    factor, place, step = (100.0, " %", " pp") if unit is Unit.PROBABILITY else (1.0, "", "")
    positions = [factor * position for position in positions_of(score, steps, unit, scale)]
    written = written_sum(positions, _DECIMALS[unit])
    return [
        _cell(written, written.start, written.number(written.start) + place),
        *(_cell(written, units, written.signed(units) + step) for units in written.steps),
        _cell(written, written.total, written.number(written.total) + place),
    ]


def _cell(written: WrittenSum, units: int, shown: str) -> Cell:
    return Cell(units / 10**written.decimals, shown)
