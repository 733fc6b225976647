from __future__ import annotations

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ApplicationRefused
from core.portfolio.application_json import LARGEST_BYTES, read_fields, read_pasted


def test_a_flat_object_is_its_fields() -> None:
    assert read_fields(b'{"INCOME": 1.5, "TRADE": "smith", "NONE": null}') == {
        "INCOME": 1.5,
        "TRADE": "smith",
        "NONE": None,
    }


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "Application in JSON: the file is empty; give"),
        (b" \n", "Application in JSON: the file is empty; give"),
        (b"{", "must be JSON, got text that cannot be read as that from line 1, column 2 on; give"),
        (b"hello", "must be JSON, got text that cannot be read as that from line 1, column 1 on; give"),
        (b'{"A": 1, "A": 1}', "must name each field once, got 'A' twice"),
        (b"[1]", "must be one object, got a list"),
        (b"3", "must be one object, got a single value"),
        (b'{"A": {"B": 1}}', "single values, also in 'A', got a nested object"),
        (b'{"A": [1]}', "single values, also in 'A', got a list"),
        (b'{"A": "\xff"}', "must be UTF-8"),
        (b'{"A": ' + b"9" * 5000 + b"}", "reasonable length"),
        (b"[" * 100_000, "must be flat"),
        (b'{"A":' * 10_000 + b"1" + b"}" * 10_000, "must be flat"),
        (b'{"A": NaN}', "must hold finite numbers; a missing value is null, got NaN"),
        (b'{"A": -Infinity}', "must hold finite numbers; a missing value is null, got -Infinity"),
        (b"null", "must be one object, got a single value"),
        (b'"' + "é".encode("latin-1") + b'"', "must be UTF-8"),
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


def test_a_byte_order_mark_is_no_part_of_the_object() -> None:
    assert read_fields(b'\xef\xbb\xbf{"A": 1}') == {"A": 1}


def test_a_megabyte_of_fields_with_one_named_twice_is_refused_at_once() -> None:
    names = [f'"F{i}": 1' for i in range(75_000)]
    content = ("{" + ", ".join([*names, names[-1]]) + "}").encode()
    assert 900_000 < len(content) <= LARGEST_BYTES
    started = time.process_time()
    with pytest.raises(ApplicationRefused, match="'F74999' twice"):
        read_fields(content)
    assert time.process_time() - started < 2.0  # comparing every name with every other would take minutes


@pytest.mark.parametrize("name", ["\\ud800", "\\u0000", "x" * 500])
def test_a_refusal_can_always_be_shown(name: str) -> None:
    with pytest.raises(ApplicationRefused) as refusal:
        read_fields(f'{{"{name}": [1]}}'.encode())
    str(refusal.value).encode("utf-8")
    assert len(str(refusal.value)) < 300


def test_pasted_text_is_read_like_a_file_even_with_half_a_character() -> None:
    assert read_pasted('{"A": "é"}') == {"A": "é"}
    with pytest.raises(ApplicationRefused, match="must be UTF-8"):
        read_pasted('{"A": "\ud800"}')


@pytest.mark.parametrize("pasted", ["", " \n\t"])
def test_an_empty_paste_says_that_nothing_was_pasted(pasted: str) -> None:
    with pytest.raises(
        ApplicationRefused, match=r"^Application in JSON: nothing was pasted; give one flat JSON object"
    ):
        read_pasted(pasted)


@given(st.text(max_size=200))
def test_whatever_is_pasted_is_fields_or_refused(pasted: str) -> None:
    with suppress(ApplicationRefused):
        assert isinstance(read_pasted(pasted), dict)


@given(st.binary(max_size=200))
def test_whatever_bytes_come_they_are_fields_or_refused(content: bytes) -> None:
    with suppress(ApplicationRefused):
        assert isinstance(read_fields(content), dict)


@given(st.dictionaries(st.text(), st.one_of(st.none(), st.booleans(), st.integers(), st.text())))
def test_every_flat_object_is_read_as_written(fields: dict[str, object]) -> None:
    assert read_fields(json.dumps(fields).encode()) == fields
