"""When people work: days, hours and a pause at noon, in UTC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

import numpy as np

from core.casework.demo.officers import Officer

_DAY_WEIGHTS = (1.12, 1.06, 1.0, 1.0, 0.86, 0.9, 0.0)  # Monday first; on a Saturday few people are there
_GROWTH = 0.25  # how much busier the last day is than the first
_NOON, _PAUSE = 0.5, 0.09  # of a working day: where the pause lies, and its half width


def days(start: datetime, end: datetime) -> Iterator[datetime]:
    """The midnights from the day of `start` to that of `end`."""
    day = datetime.combine(start.astimezone(UTC).date(), time(), UTC)
    while day < end:
        yield day
        day += timedelta(days=1)


def moment(rng: np.random.Generator, officer: Officer, day: datetime) -> datetime:
    """Some moment of the officer's day, seldom in the pause."""
    place = float(rng.beta(1.3, 1.4))
    if abs(place - _NOON) < _PAUSE and rng.random() < 0.8:
        place = float(rng.choice((0.2, 0.75))) + float(rng.normal(0, 0.06))
    hours = officer.from_hour + (officer.to_hour - officer.from_hour) * min(max(place, 0.0), 1.0)
    return day + timedelta(seconds=round(hours * 3600), microseconds=int(rng.integers(1_000_000)))


def visits(
    rng: np.random.Generator, officers: Sequence[Officer], start: datetime, end: datetime, count: int
) -> list[tuple[datetime, Officer]]:
    """So many moments between start and end at which an officer opens an application, earliest first."""
    shifts = [(day, officer) for day in days(start, end) for officer in officers if day.weekday() in officer.weekdays]
    span = max((end - start).total_seconds(), 1.0)
    weights = np.array(
        [
            officer.workload * _DAY_WEIGHTS[day.weekday()] * (1 + _GROWTH * (day - start).total_seconds() / span)
            for day, officer in shifts
        ]
    )
    found: list[tuple[datetime, Officer]] = []
    while len(found) < count:  # the first and the last day are not whole: what falls outside is drawn again
        drawn = rng.choice(len(shifts), size=count - len(found), p=weights / weights.sum())
        moments = ((moment(rng, shifts[at][1], shifts[at][0]), shifts[at][1]) for at in drawn.tolist())
        found += [(at, officer) for at, officer in moments if start <= at <= end]
    return sorted(found, key=lambda visit: visit[0])


def next_working_moment(rng: np.random.Generator, officer: Officer, after: datetime) -> datetime:
    """Some moment of the officer's next hours of work behind `after`."""
    for day in days(after, after + timedelta(days=8)):
        if day.weekday() in officer.weekdays:
            at = moment(rng, officer, day)
            if at > after:
                return at
    raise AssertionError("nobody is away for a week")
