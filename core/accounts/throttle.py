"""How long the next attempt has to wait: a function of recent failures alone. It grows, ends, and never locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

WINDOW = timedelta(minutes=15)
FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(minutes=5)
FREE_FAILURES_OF_USER = 4
# a branch shares one address: twenty people who mistype once must not slow each other
FREE_FAILURES_OF_ADDRESS = 19
UNKNOWN_ADDRESS = "unknown"


def delay_after(failures: int, free: int) -> timedelta:
    """How long to wait after so many failures: nothing while they are free, then 2, 4, 8 … seconds, at most 5 minutes.

    >>> [int(delay_after(n, free=4).total_seconds()) for n in (4, 5, 6, 7, 12, 13)]
    [0, 2, 4, 8, 256, 300]
    """
    if failures <= free:
        return timedelta(0)
    doublings = min(failures - free - 1, 10)  # 2 s × 2^10 is beyond the longest delay
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def wait(failures: Sequence[datetime], now: datetime, free: int) -> timedelta:
    """What is left to wait; failures outside the window count for nothing.

    A failure a little ahead of `now` counts (another process was faster); one far ahead does not: a clock that
    was set back must not lock anybody out.
    """
    counted = [moment for moment in failures if now - WINDOW < moment <= now + LONGEST_DELAY]
    if not counted:
        return timedelta(0)
    delay = delay_after(len(counted), free)
    return min(max(max(counted) + delay - now, timedelta(0)), delay)


def address_group(address: str | None) -> str:
    """Who is slowed down together: one IPv4 address, one IPv6 network of a household (/64), or all that are unknown.

    >>> address_group("2001:db8::1:2:3:4"), address_group("192.0.2.7"), address_group(None)
    ('2001:db8::/64', '192.0.2.7', 'unknown')
    """
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return UNKNOWN_ADDRESS
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
