"""Data is shown as text: no character of it may become markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages._ui.forms import following, next_open
from pages._ui.words import plain


@pytest.mark.parametrize("sign", "\\`*_{}[]()<>#+-.!|~$&^=\"'")
def test_every_sign_of_markdown_is_escaped(sign: str) -> None:
    assert plain(f"a{sign}b") == f"a\\{sign}b"


@pytest.mark.parametrize("directive", [":red[x]", ":material/home:", ":tada:"])
def test_streamlits_directives_are_broken(directive: str) -> None:
    assert re.search(r":\w", plain(directive)) is None


def test_a_colon_before_a_space_stays_as_it_is_so_that_copied_text_is_clean() -> None:
    assert plain("Decline recommended: PD 5 %") == "Decline recommended: PD 5 %"


def test_lines_are_joined_so_that_no_block_can_begin() -> None:
    assert plain("a\n\n    b") == "a b"


@given(st.text())
def test_whatever_the_text_its_words_are_still_there(text: str) -> None:
    shown = plain(text).replace("\u2060", "") if "\u2060" not in text else None
    if shown is not None:
        assert re.sub(r"\\(.)", r"\1", shown) == " ".join(text.split())


@pytest.mark.parametrize(
    ("current", "expected"), [("", "3"), ("3", "5"), ("5", "8"), ("8", "3"), ("4", "3"), ("not waiting", "3")]
)
def test_the_next_waiting_application_follows_the_current_one(current: str, expected: str) -> None:
    assert following(current, ["3", "5", "8"]) == expected


def test_without_waiting_applications_there_is_no_next() -> None:
    assert following("3", []) == ""


@pytest.mark.parametrize(("open_ones", "expected"), [("358", "5"), ("38", "8"), ("3", "3"), ("", "5")])
def test_the_next_waiting_one_is_one_nobody_has_decided_on(open_ones: str, expected: str) -> None:
    assert next_open("3", ["3", "5", "8"], lambda client: client in open_ones) == expected
