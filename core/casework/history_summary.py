"""What the filtered decisions come to: the sentence above them, and their shares week by week."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from core.casework.case_state import day_words
from core.casework.history_question import HistoryQuestion, Period, State
from core.casework.override_sides import REFERRAL, SIDE_WORDS
from core.casework.volumes import Overrides, OverrideView, Volume
from core.model.card import Estimate
from core.model.intervals import wilson
from core.portfolio.wording import counted, percent

_TO_SUNDAY = timedelta(days=6)


class Share(StrEnum):
    """Of what was approved or declined."""

    APPROVED = "approved"
    WITHOUT_REFERRAL = "without_referral"  # no colleague had to decide it


@dataclass(frozen=True)
class WeekShare:
    start: date  # its Monday
    first: date  # of its days that the period holds
    last: date  # of them, today where the week still runs
    decisions: int  # of every kind
    decided: int  # approved or declined: what the share is of
    share: Estimate | None  # 0..1 with its 95 % interval; None without any

    @property
    def is_whole(self) -> bool:
        return self.last - self.first == _TO_SUNDAY

    @property
    def days(self) -> str:
        """ "14 Nov to 15 Nov 2026"."""
        return days_words(self.first, self.last)


_HITS: Mapping[Share, Callable[[Volume], int]] = {
    Share.APPROVED: lambda volume: volume.approved,
    Share.WITHOUT_REFERRAL: lambda volume: volume.approved + volume.declined - volume.settled,
}


def week_shares(weeks: Sequence[Volume], share: Share, days: tuple[date, date]) -> tuple[WeekShare, ...]:
    """`days`: the first and the last one that are looked at."""
    return tuple(_week(volume, _HITS[share](volume), days) for volume in weeks)


def _week(volume: Volume, hits: int, days: tuple[date, date]) -> WeekShare:
    decided = volume.approved + volume.declined
    return WeekShare(
        start=volume.start,
        first=max(volume.start, days[0]),
        last=max(min(volume.start + _TO_SUNDAY, days[1]), volume.last),  # midnight may pass while somebody looks
        decisions=volume.decisions,
        decided=decided,
        share=wilson(hits, decided) if decided else None,
    )


def days_of(period: Period, now: datetime) -> tuple[date, date]:
    """The first and the last day that the period holds, in UTC; none is later than today."""
    start = period.start.astimezone(UTC).date() if period.start else date.min
    today = now.astimezone(UTC).date()
    if period.end is None:
        return start, today
    return start, min(today, (period.end - timedelta(microseconds=1)).astimezone(UTC).date())


def in_a_sentence(weeks: Sequence[Volume], total: Overrides, days: tuple[date, date]) -> str:
    """ "1,674 decisions, 31 Aug to 18 Nov 2026: 79.9 % approved, 30 overrides (6 low-side, 24 high-side)."

    `days`: the first and the last one that are looked at; those of the first and the last decision stand beside them
    where they are others. What was decided instead of a referral follows in its own words, where anything was.
    """
    if not weeks:
        return f"No decisions{_without_rows(days)}."
    told = f"{counted(_rows(weeks), 'decision')}, {_asked_and_found(weeks, days)}"
    approved, declined = sum(week.approved for week in weeks), sum(week.declined for week in weeks)
    if not approved + declined:
        return f"{told}."
    overridden = total.low + total.high
    sides = f" ({total.low:,} low-side, {total.high:,} high-side)" if overridden else ""
    apart = f", {total.instead_of_referral:,} decided {SIDE_WORDS[REFERRAL]}" if total.instead_of_referral else ""
    overrides = f"{counted(overridden, 'override')}{sides}{apart}"
    return f"{told}: {percent(approved / (approved + declined))} approved, {overrides}."


def apart_words(view: OverrideView) -> str:
    """ "Decided instead of a referral, which is no override: 16 (ana 12, ben 4)."; empty where nothing was."""
    if not view.total.instead_of_referral:
        return ""
    each = [f"{one.officer} {one.instead_of_referral:,}" for one in view.by_officer if one.instead_of_referral]
    told = f"{view.total.instead_of_referral:,} ({', '.join(each)})"
    return f"Decided {SIDE_WORDS[REFERRAL]}, which is no override: {told}."


def open_sentence(weeks: Sequence[Volume], days: tuple[date, date]) -> str:
    """The same of applications that were scored and not decided yet."""
    if not weeks:
        return f"No applications scored and not decided{_without_rows(days)}."
    return f"{counted(_rows(weeks), 'application')} scored and not decided, {_asked_and_found(weeks, days)}."


def _asked_and_found(weeks: Sequence[Volume], days: tuple[date, date]) -> str:
    """ "1 Nov to 22 Nov 2026 (found from 2 Nov to 20 Nov 2026)"."""
    first, last = found = weeks[0].first, weeks[-1].last
    if days == found or days[0] == date.min:
        return days_words(*found)
    return f"{days_words(*days)} (found {'on' if first == last else 'from'} {days_words(*found)})"


def _without_rows(days: tuple[date, date]) -> str:
    return "" if days[0] == date.min else f", {days_words(*days)}"


def notes_sentence(question: HistoryQuestion) -> str:
    """What these figures leave out of the question; empty where they leave out nothing."""
    return "The search in notes narrows only the list, not these figures." if question.note else ""


def thing(question: HistoryQuestion) -> str:
    """What one row of the answer is: "decision", or "application" where nothing is decided."""
    return "application" if question.state is State.OPEN else "decision"


def _rows(weeks: Sequence[Volume]) -> int:
    return sum(week.decisions for week in weeks)


def days_words(first: date, last: date) -> str:
    """ "14 Nov to 15 Nov 2026"; a day alone, and each year where there are two."""
    if first == last:
        return day_words(last)
    begun = f"{first.day} {first:%b}" if first.year == last.year else day_words(first)
    return f"{begun} to {day_words(last)}"
