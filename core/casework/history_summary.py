"""What the filtered decisions come to: the sentence above them, and their shares week by week."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from core.casework.history_question import Period
from core.casework.override_sides import REFERRAL, SIDE_WORDS
from core.casework.volumes import Overrides, OverrideView, Volume
from core.model.card import Estimate
from core.model.intervals import wilson
from core.portfolio.wording import percent


class Share(StrEnum):
    """Of what was approved or declined."""

    APPROVED = "approved"
    WITHOUT_REFERRAL = "without_referral"  # no colleague had to decide it


@dataclass(frozen=True)
class WeekShare:
    start: date
    decisions: int  # of every kind
    decided: int  # approved or declined: what the share is of
    share: Estimate | None  # 0..1 with its 95 % interval; None without any


_HITS: Mapping[Share, Callable[[Volume], int]] = {
    Share.APPROVED: lambda volume: volume.approved,
    Share.WITHOUT_REFERRAL: lambda volume: volume.approved + volume.declined - volume.settled,
}


def week_shares(weeks: Sequence[Volume], share: Share) -> tuple[WeekShare, ...]:
    return tuple(_week(volume, _HITS[share](volume)) for volume in weeks)


def _week(volume: Volume, hits: int) -> WeekShare:
    decided = volume.approved + volume.declined
    return WeekShare(volume.start, volume.decisions, decided, wilson(hits, decided) if decided else None)


def days_of(period: Period, weeks: Sequence[Volume], now: datetime) -> tuple[date, date]:
    """The first and the last day that is looked at, in UTC."""
    start = period.start.astimezone(UTC).date() if period.start else min((week.start for week in weeks), default=None)
    end = (period.end - timedelta(microseconds=1)) if period.end else now
    last = end.astimezone(UTC).date()
    return (start or last, last)


def in_a_sentence(weeks: Sequence[Volume], total: Overrides, days: tuple[date, date]) -> str:
    """ "1,674 decisions, 31 Aug 2026 to 18 Nov 2026: 79.9 % approved, 30 overrides (6 low-side, 24 high-side)."

    What was decided instead of a referral follows in its own words, where anything was.
    """
    decisions = sum(week.decisions for week in weeks)
    counted = "1 decision" if decisions == 1 else f"{decisions:,} decisions"
    told = f"{counted}, {day_words(days[0])} to {day_words(days[1])}"
    approved, declined = sum(week.approved for week in weeks), sum(week.declined for week in weeks)
    if not approved + declined:
        return f"{told}."
    overridden = total.low + total.high
    overrides = "1 override" if overridden == 1 else f"{overridden:,} overrides"
    sides = f" ({total.low:,} low-side, {total.high:,} high-side)" if overridden else ""
    apart = f", {total.instead_of_referral:,} decided {SIDE_WORDS[REFERRAL]}" if total.instead_of_referral else ""
    return f"{told}: {percent(approved / (approved + declined))} approved, {overrides}{sides}{apart}."


def apart_words(view: OverrideView) -> str:
    """ "Decided instead of a referral, which is no override: 16 (ana 12, ben 4)."; empty where nothing was."""
    if not view.total.instead_of_referral:
        return ""
    each = [f"{one.officer} {one.instead_of_referral:,}" for one in view.by_officer if one.instead_of_referral]
    counted = f"{view.total.instead_of_referral:,} ({', '.join(each)})"
    return f"Decided {SIDE_WORDS[REFERRAL]}, which is no override: {counted}."


def open_sentence(weeks: Sequence[Volume], days: tuple[date, date]) -> str:
    """The same of applications that were scored and not decided yet."""
    count = sum(week.decisions for week in weeks)
    counted = "1 application" if count == 1 else f"{count:,} applications"
    return f"{counted} scored and not decided, {day_words(days[0])} to {day_words(days[1])}."


def day_words(day: date) -> str:
    """ "18 Nov 2026"."""
    return f"{day.day} {day:%b %Y}"


def moment_words(at: datetime) -> str:
    """ "18 Nov 2026, 13:43", in UTC."""
    utc = at.astimezone(UTC)
    return f"{day_words(utc.date())}, {utc:%H:%M}"
