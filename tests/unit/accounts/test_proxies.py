from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accounts.proxies import client_address, client_scheme

TRUSTED = (ip_network("10.0.0.0/24"), ip_network("127.0.0.1/32"), ip_network("2001:db8::1/128"))


@pytest.mark.parametrize(
    ("peer", "header", "address"),
    [
        ("198.51.100.9", None, "198.51.100.9"),
        ("198.51.100.9", "1.2.3.4", "198.51.100.9"),  # a stranger is not believed
        ("10.0.1.0", "1.2.3.4", "10.0.1.0"),  # just outside the trusted network
        ("10.0.0.255", "1.2.3.4", "1.2.3.4"),  # just inside
        ("10.0.0.7", "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # the client invented the left one
        ("10.0.0.7", "6.6.6.6, 1.2.3.4, 10.0.0.8", "1.2.3.4"),  # two proxies of ours
        ("10.0.0.7", "10.0.0.8", "10.0.0.8"),  # all ours: the furthest
        ("10.0.0.7", "1.2.3.4, rubbish", "10.0.0.7"),  # nothing behind rubbish is believed
        ("10.0.0.7", "", "10.0.0.7"),
        ("10.0.0.7", "1.2.3.4:5555", "1.2.3.4"),
        ("10.0.0.7", "[2001:db8::5]:443", "2001:db8::5"),
        ("::ffff:10.0.0.7", "::ffff:1.2.3.4", "1.2.3.4"),
        ("2001:db8::1", "fe80::1%eth0", "fe80::1"),
        (None, "1.2.3.4", "1.2.3.4"),  # None is this machine, which is trusted here
        (None, None, "127.0.0.1"),
        ("rubbish", "1.2.3.4", None),
    ],
)
def test_the_address_is_the_rightmost_that_is_not_ours(peer: str | None, header: str | None, address: str) -> None:
    assert client_address(peer, header, TRUSTED) == address


def test_without_trusted_proxies_the_header_is_never_read() -> None:
    assert client_address(None, "1.2.3.4", ()) == "127.0.0.1"


def test_a_megabyte_of_header_costs_its_end_only() -> None:
    assert client_address("10.0.0.7", "9.9.9.9," * 200_000 + "1.2.3.4", TRUSTED) == "1.2.3.4"


@given(st.text(), st.text())
def test_no_header_makes_a_stranger_somebody_else(forged: str, more: str) -> None:
    assert client_address("198.51.100.9", f"{forged},{more}", TRUSTED) == "198.51.100.9"


@given(st.text())
def test_what_a_client_writes_left_of_its_address_changes_nothing(forged: str) -> None:
    assert client_address("10.0.0.7", f"{forged}, 1.2.3.4", TRUSTED) == "1.2.3.4"


@pytest.mark.parametrize(
    ("peer", "header", "scheme"),
    [
        ("10.0.0.7", "https", "https"),
        ("10.0.0.7", "HTTP, https", "https"),
        ("10.0.0.7", "gopher", "http"),
        ("10.0.0.7", None, "http"),
        ("198.51.100.9", "https", "http"),
    ],
)
def test_the_scheme_counts_from_trusted_proxies_only(peer: str, header: str | None, scheme: str) -> None:
    assert client_scheme(peer, "http", header, TRUSTED) == scheme
