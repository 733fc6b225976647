"""Applications that were kept for as long as the desk keeps them: what is past it, and destroying their keys.

Which ones is written first. Killed anywhere after that, the rest is done at the next start, except for applications of
which something was heard in between and whose keys still stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.accounts import roles
from core.accounts.roles import Acting, Action, Page
from core.casework.actors import actor_of
from core.casework.json_fields import text, texts
from core.casework.kinds import ERASED, RETENTION_BEGUN
from core.errors import ErasureRefused, LedgerUnwritable
from core.ledger.event import Actor, Draft, Event, Public
from core.ledger.ledger import Ledger
from core.ledger.moments import stored
from core.progress import Progress, silent

RETENTION = "retention"  # the rule by which an application was forgotten
APPLICATIONS = "application_ids"  # of `retention_begun`: what is to be forgotten
_AT_ONCE = 1_000  # events per append, and applications per `retention_begun`
# an application of a person who was forgotten is not due: its key is gone and an event says so
_KEPT = f"""
    select application, any_value(applicant) as applicant, max("at") as last_event, count(*) as events
    from events
    where application <> ''
        and applicant not in (select applicant from events where kind = '{ERASED}' and application = '')
    group by application
    having not bool_or(kind = '{ERASED}')"""
_DUE = f'{_KEPT} and max("at") < $before'


@dataclass(frozen=True)
class DueApplication:
    application: str
    applicant: str  # the random reference
    last_event: datetime  # UTC
    events: int


@dataclass(frozen=True)
class Due:
    """The applications of which nothing was heard since `before`."""

    before: datetime  # UTC
    applications: int
    applicants: int
    events: int
    first: datetime | None  # UTC, the oldest last event
    examples: tuple[DueApplication, ...]  # the oldest ones


@dataclass(frozen=True)
class PastRun:
    """Applications that were forgotten together because their time was over."""

    at: datetime  # UTC
    actor: str
    applications: int


class Retention:
    """What is past its time in one ledger."""

    def __init__(self, ledger: Ledger, days: int) -> None:
        self._ledger = ledger
        self.days = days  # from the last event of an application on

    def due(self, now: datetime, acting: Acting, examples: int = 200) -> Due:
        """What is past its time; PermissionRefused."""
        roles.require(acting, Page.RETENTION, Action.ADMINISTER)
        before = now.astimezone(UTC) - timedelta(days=self.days)
        with self._ledger.reading() as cursor:
            counted = cursor.execute(
                f"select count(*), count(distinct applicant), coalesce(sum(events), 0), min(last_event) from ({_DUE})",
                {"before": stored(before)},
            ).fetchall()[0]
            rows = cursor.execute(
                f"{_DUE} order by last_event, application limit {int(examples)}", {"before": stored(before)}
            ).fetchall()
        applications, applicants, events, first = counted
        return Due(
            before=before,
            applications=int(applications),
            applicants=int(applicants),
            events=int(events),
            first=first.replace(tzinfo=UTC) if first else None,
            examples=tuple(DueApplication(a, p, at.replace(tzinfo=UTC), int(n)) for a, p, at, n in rows),
        )

    def carry_out(
        self, due: Due, acting: Acting, now: datetime, run: str, address: str = "", progress: Progress = silent
    ) -> int:
        """How many applications were forgotten: all of which nothing was heard since `due.before`.

        `run` is a key made before it was ordered: the same run twice is one. An earlier run that was interrupted is
        finished first and counted too. ErasureRefused where nothing is due, or `before` lies within the time of
        keeping; LedgerUnwritable, and no key is destroyed, while the chain cannot say so.
        """
        roles.require(acting, Page.RETENTION, Action.ADMINISTER)
        if due.before > now - timedelta(days=self.days):
            raise ErasureRefused(
                f"Retention: applications are kept for {self.days:,} days, got the end of {due.before:%d %B %Y}; "
                "choose an earlier one."
            )
        hindered = self._ledger.writable
        if hindered:
            raise LedgerUnwritable(hindered)
        finished = self.resume(progress)
        found = self._applications(due.before)
        if not found and not finished:
            raise ErasureRefused("Retention: no application is past its time; there is nothing to erase.")
        by = actor_of(acting, address)
        return finished + self._finish(self._begin(found, due.before, by, run), progress)

    def resume(self, progress: Progress = silent) -> int:
        """How many applications an interrupted run had left, forgotten now in the name of who had ordered it."""
        return self._finish(self._begun(), progress)

    def past(self, most: int = 50) -> tuple[PastRun, ...]:
        """The runs of the past, the latest first."""
        with self._ledger.reading() as cursor:
            rows = cursor.execute(
                "select max(\"at\"), any_value(actor), count(*) from events where kind = ? and application <> '' "
                "group by split_part(idempotency_key, ':', 2) order by 1 desc limit ?",
                [ERASED, most],
            ).fetchall()
        return tuple(PastRun(at.replace(tzinfo=UTC), str(actor), int(count)) for at, actor, count in rows)

    def _applications(self, before: datetime) -> Sequence[str]:
        with self._ledger.reading() as cursor:
            rows = cursor.execute(f"{_DUE} order by last_event, application", {"before": stored(before)}).fetchall()
        return [str(row[0]) for row in rows]

    def _begin(self, found: Sequence[str], before: datetime, by: Actor, run: str) -> Sequence[Event]:
        told: Public = {"rule": RETENTION, "reason": f"Kept for {self.days:,} days.", "run": run}
        return self._ledger.append(
            [
                Draft(
                    kind=RETENTION_BEGUN,
                    actor=by,
                    subject=RETENTION,
                    public={**told, "before": before.isoformat(), APPLICATIONS: list(found[first : first + _AT_ONCE])},
                    idempotency_key=f"{RETENTION_BEGUN}:{run}:{first}",
                )
                for first in range(0, len(found), _AT_ONCE)
            ]
        )

    def _begun(self) -> Sequence[Event]:
        with self._ledger.reading() as cursor:
            rows = cursor.execute(
                "select sequence from events where kind = ? order by sequence", [RETENTION_BEGUN]
            ).fetchall()
        return [self._ledger.event(int(row[0])) for row in rows]

    def _finish(self, begun: Sequence[Event], progress: Progress) -> int:
        """How many were left. The chain is asked again: of some, something may have been heard since they were due."""
        left = self._left(begun)
        if not left:
            return 0
        progress("destroying the keys", 0.0)
        self._ledger.keys.destroy_applications([draft.application for draft in left])
        for done in range(0, len(left), _AT_ONCE):
            progress("writing down what was forgotten", done / len(left))
            self._ledger.append(left[done : done + _AT_ONCE])
        progress("the applications are forgotten", 1.0)
        return len(left)

    def _left(self, begun: Sequence[Event]) -> list[Draft]:
        """One event for each application that is due still, or whose key is gone already."""
        ordered = {application: event for event in begun for application in texts(event.public, APPLICATIONS)}
        with self._ledger.reading() as cursor:
            rows = cursor.execute(
                f"select application, applicant, last_event from ({_KEPT}) "
                "where application in (select unnest($ids::varchar[])) order by last_event, application",
                {"ids": list(ordered)},
            ).fetchall()
        return [
            _forgotten(application, applicant, ordered[application])
            for application, applicant, last_event in rows
            if last_event < _end_of(ordered[application]) or self._ledger.keys.key_of(application) is None
        ]


def _end_of(begun: Event) -> datetime:
    return stored(datetime.fromisoformat(text(begun.public, "before")))


def _forgotten(application: str, applicant: str, begun: Event) -> Draft:
    run = text(begun.public, "run")
    return Draft(
        kind=ERASED,
        actor=begun.actor,
        subject=application,
        application=application,
        applicant=applicant,
        public={"rule": RETENTION, "reason": text(begun.public, "reason"), "run": run},
        idempotency_key=f"{RETENTION}:{run}:{application}",
    )
