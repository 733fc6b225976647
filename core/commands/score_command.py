"""`score`: one applicant of the portfolio, or an application in a file, scored, explained and written down."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from core.accounts.people import CONSOLE
from core.casework.casework import Casework
from core.casework.recording import ScoredCase
from core.casework.refusals import refusal_words
from core.commands.console import Console
from core.commands.place import Place
from core.desk import Desk
from core.errors import ApplicationRefused, LedgerUnavailable, PortfolioMissing, SettingsError, SolventError
from core.portfolio import application
from core.portfolio.application_json import LARGEST_BYTES, read_fields
from core.portfolio.wording import money, percent, points
from core.scoring.score import FamilyContribution, Score
from core.scoring.sentence import headline
from core.scoring.waterfall import direction

RECORDED, NOT_RECORDED = 0, 1


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("applicant", nargs="?", metavar="ID", help="key of an applicant of the portfolio")
    parser.add_argument(
        "--application", metavar="FILE", help="score the raw fields in this JSON object instead; - reads standard input"
    )
    parser.add_argument(
        "--history-of", metavar="ID", help="with --application: the applicant whose earlier loans count"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object with every contribution")


def run(arguments: argparse.Namespace, console: Console, place: Place) -> int:
    _check_question(arguments)
    fields = None if arguments.application is None else read_fields(_content(arguments.application, console))
    desk, case = _case_or_refusal(place, arguments, fields, console)
    try:
        recorded = _written_down(lambda casework: casework.record_score(case, CONSOLE), desk, place, console)
    except PortfolioMissing:  # replaced while it was scored, as by an erasure: scored again, with what is there now
        desk, case = _case_or_refusal(place, arguments, fields, console)
        recorded = _written_down(lambda casework: casework.record_score(case, CONSOLE), desk, place, console)
    warnings = desk.extrapolation(case.score).warnings
    if arguments.json:
        console.json({**as_json(case.score), "warnings": list(warnings), "recorded": recorded})
    else:
        console.lines([*as_lines(case.score), *_warned(warnings)])
    return RECORDED if recorded else NOT_RECORDED


def _case_or_refusal(
    place: Place, arguments: argparse.Namespace, fields: dict[str, object] | None, console: Console
) -> tuple[Desk, ScoredCase]:
    """The case as it is now; a refusal is on record before it is raised."""
    desk = place.desk()
    try:
        return _case_of_now(desk, place, arguments, fields)
    except SolventError as refusal:
        words = refusal_words(refusal)
        _written_down(lambda casework: casework.record_refusal(*words, CONSOLE), desk, place, console)
        raise


def _check_question(arguments: argparse.Namespace) -> None:
    if (arguments.applicant is None) == (arguments.application is None):
        raise SettingsError("score: name either an applicant's ID or --application FILE.")
    if arguments.history_of is not None and arguments.application is None:
        raise SettingsError("score: --history-of goes with --application; a stored applicant has a history already.")


def _case_of_now(
    desk: Desk, place: Place, arguments: argparse.Namespace, fields: dict[str, object] | None
) -> tuple[Desk, ScoredCase]:
    """Once more where the portfolio was replaced while it was asked, as an import or an erasure does."""
    try:
        return desk, _case(desk, arguments, fields)
    except PortfolioMissing:
        if not desk.changed_on_disk():
            raise
    reopened = place.desk()
    return reopened, _case(reopened, arguments, fields)


def _case(desk: Desk, arguments: argparse.Namespace, fields: dict[str, object] | None) -> ScoredCase:
    if fields is None:
        score = desk.score(arguments.applicant)
        return desk.cases.stored(score, desk.application(score.applicant))
    typed = application.check_new(desk.contract, fields, written_as_json=True)
    return desk.cases.typed(desk.score_application(typed, arguments.history_of), typed, arguments.history_of)


def _written_down(record: Callable[[Casework], object], desk: Desk, place: Place, console: Console) -> bool:
    """Whether it is on the ledger; a score that cannot be written down is given all the same, and said so.

    PortfolioMissing where the portfolio was replaced since it was made.
    """
    try:
        if desk.casework is None:
            place.ledger_to_write()  # which says why there is none
            raise LedgerUnavailable("Ledger: it was not open yet when the score was made; score again.")
        record(desk.casework)
    except PortfolioMissing:
        raise
    except SolventError as refusal:
        console.err(f"Not recorded: {refusal}")
        return False
    return True


def _content(name: str, console: Console) -> bytes:
    """At most one byte more than is allowed: enough to see that it is too much."""
    try:
        return console.read(name, LARGEST_BYTES + 1)
    except OSError as error:
        raise ApplicationRefused(
            f"{name}: cannot be read ({error.strerror}); name a file with one JSON object."
        ) from None


def as_json(score: Score) -> dict[str, object]:
    """Every figure of the score; base + sum of the contributions = margin, margin + calibration = logit of the PD."""
    return {
        "applicant": _as_listed(score.applicant),
        "default_probability": score.default_probability,
        "margin": score.margin,
        "base": score.base,
        "calibration": score.calibration,
        "points": score.points,
        "grade": score.grade,
        "recommendation": score.recommendation,
        "cut": score.cut,
        "decline_from": score.decline_from,
        "expected_loss": score.expected_loss,
        "headline": headline(score),
        "reasons": [{"family": r.family, "text": r.text, "contribution": r.contribution} for r in score.reasons],
        "families": [{"family": f.family, "label": f.label, "contribution": f.contribution} for f in score.families],
        "contributions": [
            {"feature": c.feature, "value": c.value, "contribution": c.contribution} for c in score.contributions
        ],
        "model_version": score.model_version,
        "policy_version": score.policy_version,
        "scored_at": score.scored_at.isoformat(),
        "latency_ms": score.latency_ms,
    }


def _as_listed(applicant: str) -> int | str | None:
    """The key as `applicants --json` prints it; null for an application that was typed in without history."""
    return int(applicant) if applicant.isdecimal() else applicant or None


def as_lines(score: Score) -> list[str]:
    """The same for a person: verdict, figures, families, reasons."""
    loss = [] if score.expected_loss is None else [f"Expected loss  {money(round(score.expected_loss))}"]
    width = max(len(family.label) for family in score.families)
    return [
        headline(score),
        "",
        f"Applicant      {score.applicant or 'typed in'}",
        f"PD             {percent(score.default_probability)}",
        f"Points, grade  {points(score.points)}, {score.grade}",
        *loss,
        f"Limits         approve below {percent(score.cut)}, decline from {percent(score.decline_from)}",
        f"Versions       model {score.model_version}, {score.policy_version}",
        "",
        "Families, in log-odds:",
        *(_family_line(family, width) for family in score.families),
        "",
        "Main reasons against this applicant:",
        *([f"  {i}. {reason.text}" for i, reason in enumerate(score.reasons, start=1)] or ["  none"]),
    ]


def _warned(warnings: Sequence[str]) -> list[str]:
    """What makes the score less sure than its digits look: values never seen, far more missing than usual."""
    return ["", "Read with care:", *(f"  {warning}" for warning in warnings)] if warnings else []


def _family_line(family: FamilyContribution, width: int) -> str:
    words = direction(round(family.contribution, 3))  # none beside a number printed as zero
    return f"  {family.label:<{width}}  {family.contribution:+8.3f}  {words}".rstrip()
