"""Who is really asking, when proxies stand between: only the configured ones are believed."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
LOOPBACK = "127.0.0.1"
LONGEST_HEADER = 2_048
MOST_HOPS = 32


def client_address(peer: str | None, forwarded_for: str | None, trusted: Sequence[Network]) -> str | None:
    """The address nearest to the client that a trusted proxy has seen, or None when the peer's is unreadable.

    Each proxy appends whom it heard from, so the header is read from the right for as long as the speaker is
    trusted; what stands further left may be invented. A peer of None is this machine, as Streamlit says it.
    """
    nearest = _parsed(LOOPBACK if peer is None else peer)
    if nearest is None:
        return None
    if forwarded_for is not None and _is_trusted(nearest, trusted):
        for hop in reversed(forwarded_for[-LONGEST_HEADER:].split(",")[-MOST_HOPS:]):
            parsed = _parsed(hop)
            if parsed is None:
                break
            nearest = parsed
            if not _is_trusted(nearest, trusted):
                break
    return str(nearest)


def client_scheme(peer: str | None, own: str, forwarded_proto: str | None, trusted: Sequence[Network]) -> str:
    """`https` or `http` as the client sees it; the header counts only from a trusted proxy."""
    nearest = _parsed(LOOPBACK if peer is None else peer)
    if nearest is None or forwarded_proto is None or not _is_trusted(nearest, trusted):
        return own
    last = forwarded_proto[-16:].split(",")[-1].strip().lower()
    return last if last in ("http", "https") else own


def _is_trusted(address: IPv4Address | IPv6Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def _parsed(hop: str) -> IPv4Address | IPv6Address | None:
    """An address with or without port, brackets and zone; an IPv4 address in IPv6 clothes is an IPv4 address."""
    text = hop.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed
