"""One client has one number, however it was typed."""

from __future__ import annotations

import pytest

from core.portfolio.client_number import client_number


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("100002", "100002"),
        ("0100002", "100002"),
        (" 100002\n", "100002"),
        ("0", "0"),
        ("9" * 18, "9" * 18),
        ("0" * 18, "0"),
        ("9" * 19, "9" * 19),
        ("1e5", "1e5"),
        ("-7", "-7"),
        ("١٢", "١٢"),
        ("", ""),
    ],
)
def test_numbers_lose_blanks_and_leading_zeros_and_other_words_stay(typed: str, kept: str) -> None:
    assert client_number(typed) == kept
