"""The head: two slots written in turn, each only believed with its MAC; and the head as a file to keep."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from core.errors import LedgerUnwritable, UnknownRecord
from core.ledger.head import NO_EVENTS, SLOT_BYTES, Head, HeadFile, contains

KEY = bytes(range(32))
AT = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)


def _head(count: int) -> Head:
    return Head(count, bytes([count]) * 32, AT + timedelta(seconds=count))


def _file(folder: Path) -> HeadFile:
    return HeadFile(folder / "head", KEY)


def _spoil(folder: Path, slot: int, byte: int = 20) -> None:
    written = bytearray((folder / "head").read_bytes())
    written[slot * SLOT_BYTES + byte] ^= 1
    (folder / "head").write_bytes(written)


def test_there_is_no_head_before_the_first(tmp_path: Path) -> None:
    assert _file(tmp_path).read() is None
    assert _file(tmp_path).finding == ""


@pytest.mark.parametrize("last", [1, 2, 3, 8])
def test_the_newest_head_is_read_back_by_another_process(last: int, tmp_path: Path) -> None:
    file = _file(tmp_path)
    for count in range(1, last + 1):
        file.write(_head(count), durable=count % 2 == 0)
    assert _file(tmp_path).read() == file.read() == _head(last)
    assert file.finding == ""


@pytest.mark.parametrize("last", [4, 5])
def test_a_torn_write_leaves_the_head_before(last: int, tmp_path: Path) -> None:
    file = _file(tmp_path)
    for count in range(1, last + 1):
        file.write(_head(count))
    newest = 1 if last % 2 == 0 else 0
    _spoil(tmp_path, newest)
    assert _file(tmp_path).read() == _head(last - 1)
    assert _file(tmp_path).finding == f"head: slot {newest + 1} is damaged, the other one counts"
    reopened = _file(tmp_path)
    reopened.write(_head(9))  # over the damaged slot, never over the whole one
    assert reopened.finding == ""
    assert _file(tmp_path).read() == _head(9)


def test_a_reopened_file_never_writes_over_its_newest_head(tmp_path: Path) -> None:
    for count in range(1, 6):
        _file(tmp_path).write(_head(count))
        if count > 1:
            _spoil(tmp_path, (count - 1) % 2)
            assert _file(tmp_path).read() == _head(count - 1)
            _spoil(tmp_path, (count - 1) % 2)  # and whole again


@pytest.mark.parametrize("byte", [0, 4, 11, 12, 43, 51, 52, 83])
def test_any_changed_byte_spoils_its_slot(byte: int, tmp_path: Path) -> None:
    _file(tmp_path).write(_head(1))
    _spoil(tmp_path, 0, byte)
    assert _file(tmp_path).read() is None
    assert _file(tmp_path).finding == "head: neither of its two slots is one that was written here"


@pytest.mark.parametrize("written", [b"", b"x" * 40, bytes(2 * SLOT_BYTES), b"\xff" * 20_000])
def test_what_is_no_head_file_is_said(written: bytes, tmp_path: Path) -> None:
    (tmp_path / "head").write_bytes(written)
    assert _file(tmp_path).read() is None
    assert "neither of its two slots" in _file(tmp_path).finding


def test_a_head_made_with_another_key_is_not_believed(tmp_path: Path) -> None:
    HeadFile(tmp_path / "head", bytes(32)).write(_head(1))
    assert _file(tmp_path).read() is None


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    _file(tmp_path).write(_head(1))
    assert stat.S_IMODE((tmp_path / "head").stat().st_mode) == 0o600


def test_a_disk_that_takes_no_head_is_said(tmp_path: Path) -> None:
    file = HeadFile(tmp_path / "missing" / "head", KEY)
    with pytest.raises(LedgerUnwritable, match=r"Head head: cannot be written .* room"):
        file.write(_head(1))


def test_a_downloaded_head_comes_back_as_it_was() -> None:
    assert Head.from_json(_head(7).as_json("0123456789abcdef")) == _head(7)
    assert Head.from_json(_head(7).as_json()) == _head(7)
    assert json.loads(_head(7).as_json("0123456789abcdef")) == {
        "ledger": "0123456789abcdef",
        "count": 7,
        "hash": "07" * 32,
        "at": "2026-11-21T09:30:07.123456Z",
    }


def test_a_head_of_another_time_zone_is_the_same_moment() -> None:
    there = Head(7, bytes(32), AT.astimezone(timezone(timedelta(hours=-5))))
    assert Head.from_json(there.as_json()).at == AT


def test_a_head_says_whose_it_is_and_a_name_of_any_length_is_cut() -> None:
    assert Head.from_json(_head(7).as_json("aaaa")).ledger == "aaaa"
    assert Head.from_json(_head(7).as_json()).ledger == ""
    assert Head.from_json(_head(7).as_json("a" * 4_000)).ledger == "a" * 40


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        "[" * 100_000,
        _head(7).as_json().replace("7", '"7"', 1),
        _head(7).as_json().replace('"count": 7', '"count": -1'),
        _head(7).as_json().replace('"count": 7', '"count": true'),
        _head(7).as_json().replace("07", "0", 1),
        _head(7).as_json().replace("Z", ""),
        _head(7).as_json().replace("2026", "never"),
    ],
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(UnknownRecord, match="this is no head of a ledger; expected JSON with count, hash and at"):
        Head.from_json(text)


def test_a_chain_contains_the_heads_it_went_through_and_no_others() -> None:
    hashes = {count: _head(count).hash for count in range(1, 6)}
    assert all(contains(hashes.get, _head(count)) for count in range(1, 6))
    assert contains(hashes.get, NO_EVENTS)
    assert not contains(hashes.get, _head(6))
    assert not contains(hashes.get, Head(3, _head(4).hash, AT))
    assert not contains(hashes.get, Head(0, _head(1).hash, AT))
