"""What set-up must know of a record, read from its journal: without opening it, so that one in use is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from core.casework.kinds import MODEL_ACTIVATED
from core.ledger.canonical import event_of
from core.ledger.event import Event
from core.ledger.journal import Journal
from core.ledger.recovery import JOURNAL_FOLDER

_OF_A_MODEL = f'"kind":"{MODEL_ACTIVATED}"'.encode()


def has_events(ledger_dir: Path) -> bool:
    """Whether anything was ever recorded."""
    return any(segment.stat().st_size for segment in _journal(ledger_dir).paths())


def begins_with_a_past(ledger_dir: Path) -> bool:
    """Whether the first event is one of an invented past."""
    with suppress(StopIteration, ValueError):
        first, _ = event_of(next(_journal(ledger_dir).lines()).removesuffix(b"\n"))
        return first.public.get("demo") is True
    return False


def model_in_force(ledger_dir: Path) -> str:
    """The version that came into force last; empty when none ever did."""
    last = ""
    for event in _activations(ledger_dir):
        last = event.subject
    return last


def _activations(ledger_dir: Path) -> Iterator[Event]:
    for line in _journal(ledger_dir).lines():
        if _OF_A_MODEL in line:
            with suppress(ValueError):  # damaged: the line before it counts
                event, _ = event_of(line.removesuffix(b"\n"))
                if event.kind == MODEL_ACTIVATED:
                    yield event


def _journal(ledger_dir: Path) -> Journal:
    return Journal(ledger_dir / JOURNAL_FOLDER)
