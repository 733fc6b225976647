"""`erase` on the command line: shown first, done when it is meant, and gone afterwards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from core import settings
from core.__main__ import main
from core.casework.casework import Casework
from core.casework.kinds import ERASED, SCORED
from core.casework.opening import open_ledger
from core.commands.place import alone
from core.commands.running import dispatch
from core.errors import PortfolioMissing
from core.ledger.event import Event
from tests.commands.heard import Heard
from tests.commands.typed import typed_here

REASON = "Asked for by the client under article 17"


@pytest.fixture(scope="module")
def desk(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk on whose record four clients are."""
    folder = Path(shutil.copytree(small_desk, tmp_path_factory.mktemp("erase") / "desk"))
    with alone(settings.read({}, data_dir=folder)) as place:
        for key in ("100001", "100002", "100003", "100004"):
            assert dispatch(place)(["score", key], Heard()) == 0
    return folder


def _erase(desk: Path, *words: str) -> int:
    return main(["--data", str(desk), "erase", *words])


def _asked(desk: Path, words: Sequence[str], answers: Sequence[str]) -> tuple[int, Heard]:
    """The same with somebody at the terminal."""
    heard = Heard(answers=answers)
    with alone(settings.read({}, data_dir=desk)) as place:
        return dispatch(place)(["erase", *words], heard), heard


def _events(desk: Path, *kinds: str) -> tuple[Event, ...]:
    ledger = open_ledger(settings.read({}, data_dir=desk))
    try:
        return ledger.events(kinds=kinds)
    finally:
        ledger.close()


def test_a_preview_shows_what_goes_and_what_stays_and_changes_nothing(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _erase(desk, "--applicant", "100001", "--preview", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["applications"], shown["events"], shown["decisions"], shown["outcomes"]) == (1, 1, 0, 0)
    assert shown["portfolio_rows"] > 0
    assert any("random reference" in sentence for sentence in shown["stays"])
    assert _erase(desk, "--applicant", "100001", "--preview") == 0
    assert "the keys of 1 applications, sealed in 1 events" in capsys.readouterr().out
    assert _events(desk, ERASED) == ()


def test_a_person_is_forgotten_when_it_is_meant(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _erase(desk, "--applicant", "100001", "--reason", REASON, "--yes", "--json") == 0
    done = json.loads(capsys.readouterr().out)
    (event,) = _events(desk, ERASED)
    assert (event.sequence, event.actor.name, event.public["reason"]) == (done["erased"], "console", REASON)
    assert main(["--data", str(desk), "score", "100001"]) == 4
    assert main(["--data", str(desk), "verify"]) == 0
    assert _erase(desk, "--applicant", "100001", "--reason", REASON, "--yes") == 4
    assert "was forgotten already" in capsys.readouterr().err


def test_the_id_of_an_application_names_its_client_too(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = _events(desk, SCORED)[1]
    assert _erase(desk, "--application", second.application, "--reason", REASON, "--yes") == 0
    assert f"under the reference {second.applicant}" in capsys.readouterr().out
    assert main(["--data", str(desk), "score", "100002"]) == 4


@pytest.mark.parametrize("answer", ["", "yes", "ERASE"])
def test_whoever_does_not_type_the_word_erases_nothing(desk: Path, answer: str) -> None:
    code, heard = _asked(desk, ["--applicant", "100003", "--reason", REASON], [answer])
    assert code == 1
    assert heard.said[-1] == ("err", "Nothing was erased.")
    assert main(["--data", str(desk), "score", "100003"]) == 0


def test_whoever_types_the_word_after_reading_what_goes_erases(desk: Path) -> None:
    code, heard = _asked(desk, ["--applicant", "100004", "--reason", REASON], ["erase"])
    assert code == 0
    kinds = [said[0] for said in heard.said]
    assert kinds.index("ask") > kinds.index("err")
    assert heard.printed.startswith("Forgotten: 1 applications in 1 events, ")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--applicant", "100003", "--reason", REASON), "nobody is here to confirm"),
        (("--applicant", "100003", "--yes"), "--reason says how it was asked"),
        (("--applicant", "100003", "--reason", "short", "--yes"), "ErasureRefused: Reason"),
        (("--applicant", "10000x", "--preview"), "expects a client's number"),
        (("--application", "100003", "--preview"), "a client's number is --applicant"),
    ],
)
def test_an_unclear_order_is_refused_and_erases_nothing(
    desk: Path, words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert _erase(desk, *words) == 2
    assert says in capsys.readouterr().err
    assert main(["--data", str(desk), "score", "100003"]) == 0


@pytest.mark.parametrize(
    "words", [(), ("--applicant", "1", "--past-retention"), ("--applicant", "1", "--application", "a")]
)
def test_exactly_one_of_person_application_and_retention_is_named(desk: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as end:
        _erase(desk, *words)
    assert end.value.code == 2


def test_where_nothing_is_past_its_time_nothing_is_erased(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = len(_events(desk))
    assert _erase(desk, "--past-retention", "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"applications": 0}
    assert len(_events(desk)) == before


def test_the_help_says_how_long_a_reason_must_be(tmp_path: Path) -> None:
    ended = typed_here(tmp_path, "erase", "--help")
    assert "10 to 500 characters" in " ".join(ended.out.split())


def test_a_score_that_an_erasure_overtakes_is_made_again_and_recorded(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, overtaken = (
        Casework.record_score,
        [PortfolioMissing("Score: the portfolio was replaced.")],
    )

    def overtaken_once(casework: Casework, *parts: Any) -> Event:
        if overtaken:
            raise overtaken.pop()
        return record(casework, *parts)

    monkeypatch.setattr(Casework, "record_score", overtaken_once)
    with alone(settings.read({}, data_dir=desk)) as place:
        heard = Heard()
        assert dispatch(place)(["score", "100005", "--json"], heard) == 0
    assert overtaken == []
    assert json.loads(heard.printed)["recorded"] is True
