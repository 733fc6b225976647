"""What somebody asks the history: filters, order and page, as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from core.casework import override_sides
from core.casework.case_state import DONE, day_words, moment_words
from core.casework.paging import check_page

DEFAULT_DAYS = 90
MOST_ROWS_ON_A_PAGE = 100


class State(StrEnum):
    OPEN = "open"  # scored, nothing decided yet
    REFERRED = "referred"  # waits for a risk manager
    CLOSED = "closed"
    ERASED = "erased"  # the person was forgotten, whatever was decided


STATE_WORDS: Mapping[State, str] = {
    State.OPEN: "scored, not decided",
    State.REFERRED: "referred, waiting",
    State.CLOSED: "closed",
    State.ERASED: "erased",
}


class Overridden(StrEnum):
    ANY = "any"  # low or high
    NONE = "none"  # neither; what was decided instead of a referral is here too
    LOW = override_sides.LOW
    HIGH = override_sides.HIGH
    REFERRAL = override_sides.REFERRAL


OVERRIDE_WORDS: Mapping[Overridden, str] = {
    Overridden.ANY: "overridden",
    Overridden.LOW: "low side",
    Overridden.HIGH: "high side",
    Overridden.REFERRAL: override_sides.SIDE_WORDS[override_sides.REFERRAL],
    Overridden.NONE: "not overridden",
}


class KnownOutcome(StrEnum):
    NONE = "none"  # nothing known yet, or nothing ever to be known
    REPAID = "repaid"
    DEFAULTED = "defaulted"


OUTCOME_WORDS: Mapping[KnownOutcome, str] = {
    KnownOutcome.NONE: "not known",
    KnownOutcome.REPAID: "repaid",
    KnownOutcome.DEFAULTED: "defaulted",
}


class SortBy(StrEnum):
    AT = "at"
    OFFICER = "officer"
    RECOMMENDATION = "recommendation"
    DECISION = "decision"
    DEFAULT_PROBABILITY = "default_probability"
    POINTS = "points"
    GRADE = "grade"
    AMOUNT = "amount"


@dataclass(frozen=True)
class Period:
    """From start on, before end; None is open on that side."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if any(moment is not None and moment.tzinfo is None for moment in (self.start, self.end)):
            raise ValueError("period: moments need a time zone")


EVER = Period()


def whole_days(first: date, last: date | None = None) -> Period:
    """From the first day's midnight on, in UTC, to the end of the last day; without a last one open."""
    return Period(_midnight(first), None if last is None else _midnight(last + timedelta(days=1)))


def last_days(now: datetime, days: int = DEFAULT_DAYS) -> Period:
    """So many calendar days by UTC, today included; what is written while somebody looks belongs to it.

    It begins at a midnight, so it is the same period all day.
    """
    return whole_days(now.astimezone(UTC).date() - timedelta(days=days - 1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@dataclass(frozen=True)
class HistoryQuestion:
    """Empty filters let everything through; texts are compared exactly, but for the note."""

    period: Period
    decisions: tuple[str, ...] = ()
    recommendations: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    override: Overridden | None = None
    model_versions: tuple[str, ...] = ()
    policy_versions: tuple[str, ...] = ()
    amount_from: float | None = None  # in whole units, halves to the even one, as amounts are shown
    amount_to: float | None = None  # included
    state: State | None = None  # None: everything decided; what is still open is asked for by name
    outcome: KnownOutcome | None = None
    about: str = ""  # an application's id or an applicant's reference; client numbers are resolved before
    note: str = ""  # part of a note, in any case of letters
    sort: SortBy = SortBy.AT
    descending: bool = True
    page: int = 1
    rows_per_page: int = 50

    def __post_init__(self) -> None:
        check_page(self.page, self.rows_per_page, MOST_ROWS_ON_A_PAGE)

    def in_words(self) -> str:
        """The filter as the screen says it: "since 23 Aug 2026; decided: declined; grade: D or E"."""
        return "; ".join(words for words in self._filters_in_words() if words) or "everything decided"

    def _filters_in_words(self) -> tuple[str, ...]:
        return (
            f"since {_day(self.period.start)}" if self.period.start else "",
            f"before {_day(self.period.end)}" if self.period.end else "",
            _one_of("decided", tuple(DONE.get(code, code) for code in self.decisions)),
            _one_of("recommended", self.recommendations),
            _one_of("grade", self.grades),
            _one_of("by", self.officers),
            f"override: {OVERRIDE_WORDS[self.override]}" if self.override else "",
            _one_of("model", self.model_versions),
            _one_of("policy", self.policy_versions),
            f"amount from {self.amount_from:,.0f}" if self.amount_from is not None else "",
            f"amount to {self.amount_to:,.0f}" if self.amount_to is not None else "",
            f"state: {STATE_WORDS[self.state]}" if self.state else "",
            f"outcome: {OUTCOME_WORDS[self.outcome]}" if self.outcome else "",
            f"application or applicant {self.about}" if self.about else "",
            "part of a note" if self.note else "",  # its words may be a person's data: they stay out of the chain
        )


def _one_of(name: str, values: tuple[str, ...]) -> str:
    return f"{name}: {' or '.join(values)}" if values else ""


def _day(moment: datetime) -> str:
    """The minute in UTC, shortened to the day at midnight."""
    utc = moment.astimezone(UTC)
    return day_words(utc) if utc.time() == datetime.min.time() else moment_words(utc)
