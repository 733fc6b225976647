"""What a line of the journal says can be checked with a few lines of Python and no cipher."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from core.ledger.canonical import canonical, event_of, line, written
from core.ledger.chain import NO_LINK, linked
from core.ledger.event import Event, Seal
from tests.ledgers import NOON, a_draft, a_ledger, a_sealed_draft


def _event(seal: Seal | None = None) -> Event:
    return linked(a_draft(public={"b": 0.1, "a": "é"}), seal, NO_LINK, NOON)


def test_canonical_json_is_sorted_ascii_without_spaces_and_keeps_floats_to_the_last_bit() -> None:
    assert canonical({"b": 0.1 + 0.2, "a": ["é", None, True]}) == '{"a":["\\u00e9",null,true],"b":0.30000000000000004}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"pd": float("nan")})


def test_moments_are_written_in_utc_to_the_microsecond() -> None:
    moment = datetime(2026, 3, 2, 13, 0, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    assert written(moment) == "2026-03-02T12:00:00.000005Z"


def test_the_journal_alone_proves_the_chain_by_hand(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        for n in range(4):
            ledger.append([a_draft(public={"n": n}), a_sealed_draft(ledger, {"name": "Ana"})])
        head = ledger.head
    previous = bytes(32)
    for text in (tmp_path / "ledger" / "journal" / "00000001.jsonl").read_text("ascii").splitlines():
        values = json.loads(text)
        body = json.dumps(values["public"], sort_keys=True, separators=(",", ":"))
        assert values["public"]["previous_hash"] == previous.hex()
        previous = hashlib.sha256(previous + hashlib.sha256(body.encode()).digest()).digest()
        assert values["hash"] == previous.hex()
        if values["ciphertext"]:
            sealed = hashlib.sha256(base64.b64decode(values["ciphertext"])).hexdigest()
            assert values["public"]["sealed"]["ciphertext_sha256"] == sealed
    assert previous == head.hash


@pytest.mark.parametrize("seal", [None, Seal(b"n" * 12, b"ciphertext", b"p" * 32)])
@pytest.mark.parametrize("to_follow", [0, 2])
def test_a_line_gives_its_event_back(seal: Seal | None, to_follow: int) -> None:
    event = _event(seal)
    assert event_of(line(event, to_follow).rstrip(b"\n")) == (event, to_follow)
    assert event.at == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_line_in_which_any_value_was_changed_is_not_read() -> None:
    whole = line(_event(Seal(b"n" * 12, b"ciphertext", b"p" * 32)))
    values = json.loads(whole)
    for name in values["public"]:
        changed = json.loads(whole)
        changed["public"][name] = "changed"
        with pytest.raises(ValueError, match=r"."):
            event_of(canonical(changed).encode())
    for name in ("ciphertext", "hash"):
        changed = json.loads(whole)
        changed[name] = base64.b64encode(b"0" * 32).decode()
        with pytest.raises(ValueError, match=r"."):
            event_of(canonical(changed).encode())


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b"null", b"\x00" * 50, b"\xff\xfe", b"[" * 100_000, b'{"public":1}']
)
def test_what_is_no_line_is_refused_as_a_value(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        event_of(text)


def test_a_capital_among_the_digits_of_a_hash_is_damage_though_it_reads_the_same() -> None:
    text = line(_event()).rstrip(b"\n")
    values = json.loads(text)
    flipped = text.replace(values["hash"].encode(), values["hash"].upper().encode())
    assert flipped != text
    with pytest.raises(ValueError, match="is not written as it was"):
        event_of(flipped)
