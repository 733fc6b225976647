from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest

from core.accounts.roles import Acting
from core.commands import score_command
from core.commands.console import TerminalConsole
from core.commands.place import Opened
from core.desk import Desk
from core.errors import (
    ApplicationRefused,
    LedgerLocked,
    LedgerUnwritable,
    PortfolioMissing,
    SettingsError,
    SolventError,
    UnknownApplicant,
)
from core.portfolio.application import Application
from core.scoring.score import Score
from tests.unit.desk_builders import a_desk, some_settings
from tests.unit.scoring.builders import a_score

WARNING = "61 of 431 features are missing; 95 % of clients have at most 50."
KEYS_PROMISED = {
    *("applicant", "default_probability", "margin", "base", "points", "grade", "recommendation", "cut"),
    *("decline_from", "reasons", "contributions", "model_version", "policy_version", "scored_at", "latency_ms"),
}


class FakeCasework:
    """Keeps what is written down, as long as it can be."""

    def __init__(self) -> None:
        self.written: list[tuple[str, ...]] = []
        self.refusal: SolventError | None = None

    def record_score(self, case: SimpleNamespace, acting: Acting) -> None:
        self._write(acting.user_name, "scored", case.score.applicant, *case.fields)

    def record_refusal(self, kind: str, rule: str, acting: Acting) -> None:
        self._write(acting.user_name, kind, rule)

    def _write(self, *words: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.written.append(words)


class FakeCases:
    @staticmethod
    def stored(score: Score, application: Application) -> SimpleNamespace:
        return SimpleNamespace(score=score, fields=("stored", str(application.fields["KEY"])))

    @staticmethod
    def typed(score: Score, application: Application, history_of: str | None) -> SimpleNamespace:
        return SimpleNamespace(score=score, fields=("typed", str(history_of)))


@pytest.fixture
def casework() -> FakeCasework:
    return FakeCasework()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, casework: FakeCasework) -> Callable[..., int]:
    """`score` with these words, on a desk of fakes."""
    monkeypatch.setattr(Desk, "extrapolation", lambda desk, score: SimpleNamespace(warnings=(WARNING,)))
    monkeypatch.setattr(Desk, "cases", FakeCases)
    desk = a_desk(tmp_path)
    monkeypatch.setattr(desk, "casework", casework, raising=False)

    def no_ledger() -> NoReturn:
        raise LedgerLocked("Ledger: process 7 has it open; end it first.")

    place = Opened(some_settings(tmp_path), lambda: desk, no_ledger, no_ledger)

    def run(*words: str, without_ledger: bool = False) -> int:
        if without_ledger:
            monkeypatch.setattr(desk, "casework", None)
        parser = argparse.ArgumentParser()
        score_command.configure(parser)
        return score_command.run(parser.parse_args(words), TerminalConsole(), place)

    return run


def test_json_is_one_object_with_everything_promised(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("2", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed.keys() >= KEYS_PROMISED
    assert (printed["applicant"], printed["cut"], printed["decline_from"]) == (2, 1 / 11, 0.15)
    assert printed["recommendation"] == "decline"
    assert printed["reasons"][0] == {
        "family": "outside",
        "text": "Outside scores count against it.",
        "contribution": 2.0,
    }
    assert printed["contributions"][2] == {"feature": "working", "value": None, "contribution": 0.0}
    assert datetime.fromisoformat(printed["scored_at"]).utcoffset() == timedelta(0)
    assert printed["latency_ms"] > 0


def test_what_makes_a_score_less_sure_is_said_beside_it(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    run("2", "--json")
    assert json.loads(capsys.readouterr().out)["warnings"] == [WARNING]
    run("2")
    assert capsys.readouterr().out.endswith(f"Read with care:\n  {WARNING}\n")


@pytest.mark.parametrize(("loss", "shown"), [(587.16, "587"), (999.5, "1,000"), (77_274.4, "77,274")])
def test_the_expected_loss_is_told_in_whole_units(loss: float, shown: str) -> None:
    assert f"Expected loss  {shown}" in score_command.as_lines(replace(a_score(), expected_loss=loss))


def test_base_and_contributions_in_json_are_the_margin_and_calibration_leads_to_the_probability(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    run("1", "--json")
    printed = json.loads(capsys.readouterr().out)
    total = printed["base"] + math.fsum(c["contribution"] for c in printed["contributions"])
    assert total == pytest.approx(printed["margin"], abs=1e-6)
    pd = printed["default_probability"]
    assert printed["margin"] + printed["calibration"] == pytest.approx(math.log(pd / (1 - pd)), abs=1e-9)


def test_a_person_reads_verdict_figures_families_and_reasons(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    run("2")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "Decline recommended: PD 59.9 %, 50.8 percentage points above the 9.1 % cut-off, "
        "mainly weak outside scores and weak income"
    )
    assert "PD             59.9 %" in lines
    assert "Points, grade  476, G" in lines
    assert "Limits         approve below 9.1 %, decline from 15.0 %" in lines
    assert "  Outside scores    +2.000  raises risk" in lines
    assert "  1. Outside scores count against it." in lines


def test_without_reasons_it_says_none(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    run("1")
    assert "  none" in capsys.readouterr().out.splitlines()


def test_an_unknown_applicant_is_refused_and_nothing_is_printed(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnknownApplicant):
        run("99", "--json")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("words", [(), ("1", "--application", "x.json"), ("1", "--history-of", "2")])
def test_a_question_must_be_one_question(run: Callable[..., int], words: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError, match="score:"):
        run(*words)


def test_a_file_that_cannot_be_read_is_refused_calmly(run: Callable[..., int], tmp_path: Path) -> None:
    for file in (tmp_path / "absent.json", tmp_path):
        with pytest.raises(ApplicationRefused, match=r"cannot be read .*name a file"):
            run("--application", str(file))


def test_an_application_with_a_foreign_field_is_refused_by_its_name(run: Callable[..., int], tmp_path: Path) -> None:
    file = tmp_path / "application.json"
    file.write_text('{"LOAN": 1000, "SHOE_SIZE": 43}')
    with pytest.raises(ApplicationRefused, match="SHOE_SIZE"):
        run("--application", str(file))


def test_a_score_is_written_down_by_the_console(
    run: Callable[..., int], casework: FakeCasework, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("2", "--json") == 0
    assert casework.written == [("console", "scored", "2", "stored", "2")]
    said = capsys.readouterr()
    assert said.err == ""
    assert json.loads(said.out)["recorded"] is True


def test_a_refused_score_is_written_down_without_what_was_refused(
    run: Callable[..., int], casework: FakeCasework
) -> None:
    with pytest.raises(UnknownApplicant):
        run("99")
    assert casework.written == [("console", "UnknownApplicant", "the client must be in the portfolio")]


def test_a_score_that_cannot_be_written_down_is_given_all_the_same_and_said_so(
    run: Callable[..., int], casework: FakeCasework, capsys: pytest.CaptureFixture[str]
) -> None:
    casework.refusal = LedgerUnwritable("Ledger: the disk is full; make room.")
    assert run("2", "--json") == 1
    said = capsys.readouterr()
    printed = json.loads(said.out)
    assert (printed["applicant"], printed["recorded"]) == (2, False)
    assert said.err == "Not recorded: Ledger: the disk is full; make room.\n"


def test_a_refusal_is_told_also_when_it_cannot_be_written_down(
    run: Callable[..., int], casework: FakeCasework, capsys: pytest.CaptureFixture[str]
) -> None:
    casework.refusal = LedgerUnwritable("Ledger: the disk is full; make room.")
    with pytest.raises(UnknownApplicant):
        run("99")
    assert capsys.readouterr().err == "Not recorded: Ledger: the disk is full; make room.\n"


def test_without_a_ledger_the_score_says_why_it_is_not_recorded(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("2", without_ledger=True) == 1
    said = capsys.readouterr()
    assert said.out.startswith("Decline recommended: ")
    assert said.err == "Not recorded: Ledger: process 7 has it open; end it first.\n"


def test_a_portfolio_that_is_replaced_meanwhile_is_asked_again(
    run: Callable[..., int], casework: FakeCasework, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = Desk.score

    def replaced_once(desk: Desk, key: str) -> Score:
        asked.append(key)
        if len(asked) == 1:
            raise PortfolioMissing("Portfolio: must be the one this desk has open.")
        return real(desk, key)

    monkeypatch.setattr(Desk, "score", replaced_once)
    monkeypatch.setattr(Desk, "changed_on_disk", lambda desk: True)
    assert run("2") == 0
    assert [words[1] for words in casework.written] == ["scored"]
    asked.clear()
    monkeypatch.setattr(Desk, "changed_on_disk", lambda desk: False)
    with pytest.raises(PortfolioMissing):
        run("2")
