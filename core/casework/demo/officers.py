"""Who decided in the believable past: names in the ledger that nobody can sign in with, each with habits of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.accounts.roles import Role

MONDAY_TO_FRIDAY = frozenset(range(5))  # 0 = Monday


@dataclass(frozen=True, kw_only=True)
class Officer:
    """A person at a desk; implements `Acting`."""

    user_name: str
    role: Role = Role.OFFICER
    address: str  # of a network that exists in examples only (RFC 5737)
    workload: float  # share of the applications on a day on which everybody is there
    from_hour: float  # UTC
    to_hour: float
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    minutes_to_decide: float  # median
    low_side: float = 0.0  # how readily approves what is not recommended, 0..1
    high_side: float = 0.0  # how readily declines what is not recommended, 0..1
    judgement: float  # 1: guesses; above: leaves the recommendation more often where that turns out to be right
    refers: float = 0.0  # how readily asks a risk manager although the desk has a clear recommendation, 0..1

    def works_at(self, moment: datetime) -> bool:
        hour = moment.hour + moment.minute / 60
        return moment.weekday() in self.weekdays and self.from_hour <= hour <= self.to_hour


QUICK_AND_SURE = Officer(
    user_name="ama.owusu",
    address="192.0.2.11",
    workload=0.34,
    from_hour=7.0,
    to_hour=15.5,
    minutes_to_decide=3.0,
    low_side=0.065,
    high_side=0.028,
    judgement=1.4,
    refers=0.004,
)
GIVES_A_CHANCE = Officer(
    user_name="bruno.costa",
    address="192.0.2.12",
    workload=0.28,
    from_hour=8.0,
    to_hour=17.0,
    weekdays=MONDAY_TO_FRIDAY | {5},
    minutes_to_decide=6.0,
    low_side=0.23,
    high_side=0.02,
    judgement=1.8,
    refers=0.01,
)
DECLINES_IN_DOUBT = Officer(
    user_name="carla.lindqvist",
    address="192.0.2.13",
    workload=0.24,
    from_hour=7.5,
    to_hour=14.0,
    minutes_to_decide=9.0,
    low_side=0.06,
    high_side=0.085,
    judgement=1.3,
    refers=0.02,
)
NEW_AND_PART_TIME = Officer(
    user_name="deniz.arslan",
    address="192.0.2.14",
    workload=0.14,
    from_hour=9.0,
    to_hour=16.5,
    weekdays=frozenset((0, 1, 3)),
    minutes_to_decide=12.0,
    low_side=0.15,
    high_side=0.05,
    judgement=0.9,
    refers=0.05,
)
OFFICERS = (QUICK_AND_SURE, GIVES_A_CHANCE, DECLINES_IN_DOUBT, NEW_AND_PART_TIME)
MANAGER = Officer(
    user_name="edith.moreau",
    role=Role.RISK_MANAGER,
    address="192.0.2.15",
    workload=1.0,
    from_hour=8.5,
    to_hour=17.5,
    minutes_to_decide=14.0,
    judgement=1.5,
)
