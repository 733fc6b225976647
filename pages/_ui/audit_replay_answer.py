"""How a replay of everything ended, in sentences."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from core.casework.json_fields import text, whole
from core.ledger.event import Public

_ANSWERED = (0, 1)  # the same, or with differences; every other code is a refusal
_LOCKED, _OTHER_VERSION = "LedgerLocked", "another version"
REFUSED: Mapping[str, str] = {  # by the kind of refusal that the command names first
    _LOCKED: "Other work has the record to itself at the moment. Replay again in a few minutes.",
    "LedgerUnavailable": "The record could not be opened for it. Ask the administrator to look at the server's log.",
    "MasterKeyRefused": "The key that opens the stored applications is missing or another one. Ask the administrator "
    "to put the right one back.",
    "PortfolioMissing": "There is no portfolio, and without one no application can be scored again. Ask the "
    "administrator to set it up.",
    "ModelMissing": "There is no model that could score again. Ask the administrator to set one up.",
}
_CHANGED = (
    "The program was updated while this app was running, and old and new must not work on the record together. Ask the "
    "administrator to restart the app, then replay again."
)
_BROKEN_OFF = (
    "It broke off before it had an answer; nothing in the record was changed. Replay again; if it breaks off again, "
    "ask the administrator to look at the server's log."
)


@dataclass(frozen=True)
class Answer:
    sound: bool | None  # None: cancelled, which says nothing of the rest
    title: str
    words: str
    lines: tuple[str, ...]  # what differs, or could not be repeated


def read_answer(code: int, out: str, last_words: str, so_far: str = "") -> Answer:
    """What the command printed; when it was ended before it had an answer, how far it was."""
    if code < 0:
        return Answer(None, "The replay was cancelled", f"Cancelled {_after(so_far)}.", ())
    if code not in _ANSWERED or not out.strip():  # a command that fails altogether ends with 1 too
        return Answer(False, "The replay could not be made", _why(last_words), ())
    said: Public = json.loads(out)
    same, records = whole(said, "same") or 0, whole(said, "records") or 0
    differing, erased, impossible = (whole(said, name) or 0 for name in ("differing", "erased", "impossible"))
    parts = (
        f"{same:,} of {records:,} scores and decisions came out the same to the last bit, "
        f"{whole(said, 'from_raw') or 0:,} of them also from the raw application",
        f"{differing:,} differ{_counted(said, 'differing_parts')}" if differing else "",
        f"{impossible:,} could not be repeated{_counted(said, 'impossible_reasons')}" if impossible else "",
        f"{erased:,} cannot be read any more, because their person was forgotten" if erased else "",
    )
    sound = said.get("sound") is True
    title = "Everything that can be read was repeated" if sound else "Not everything came out the same"
    return Answer(sound, title, f"{'; '.join(filter(None, parts))}.", _first(said))


def _why(last_words: str) -> str:
    """The refusal as an auditor can act on it; the command's own words are for the log."""
    kind = last_words.partition(":")[0]
    if kind == _LOCKED and _OTHER_VERSION in last_words:
        return _CHANGED
    return REFUSED.get(kind, _BROKEN_OFF)


def _after(so_far: str) -> str:
    return f"after {so_far}" if so_far else "before the first records were repeated"


def _counted(said: Public, name: str) -> str:
    counts = said.get(name)
    told = [f"{why}: {count}" for why, count in counts.items()] if isinstance(counts, dict) else []
    return f" ({'; '.join(told)})" if told else ""


def _first(said: Public) -> tuple[str, ...]:
    first = said.get("first")
    return tuple(_line(one) for one in first if isinstance(one, dict)) if isinstance(first, list) else ()


def _line(one: Public) -> str:
    differences = one.get("differences")
    told = [
        f"{text(difference, 'part')}: {text(difference, 'words')}"
        for difference in (differences if isinstance(differences, list) else [])
        if isinstance(difference, dict)
    ]
    return f"Event {whole(one, 'sequence') or 0:,}: {'; '.join(told) or text(one, 'reason')}"
