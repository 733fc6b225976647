from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.commands.application_file import LARGEST_BYTES, read_fields
from core.errors import ApplicationRefused


def test_a_flat_object_is_its_fields() -> None:
    assert read_fields(b'{"INCOME": 1.5, "TRADE": "smith", "NONE": null}') == {
        "INCOME": 1.5,
        "TRADE": "smith",
        "NONE": None,
    }


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "must be JSON"),
        (b"{", "must be JSON"),
        (b'{"A": 1, "A": 1}', "must name each field once, got 'A' twice"),
        (b"[1]", "must be one object, got a list"),
        (b"3", "must be one object, got a single value"),
        (b'{"A": {"B": 1}}', "single values, also in 'A', got a nested object"),
        (b'{"A": [1]}', "single values, also in 'A', got a list"),
        (b'{"A": "\xff"}', "must be UTF-8"),
        (b'{"A": ' + b"9" * 5000 + b"}", "reasonable length"),
        (b"[" * 100_000, "must be flat"),
        (b" " * (LARGEST_BYTES + 1), "must not be larger than 1,000,000 bytes"),
    ],
)
def test_anything_else_is_refused_in_a_calm_sentence(content: bytes, rule: str) -> None:
    with pytest.raises(ApplicationRefused) as refusal:
        read_fields(content)
    assert rule in str(refusal.value)
    assert "give one flat JSON object" in str(refusal.value)


def test_the_largest_file_allowed_is_read() -> None:
    assert read_fields(b"{}" + b" " * (LARGEST_BYTES - 2)) == {}


@given(st.binary(max_size=200))
def test_whatever_bytes_come_they_are_fields_or_refused(content: bytes) -> None:
    with suppress(ApplicationRefused):
        assert isinstance(read_fields(content), dict)


@given(st.dictionaries(st.text(), st.one_of(st.none(), st.booleans(), st.integers(), st.text())))
def test_every_flat_object_is_read_as_written(fields: dict[str, object]) -> None:
    assert read_fields(json.dumps(fields).encode()) == fields
