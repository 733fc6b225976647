"""What an auditor does with the chain, each an event itself: verify it, take its head along, export what is read."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass

from core.accounts import roles
from core.accounts.roles import Acting, Action, Page
from core.casework.actors import actor_of
from core.casework.audit import AuditQuestion, AuditRow, count, matching, rows_of
from core.casework.audit_words import THE_HEAD
from core.casework.export import Cell, Form, csv_bytes, parquet_bytes
from core.casework.key_check import with_warning
from core.casework.kinds import DOWNLOADED, EXPORTED, VERIFIED
from core.errors import ExportRefused, LedgerUnwritable
from core.ledger.event import Draft, Public
from core.ledger.head import Head
from core.ledger.ledger import Ledger
from core.ledger.verification import Verification
from core.progress import Progress, silent

MOST_EXPORTED_ROWS = 200_000
THE_CHAIN, THE_AUDIT = "chain", "audit"
COLUMNS = ("sequence", "at", "kind", "actor", "role", "address", "subject", "what", "hash", "demo")


@dataclass(frozen=True)
class Verify:
    """How far to verify, and against what."""

    against: Head | None = None  # a head that was downloaded before
    since_head: bool = False  # only what lies behind the part that was verified before


def recorded_verification(
    ledger: Ledger, acting: Acting, asked: Verify | None = None, address: str = "", progress: Progress = silent
) -> Verification:
    """What verifying found; PermissionRefused.

    That it was done is an event, unless nothing can be written: what was found must be said all the same.
    """
    roles.require(acting, Page.AUDIT, Action.VERIFY)
    wanted = asked or Verify()
    part = wanted.since_head and wanted.against is None  # a kept head may lie in the part that was verified before
    found = with_warning(ledger.verify(progress, part, wanted.against), ledger)
    public: Public = {
        "sound": found.sound,
        "events": found.events,
        "first_bad": found.first_bad,
        "finding": found.finding,
        "warning": found.warning,
        "whole": not part,
        "against": wanted.against.count if wanted.against else None,
    }
    with suppress(LedgerUnwritable):
        ledger.append([Draft(VERIFIED, actor_of(acting, address), THE_CHAIN, public)])
    return found


@dataclass(frozen=True)
class Order:
    """Which events are to be exported, and what the file is called."""

    question: AuditQuestion  # its page does not matter
    form: Form
    name: str  # as the visitor gets it: "solvent-audit-20261121-145900.csv"


def recorded_head(ledger: Ledger, acting: Acting, address: str = "", name: str = "") -> str:
    """The head as a file to keep elsewhere, the event of this download its last one; PermissionRefused.

    `name`: what the visitor gets the file under.
    """
    roles.require(acting, Page.AUDIT, Action.DOWNLOAD)
    (event,) = ledger.append([Draft(DOWNLOADED, actor_of(acting, address), THE_HEAD, {"file": name})])
    return Head(event.sequence, event.hash, event.at).as_json(ledger.keys.ledger_id)


def recorded_export(ledger: Ledger, order: Order, acting: Acting, address: str = "") -> bytes:
    """All rows of the question as a file; PermissionRefused, and ExportRefused for more than a file should hold."""
    roles.require(acting, Page.AUDIT, Action.DOWNLOAD)
    where, bound = matching(ledger, order.question)
    with ledger.reading() as cursor:
        total = count(cursor, where, bound)
        if total > MOST_EXPORTED_ROWS:
            raise ExportRefused(
                f"Export: at most {MOST_EXPORTED_ROWS:,} events in one file, got {total:,}; choose a shorter period."
            )
        rows = rows_of(cursor, where, bound, total, 0)
    cells = [_cells(row) for row in rows]
    content = csv_bytes(COLUMNS, cells) if order.form is Form.CSV else parquet_bytes(COLUMNS, cells)
    public: Public = {
        "file": order.name,
        "format": order.form.value,
        "rows": total,
        "filter": order.question.in_words(),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    ledger.append([Draft(EXPORTED, actor_of(acting, address), THE_AUDIT, public)])
    return content


def _cells(row: AuditRow) -> tuple[Cell, ...]:
    """In the order of COLUMNS."""
    who = row.actor, row.role, row.address
    return row.sequence, row.at, row.kind, *who, row.subject, row.what, row.whole_hash, row.demo
