"""The chain as an auditor reads it: who did what, when and from where, newest first; quick among a million events."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from core.accounts import roles
from core.accounts.roles import Acting, Action, Page
from core.casework.audit_words import Group, kinds_of, label_of, sentence_of
from core.casework.case_state import moment_words
from core.casework.history_question import EVER, Period
from core.casework.json_fields import flag, text
from core.casework.paging import check_page
from core.ledger.event import Public
from core.ledger.ledger import Ledger
from core.ledger.moments import stored
from core.portfolio.client_number import client_number

MOST_ROWS_ON_A_PAGE = 200
SHORT_HASH = 12  # hexadecimal digits
APART = timedelta(seconds=1)  # an account event that the chain heard of at another moment says when it happened

_AT_ONCE = 5_000  # rows
_APPLICATION = re.compile(r"A[A-Z2-7]{16}")
_REFERENCE = re.compile(r"P[A-Z2-7]{16}")

Bound = dict[str, str | int | datetime | list[str] | list[int]]

_COLUMNS = 'sequence, "at", kind, actor, role, address, subject, public, hash'


@dataclass(frozen=True)
class AuditQuestion:
    """Empty filters let everything through."""

    period: Period = EVER
    groups: tuple[Group, ...] = ()
    actor: str = ""  # a user name, whole
    about: str = ""  # how the subject begins (user name, application, version), an applicant's reference or number
    page: int = 1
    rows_per_page: int = 50

    def __post_init__(self) -> None:
        check_page(self.page, self.rows_per_page, MOST_ROWS_ON_A_PAGE)

    def in_words(self) -> str:
        """The filter as a person would say it, without what was typed to find a person."""
        words = (
            f"since {moment_words(self.period.start)}" if self.period.start else "",
            f"before {moment_words(self.period.end)}" if self.period.end else "",
            " or ".join(group.value.lower() for group in self.groups),
            f"done by {self.actor}" if self.actor else "",
            "about one subject" if self.about else "",
        )
        return "; ".join(word for word in words if word) or "everything"


@dataclass(frozen=True)
class AuditRow:
    """One event in words."""

    sequence: int
    at: datetime  # UTC
    kind: str
    actor: str
    role: str
    address: str
    subject: str
    what: str  # one plain sentence
    hash: str  # its first digits
    whole_hash: str  # 64 hexadecimal digits
    demo: bool  # of an invented past


@dataclass(frozen=True)
class AuditPage:
    rows: tuple[AuditRow, ...]
    total: int  # rows of all pages
    page: int  # the last one where a later one was asked for
    pages: int  # at least 1


def audit_page(ledger: Ledger, question: AuditQuestion, acting: Acting) -> AuditPage:
    """The asked page, newest first; PermissionRefused for a role that may not read the audit page."""
    roles.require(acting, Page.AUDIT, Action.READ)
    where, bound = matching(ledger, question)
    with ledger.reading() as cursor:
        total = count(cursor, where, bound)
        pages = max(1, -(-total // question.rows_per_page))
        page = min(question.page, pages)
        rows = rows_of(cursor, where, bound, question.rows_per_page, (page - 1) * question.rows_per_page)
    return AuditPage(rows, total, page, pages)


def actors(ledger: Ledger) -> tuple[str, ...]:
    """Everybody who ever did something, by name."""
    with ledger.reading() as cursor:
        rows = cursor.execute("select distinct actor from events where actor <> '' order by actor").fetchall()
    return tuple(str(actor) for (actor,) in rows)


def matching(ledger: Ledger, question: AuditQuestion) -> tuple[str, Bound]:
    """The question as a condition on events, and its values."""
    period, about = question.period, question.about.strip()
    asked: list[tuple[str, Bound]] = []
    if period.start:
        asked.append(('"at" >= $since', {"since": stored(period.start)}))
    if period.end:
        asked.append(('"at" < $before', {"before": stored(period.end)}))
    if question.groups:
        wanted = [kind for group in question.groups for kind in kinds_of(group)]
        asked.append(("kind = any($kinds)", {"kinds": wanted}))
    if question.actor:
        asked.append(("actor = $actor", {"actor": question.actor}))
    if about:
        asked.append(_about(about, ledger.keys.reference_of(client_number(about))))
    bound = {name: value for _, values in asked for name, value in values.items()}
    return " and ".join(condition for condition, _ in asked) or "true", bound


def _about(about: str, reference: str | None) -> tuple[str, Bound]:
    """By a whole id, which is quick, or by how the subject begins, which looks at every subject."""
    if reference or _REFERENCE.fullmatch(about.upper()):
        return "applicant = $reference", {"reference": reference or about.upper()}
    if _APPLICATION.fullmatch(about.upper()):
        return "subject = $subject", {"subject": about.upper()}
    return "starts_with(lower(subject), $about)", {"about": about.lower()}


def count(cursor: duckdb.DuckDBPyConnection, where: str, bound: Bound) -> int:
    ((total,),) = cursor.execute(f"select count(*) from events where {where}", bound).fetchall()
    return int(total)


def rows_of(
    cursor: duckdb.DuckDBPyConnection, where: str, bound: Bound, limit: int, offset: int
) -> tuple[AuditRow, ...]:
    """These rows, newest first: numbers are found first, so that only what is shown is read in full."""
    found = cursor.execute(
        f"select sequence from events where {where} order by sequence desc limit {int(limit)} offset {int(offset)}",
        bound,
    ).fetchall()
    cursor.execute(
        f"select {_COLUMNS} from events where sequence in (select unnest($shown)::bigint) order by sequence desc",
        {"shown": [sequence for (sequence,) in found]},
    )
    rows: list[AuditRow] = []
    while some := cursor.fetchmany(_AT_ONCE):  # an export's public parts would fill the memory all at once
        rows += [_row(*cells) for cells in some]
    return tuple(rows)


def _row(
    sequence: int,
    at: datetime,
    kind: str,
    actor: str,
    role: str,
    address: str,
    subject: str,
    public: str,
    own_hash: bytes,
) -> AuditRow:
    told: Public = json.loads(public)
    moment = at.replace(tzinfo=UTC)
    what = what_of(kind, moment, subject, told)
    whole = own_hash.hex()
    doing = sequence, moment, label_of(kind), actor, role.replace("_", " "), address, subject, what
    return AuditRow(*doing, hash=whole[:SHORT_HASH], whole_hash=whole, demo=flag(told, "demo"))


def what_of(kind: str, at: datetime, subject: str, public: Public) -> str:
    """What happened, and when, where the chain heard of it at another moment (`at`)."""
    return sentence_of(kind, subject, public) + _when(at, public)


def _when(at: datetime, public: Public) -> str:
    try:
        happened = datetime.fromisoformat(text(public, "happened_at")).astimezone(UTC)
    except ValueError:
        return ""
    if abs(at - happened) < APART:
        return ""
    day = "" if happened.date() == at.date() else f"{happened:%Y-%m-%d} "
    return f" (It happened at {day}{happened:%H:%M:%S} UTC.)"
