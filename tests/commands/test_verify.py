"""`verify` on the command line: sound is 0, anything else names the first event that is wrong."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import duckdb
import pytest

from core import settings
from core.__main__ import main
from core.casework.kinds import DECIDED
from core.casework.readings import READINGS
from core.commands.place import Opened
from core.commands.running import dispatch
from core.ledger.canonical import event_of, line
from core.ledger.chain import Link, linked
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


def test_an_edited_journal_is_made_good_and_is_one_for_a_week(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _edit(tmp_path, 3)
    assert verify("--json") == 1
    said = capsys.readouterr()
    answer = json.loads(said.out)
    (notice,) = answer["altered"]
    assert notice.startswith(
        "Journal 00000001.jsonl was damaged or edited: from event 3 on it was not what was written"
    )
    assert (answer["sound"], answer["made_good"]) == (True, [notice])
    assert notice in said.err
    assert verify() == 1
    said = capsys.readouterr()
    sound, _, heading, words = said.out.splitlines()
    assert sound == "Sound: 6 events, every link holds."  # that it was verified is one more
    assert heading == (
        "NOT AS IT SHOULD BE: in the last 7 days the record was not what was written, and was made good:"
    )
    assert words.endswith(f" UTC: {notice}")
    _as_if_made_good(tmp_path, timedelta(days=7))
    assert verify() == 0


def _as_if_made_good(desk: Path, ago: timedelta) -> None:
    kept = desk / "ledger" / "made_good"
    lines = [json.loads(line) | {"at": (utc_now() - ago).isoformat()} for line in kept.read_text().splitlines()]
    kept.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_journal_that_was_rewritten_with_recomputed_hashes_names_the_first_event(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = [event_of(line)[0] for line in _journal(tmp_path).read_bytes().splitlines()]
    last, lines = Link.of(events[2]), [line(event) for event in events[:3]]
    for event in events[3:]:
        forged = linked(a_draft(subject="forged", at=event.at), None, last, event.at)
        last = Link.of(forged)
        lines.append(line(forged))
    _journal(tmp_path).write_bytes(b"".join(lines))
    for _ in range(2):
        assert verify("--json") == 1
        (notice,) = json.loads(capsys.readouterr().out)["altered"]
        assert "from event 4 on it was not what was written" in notice


def test_a_torn_tail_is_made_good_and_zero(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with _journal(tmp_path).open("ab") as journal:
        journal.write(b'{"ciphertext":null,"ha')
    assert verify("--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["altered"] == []
    assert "what stood behind its last whole record was cut off" in said["made_good"][0]


def test_a_falsified_table_is_one_and_so_is_the_next_verification_which_finds_it_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_ledger(tmp_path, READINGS, clock=utc_now) as ledger:
        ledger.append([a_draft(DECIDED, public={"decision": "approve"})])
        assert ledger.verify().sound
    with duckdb.connect(str(tmp_path / "ledger" / "ledger.duckdb")) as connection:
        connection.execute("drop trigger decisions_stay on decisions")
        connection.execute("update decisions set decision = 'decline'")
    assert main(["--data", str(tmp_path), "verify"]) == 1
    found, holds = capsys.readouterr().out.splitlines()
    assert found == (
        "NOT SOUND from event 1 on: the table decisions does not say what event 1 says (decision); the events hold: "
        "start the desk again, and the table is made anew from them."
    )
    assert holds.startswith("Every link holds; what pages show from this table")
    assert main(["--data", str(tmp_path), "verify", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["sound"]
    assert "The database was not what was written (the table decisions does" in said["altered"][0]


def test_what_another_command_made_good_is_said_by_it_and_by_verify_afterwards(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _edit(tmp_path, 3)
    main(["--data", str(tmp_path), "erase", "--past-retention", "--preview"])
    assert "from event 3 on it was not what was written" in capsys.readouterr().err
    assert verify("--json") == 1
    said = capsys.readouterr()
    (notice,) = json.loads(said.out)["made_good"]
    assert f"{utc_now():%d %B %Y}, " in notice
    assert "from event 3 on it was not what was written" in notice
    assert said.err.count("not what was written") == 1


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


@pytest.mark.parametrize("missing", ["master.key", "ledger/keys.sqlite"])
def test_a_record_that_cannot_be_opened_names_the_way_to_check_it_as_it_lies(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    (tmp_path / missing).unlink()
    assert verify() == 3
    journal = tmp_path / "ledger" / "journal"
    assert capsys.readouterr().err.rstrip().endswith(f"python core/ledger/outside.py {journal} [HEAD]")


def test_a_read_only_record_names_the_way_to_check_it_as_it_lies(
    verify: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read_only(folder: Path) -> NoReturn:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("core.ledger.ledger.LedgerLock.take", read_only)
    assert verify() == 3
    said = capsys.readouterr().err
    assert "its folder cannot be written to" in said
    assert f"python core/ledger/outside.py {tmp_path / 'ledger' / 'journal'} [HEAD]" in said


def test_a_kept_head_is_verified_against_later(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.json"
    assert verify("--save-head", str(kept)) == 0
    assert kept.stat().st_mode & 0o777 == 0o600
    assert Head.from_json(kept.read_text()).count == 7  # that it was verified and kept is on record too
    with a_ledger(tmp_path, clock=utc_now) as ledger:
        assert [event.public["file"] for event in ledger.events(kinds=("downloaded",))] == ["kept.json"]
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


def test_a_head_of_another_ledger_is_a_finding(
    verify: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps(json.loads(_saved(verify, kept)) | {"ledger": "0123456789abcdef"}))
    capsys.readouterr()
    assert verify("--head", str(kept), "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["sound"], said["first_bad"], said["events"]) == (False, 1, 7)
    assert said["finding"].startswith("the head that was given is of the ledger '0123456789abcdef', and this one is '")
    assert said["finding"].endswith(
        "either it is a head of another desk, or the record and its key file here were replaced as a whole"
    )
    assert verify() == 0  # by itself the record holds


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
    said = json.loads(capsys.readouterr().out)
    printed = said["head"]
    assert (said["events"], printed["count"]) == (5, 7)
    assert said["behind"].startswith("The head that was saved goes 2 events further than what was verified: ")
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
