"""The eight attacks on the files of a real ledger, by somebody who owns the machine: its own heads are gone too, so
that the chain and the heads kept elsewhere have to find them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core.errors import LedgerUnavailable
from core.ledger.canonical import line
from core.ledger.event import Event
from core.ledger.head import Head
from core.ledger.journal import Journal
from core.ledger.recovery import HEAD_FILE, JOURNAL_FOLDER, VERIFIED_FILE
from core.ledger.store import STORE_FILE, Store
from core.ledger.verification import Chain, Verification, walk
from tests.faults.attacks import ATTACKS, EARLIER, EVENTS, Attack, Files
from tests.faults.outcome import Outcome
from tests.ledgers import a_ledger, a_sealed_draft


@dataclass(frozen=True)
class Closed:
    """A ledger that is not open, what is recorded in it, and the heads that were taken along meanwhile."""

    folder: Path
    events: tuple[Event, ...]
    heads: tuple[Head, ...]

    def copied(self, folder: Path) -> Closed:
        shutil.copytree(self.folder, folder)
        return Closed(folder, self.events, self.heads)

    def put(self, files: Files) -> None:
        """Puts these events in the place of the record."""
        ledger = self.folder / "ledger"
        (ledger / JOURNAL_FOLDER / "00000001.jsonl").write_bytes(b"".join(line(event) for event in files.journal))
        if files.database == self.events:
            return  # what lies there is the database as it was written, and not one made for the occasion
        for file in ledger.glob(f"{STORE_FILE}*"):
            file.unlink()
        with closing(Store.open(ledger / STORE_FILE, ())) as store:
            store.insert(files.database, {})

    def forget_heads(self) -> None:
        for name in (HEAD_FILE, VERIFIED_FILE):
            (self.folder / "ledger" / name).unlink()


def a_closed_ledger(folder: Path) -> Closed:
    """Decisions with sealed parts and the hash of a model; a head is taken along on the way and at the end."""
    heads = []
    with a_ledger(folder) as ledger:
        for number in range(1, EVENTS + 1):
            public = {"decision": "approve", "model_sha256": "aa" * 32}
            draft = a_sealed_draft(ledger, {"note": f"n{number}"}, f"stored:{number}", str(number), "decided", public)
            ledger.append([draft])
            if number in (EARLIER, EVENTS):
                heads.append(Head.from_json(ledger.head.as_json()))
        return Closed(folder, ledger.events(), tuple(heads))


def tamper(folder: Path) -> dict[str, Outcome]:
    """What was said of each attack, and whether what must not be seen without a head, or not at all, is not."""
    left = a_closed_ledger(folder / "left")
    found = {attack.name: _is_found(attack, left.copied(folder / f"attack-{attack.name}")) for attack in ATTACKS}
    untouched = Files(left.events, left.events)
    calm = [
        _is_sound(left.copied(folder / "untouched"), untouched, left.heads),
        *(
            _is_sound(left.copied(folder / f"headless-{attack.name}"), attack.falsified(left.events), ())
            for attack in ATTACKS
            if attack.needs_head
        ),
    ]
    seen = sum(found.values())
    return {
        attacks_in_words(found): Outcome(len(found), EVENTS, said=seen, unsaid=len(found) - seen),
        "not tampered with, or no head kept": Outcome(len(calm), EVENTS, broken=calm.count(False)),
    }


def attacks_in_words(found: Mapping[str, bool]) -> str:
    missed = ", ".join(name for name, seen in found.items() if not seen)
    words = f"tampered with: {len(found)} attacks, {sum(found.values())} found"
    return f"{words}, not: {missed}" if missed else words


def _is_found(attack: Attack, ledger: Closed) -> bool:
    """Whether it is named for what lies on the disk, and at the next start with the kept head beside it."""
    ledger.put(attack.falsified(ledger.events))
    ledger.forget_heads()
    found = _on_disk(ledger.folder, ledger.heads)
    return (found.sound, found.first_bad) == (False, attack.first_bad) and _is_said_at_start(ledger)


def _is_sound(ledger: Closed, files: Files, heads: Sequence[Head]) -> bool:
    """Whether nothing is found, on the disk or by the desk."""
    ledger.put(files)
    ledger.forget_heads()
    if not _on_disk(ledger.folder, heads).sound:
        return False
    with a_ledger(ledger.folder) as opened:
        verified = opened.verify(against=heads[-1] if heads else None)
        return verified.sound and not opened.writable and opened.events() == files.journal


def _on_disk(folder: Path, heads: Sequence[Head]) -> Verification:
    """What a verification says of the files as they lie there."""
    ledger = folder / "ledger"
    with closing(Store.look(ledger / STORE_FILE)) as store:
        rows = store.events(0, 2 * EVENTS, ())
    return walk(Chain(Journal(ledger / JOURNAL_FOLDER).lines(), rows), heads)


def _is_said_at_start(ledger: Closed) -> bool:
    """Whether the desk refuses to start, finds it against the kept head, or says what it made good, and made it so."""
    try:
        with a_ledger(ledger.folder) as opened:
            if not opened.verify(against=ledger.heads[-1]).sound:
                return True
            return any("was damaged" in words for words in opened.notices) and opened.events() == ledger.events
    except LedgerUnavailable as refusal:
        return refusal.first_bad is not None  # and not for another reason
