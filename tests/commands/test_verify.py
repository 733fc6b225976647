"""`verify` on the command line: sound is 0, anything else names the first event that is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest

from core import settings
from core.__main__ import main
from core.commands.place import Opened
from core.commands.running import dispatch
from core.ledger.head import Head
from core.ledger.ledger import utc_now
from tests.commands.heard import Heard
from tests.ledgers import a_draft, a_ledger, a_sealed_draft

EVENTS = 5


@pytest.fixture
def verify(tmp_path: Path) -> Callable[..., int]:
    """`verify` on a desk whose ledger holds five events."""
    with a_ledger(tmp_path) as ledger:
        for n in range(EVENTS):
            ledger.append([a_draft(subject=f"thing {n}")])
    return lambda *words: main(["--data", str(tmp_path), "verify", *words])


def _journal(desk: Path) -> Path:
    (segment,) = (desk / "ledger" / "journal").glob("*.jsonl")
    return segment


def _edit(desk: Path, sequence: int) -> None:
    """The line of this event, one word changed."""
    lines = _journal(desk).read_bytes().splitlines(keepends=True)
    lines[sequence - 1] = lines[sequence - 1].replace(b"thing", b"thong")
    _journal(desk).write_bytes(b"".join(lines))


def test_a_sound_record_is_zero(verify: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert verify() == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "Sound: 5 events, every link holds."
    assert second.startswith("Head: event 5, ")


def test_json_says_the_same_to_a_machine(verify: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert verify("--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["sound"], said["events"], said["first_bad"], said["finding"]) == (True, 5, None, "")
    assert said["head"]["count"] == 5
    assert len(said["head"]["hash"]) == 64


@pytest.mark.usefixtures("verify")
def test_a_record_that_was_edited_is_one_and_its_first_bad_event_is_named(tmp_path: Path) -> None:
    """As the app sees it, which has the ledger open meanwhile."""
    with a_ledger(tmp_path, clock=utc_now) as ledger:
        place = Opened(settings.read({}, data_dir=tmp_path), _unasked, lambda: ledger, _unasked)
        _edit(tmp_path, 3)
        heard = Heard()
        assert dispatch(place)(["verify"], heard) == 1
        assert heard.printed.startswith("NOT SOUND from event 3 on: event 3 was edited")
        _edit(tmp_path, 4)
        heard = Heard()
        assert dispatch(place)(["verify", "--json"], heard) == 1
    said = json.loads(heard.printed)
    assert (said["sound"], said["first_bad"], said["events"]) == (False, 3, 2)


def test_a_record_that_cannot_be_added_to_is_verified_and_the_reason_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_ledger(tmp_path, clock=lambda: utc_now() + timedelta(days=30)) as ledger:
        ledger.append([a_draft()])
    assert main(["--data", str(tmp_path), "verify", "--json"]) == 0
    said = capsys.readouterr()
    reason = json.loads(said.out)["unwritable"]
    assert reason.startswith("Clock: it says ")
    assert reason in said.err


def test_records_without_a_key_that_nobody_erased_are_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_ledger(tmp_path) as ledger:
        (event,) = ledger.append([a_sealed_draft(ledger, {"n": 1})])
        ledger.keys.destroy_application(event.application)
    assert main(["--data", str(tmp_path), "verify", "--json"]) == 0
    said = capsys.readouterr()
    warning = json.loads(said.out)["warning"]
    assert warning.startswith("1 application cannot be read though nobody erased them")
    assert f"Warning: {warning}" in said.err


def _unasked() -> NoReturn:
    raise AssertionError("verify needs the ledger only")


def test_damage_that_the_start_made_good_is_said(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _edit(tmp_path, 3)
    assert verify("--json") == 0
    said = capsys.readouterr()
    (notice,) = json.loads(said.out)["made_good"]
    assert "was damaged: it was made anew" in notice
    assert notice in said.err


def test_what_another_command_made_good_is_said_by_it_and_by_verify_afterwards(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _edit(tmp_path, 3)
    main(["--data", str(tmp_path), "erase", "--past-retention", "--preview"])
    assert "was damaged: it was made anew" in capsys.readouterr().err
    assert verify("--json") == 0
    said = capsys.readouterr()
    (notice,) = json.loads(said.out)["made_good"]
    assert f"{utc_now():%d %B %Y}, " in notice
    assert "was damaged: it was made anew" in notice
    assert said.err.count("was damaged") == 1


def test_damage_that_cannot_be_made_good_names_its_first_event(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _edit(tmp_path, 3)
    (tmp_path / "ledger" / "ledger.duckdb").write_bytes(b"not a database")
    assert verify() == 1
    assert capsys.readouterr().out.startswith(
        "NOT SOUND from event 3 on: Ledger: event 3 is damaged or missing in both"
    )
    assert verify("--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["sound"], said["first_bad"]) == (False, 3)
    assert "Restore ledger from its backup." in said["finding"]


def test_a_record_without_its_key_is_not_called_unsound(verify: Callable[..., int], tmp_path: Path) -> None:
    (tmp_path / "master.key").unlink()
    assert verify() == 3


def test_a_kept_head_is_verified_against_later(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.json"
    assert verify("--save-head", str(kept)) == 0
    assert kept.stat().st_mode & 0o777 == 0o600
    assert Head.from_json(kept.read_text()).count == 7  # that it was verified and kept is on record too
    with a_ledger(tmp_path, clock=utc_now) as ledger:
        ledger.append([a_draft()])
    assert verify("--head", str(kept)) == 0
    assert "8 events, every link holds, and goes through the kept head of event 7" in capsys.readouterr().out


def test_a_head_of_a_longer_record_shows_that_the_tail_was_cut(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.json"
    longer = Head(9, bytes(32), Head.from_json(_saved(verify, kept)).at)
    kept.write_text(longer.as_json())
    capsys.readouterr()
    assert verify("--head", str(kept)) == 1
    assert capsys.readouterr().out.startswith("NOT SOUND from event 8 on: the tail was cut")


def _saved(verify: Callable[..., int], file: Path) -> str:
    assert verify("--save-head", str(file)) == 0
    return file.read_text()


@pytest.mark.parametrize("content", [None, "not json", "{}"])
def test_a_file_that_is_no_head_is_refused(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    file = tmp_path / "head.json"
    if content is not None:
        file.write_text(content)
    assert verify("--head", str(file)) == 2
    assert capsys.readouterr().err.startswith("SettingsError: Head")


def test_an_altered_head_is_not_said_to_follow_events_that_hold(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps(json.loads(_saved(verify, kept)) | {"hash": "ab" * 32}))
    capsys.readouterr()
    assert verify("--head", str(kept)) == 1
    said = capsys.readouterr().out
    assert "event 7 is not the one that a head kept outside it names" in said
    assert "The links of the first 7 events hold among themselves: " in said
    assert "or the head that was given was altered" in said
    assert "before it hold" not in said


def test_a_head_that_cannot_be_written_is_not_taken_along(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify("--save-head", str(tmp_path / "nope" / "x")) == 2
    assert "cannot be written (No such file or directory); name another place." in capsys.readouterr().err
    with a_ledger(tmp_path, clock=utc_now) as ledger:
        assert [event.kind for event in ledger.events()] == ["noted"] * EVENTS


def test_the_head_that_is_printed_is_the_one_in_the_file(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.json"
    assert verify("--save-head", str(kept), "--json") == 0
    printed = json.loads(capsys.readouterr().out)["head"]
    assert {name: json.loads(kept.read_text())[name] for name in ("count", "hash")} == {
        name: printed[name] for name in ("count", "hash")
    }


def test_a_desk_without_a_ledger_is_refused_and_none_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path / "typo"), "verify"]) == 3
    said = capsys.readouterr().err
    assert said.startswith("PortfolioMissing: Ledger ")
    assert f"--data {tmp_path / 'typo'} setup" in said
    assert not (tmp_path / "typo").exists()
