from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accounts.throttle import LONGEST_DELAY, WINDOW, address_group, delay_after, wait

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (11, 128), (12, 256), (13, 300), (10_000, 300)]
)
def test_the_delay_begins_with_the_fifth_failure_doubles_and_stays_at_five_minutes(failures: int, seconds: int) -> None:
    assert delay_after(failures, free=4) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("passed", "left"), [(0, 2), (1, 1), (2, 0), (3, 0)])
def test_what_is_left_runs_down_from_the_last_failure(passed: int, left: int) -> None:
    assert wait([NOW] * 5, NOW + passed * SECOND, free=4) == left * SECOND


@pytest.mark.parametrize(("age", "counts"), [(WINDOW, False), (WINDOW - timedelta(microseconds=1), True)])
def test_a_failure_counts_for_exactly_fifteen_minutes(age: timedelta, counts: bool) -> None:
    failures = [NOW - age] + [NOW] * 4
    assert (wait(failures, NOW, free=4) > timedelta(0)) is counts


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    assert wait([NOW + timedelta(days=365)] * 50, NOW, free=4) == timedelta(0)


def test_a_failure_that_another_process_noted_a_moment_later_counts() -> None:
    assert wait([NOW + timedelta(milliseconds=5)] * 5, NOW, free=4) == 2 * SECOND


@given(st.lists(st.integers(-2_000, 2_000), max_size=60), st.integers(0, 30))
def test_nobody_ever_waits_longer_than_five_minutes(seconds: list[int], free: int) -> None:
    left = wait([NOW + s * SECOND for s in seconds], NOW, free)
    assert timedelta(0) <= left <= LONGEST_DELAY


@given(st.lists(st.integers(-800, 0), min_size=1, max_size=60))
def test_whoever_waits_as_told_may_try_again(seconds: list[int]) -> None:
    failures = [NOW + s * SECOND for s in seconds]
    left = wait(failures, NOW, free=4)
    assert wait(failures, NOW + left, free=4) == timedelta(0)


@given(st.lists(st.integers(-800, 0), max_size=30))
def test_one_more_failure_never_shortens_the_wait(seconds: list[int]) -> None:
    failures = [NOW + s * SECOND for s in seconds]
    assert wait([*failures, NOW], NOW, free=4) >= wait(failures, NOW, free=4)


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1::5", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::9", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::5", "2001:db8:0:2::/64"),
        (None, "unknown"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_addresses_are_slowed_down_in_groups(address: str | None, group: str) -> None:
    assert address_group(address) == group
