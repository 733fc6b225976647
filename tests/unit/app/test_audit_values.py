"""What an event says in public, in figures that can be read, exact to the last digit where they were rounded."""

from __future__ import annotations

import pytest

from core.ledger.event import Json
from pages._ui.audit_event import said
from pages._ui.words import plain


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("amount", 292500.0, "292,500"),
        ("amount", 99.5, "99.50"),
        ("amount", 292500.25, "292,500 (292500.25)"),
        ("default_probability", 0.0652855304231529, "6.5 % (0.0652855304231529)"),
        ("decline_from", 0.15, "15.0 % (0.15)"),
        ("points", 553.6123, "553.6 (553.6123)"),
        ("points", 554.0, "554"),
        ("rows", 12345, "12,345"),
        ("demo", True, "yes"),
        ("demo", False, "no"),
        ("decision", "approve", "approve"),
    ],
)
def test_a_value_of_the_chain_is_read_as_a_person_writes_it(name: str, value: Json, read: str) -> None:
    assert said(name, value) == plain(read)


def test_a_digest_stays_as_it_is() -> None:
    assert said("model_sha256", "ab" * 32) == f"`{'ab' * 32}`"
