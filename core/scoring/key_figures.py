"""The figures beside a verdict, each with the comparison that gives it a meaning."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.policy.policy import Policy
from core.portfolio.contract import Contract, text
from core.portfolio.wording import money, percent, percent_figure
from core.scoring.score import Score
from core.scoring.written_sum import MINUS


@dataclass(frozen=True)
class Peers:
    """Where a PD stands among the model's validation clients."""

    share_below: float  # share of them with a lower PD
    clients: int
    median_pd: float


@dataclass(frozen=True)
class KeyFigure:
    label: str
    shown: str
    change: str  # "+22.7 pp"; empty where only words compare
    worse: bool  # the change is to the client's disadvantage
    up: bool  # the change goes up
    comparison: str  # "vs cut-off 9.1 %"
    explanation: str = ""


def key_figures(
    score: Score, policy: Policy, peers: Peers, contract: Contract, language: str = "en"
) -> tuple[KeyFigure, ...]:
    """PD, points and grade, expected loss where something is at risk, standing; differences of the numbers shown."""
    figures = (
        _pd(score, text(contract.portfolio.target_meaning, language)),
        _points(score, policy, peers),
        _loss(score, policy, text(contract.main_columns[policy.exposure_column].label, language)),
        _standing(peers),
    )
    return tuple(figure for figure in figures if figure)


def _pd(score: Score, target_meaning: str) -> KeyFigure:
    difference = percent_figure(score.default_probability) - percent_figure(score.cut)
    return KeyFigure(
        label="Probability of default",
        shown=percent(score.default_probability),
        change=f"{_sign(difference)}{abs(difference)} pp",
        worse=score.default_probability >= score.cut,
        up=difference >= 0,
        comparison=f"vs cut-off {percent(score.cut)}",
        explanation=f"{_expected_defaults(score.default_probability)} What counts as default: {target_meaning}",
    )


def _expected_defaults(default_probability: float) -> str:
    """So many of a hundred, or of a thousand where a hundred would round to none."""
    clients = 100 if default_probability >= 0.02 else 1_000
    return f"Of {clients:,} clients with this figure, about {clients * default_probability:.0f} default."


def _points(score: Score, policy: Policy, peers: Peers) -> KeyFigure:
    median = round(policy.points(peers.median_pd))
    difference = round(score.points) - median
    return KeyFigure(
        label="Points and grade",
        shown=f"{round(score.points)} · {score.grade}",
        change=f"{_sign(difference)}{abs(difference)} points",
        worse=difference < 0,
        up=difference >= 0,
        comparison=f"vs median client {median}",
        explanation=f"Fewer points mean more risk. {_grade(score.grade, policy)}",
    )


def _grade(grade: str, policy: Policy) -> str:
    low, high = policy.grade_range(grade)
    if low == 0:
        return f"Grade {grade}: a default probability below {_cut(high)}."
    if high == 1:
        return f"Grade {grade}: a default probability of {_cut(low)} or more."
    return f"Grade {grade}: a default probability of {_cut(low)} or more, below {_cut(high)}."


def _cut(default_probability: float) -> str:
    return f"{100 * default_probability:g} %"


def _loss(score: Score, policy: Policy, exposure: str) -> KeyFigure | None:
    if score.expected_loss is None:
        return None
    of_exposure = f"{exposure[:1].lower()}{exposure[1:]}"
    return KeyFigure(
        label="Expected loss",
        shown=money(round(score.expected_loss)),
        change="",
        worse=False,
        up=False,
        comparison=f"{percent(score.default_probability * policy.loss_given_default)} of the {of_exposure}",
        explanation=f"PD × loss given default × {of_exposure}. A loss given default of "
        f"{percent(policy.loss_given_default, 0)}, and the whole amount at risk, are assumptions of the policy.",
    )


def _standing(peers: Peers) -> KeyFigure:
    return KeyFigure(
        label="Standing: riskier than",
        shown=_about(peers.share_below),
        change="",
        worse=False,
        up=False,
        comparison=f"of {peers.clients:,} validation clients",
        explanation="The share of the clients the model was calibrated on whose probability of default is lower; "
        "in whole percent, because the model keeps only 101 quantiles of them.",
    )


def _about(share: float) -> str:
    """Whole percent: between the 101 quantiles on the card a further digit would be invented."""
    if share < 0.01:
        return "fewer than 1 %"
    return "more than 99 %" if share > 0.99 else f"about {percent(share, 0)}"


def _sign(difference: Decimal | int) -> str:
    return MINUS if difference < 0 else "+"
