"""Data is shown as text: no character of it may become markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pages._ui.forms import following, next_open
from pages._ui.words import label, plain

SEAM = ":color[]"  # an element without content, which ends a piece of text for Streamlit
SIGNS = "\\`*_{}[]()<>#+-.!|~$&^=\"'"


@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_of_markdown_is_escaped(sign: str) -> None:
    assert plain(f"a{sign}b") == f"a\\{sign}b"


@pytest.mark.parametrize("directive", [":red[x]", ":material/home:", ":tada:", ":+1:", "::red[x]", ":small"])
def test_streamlits_directives_are_broken(directive: str) -> None:
    assert re.search(r"(?<!\\):[\w+-]", plain(directive).replace(SEAM, "")) is None
    assert ":material/" not in plain(directive)


@pytest.mark.parametrize(
    ("live", "tamed"),
    [
        ("https://a", f"https{SEAM}://a"),
        ("HTTP://a", f"HTTP{SEAM}://a"),
        ("www.a", rf"www{SEAM}\.a"),
        ("ana@bank", f"ana@{SEAM}bank"),
        (":tada:", rf"\:{SEAM}tada:"),
        (":material/home:", rf"\:{SEAM}material/home:"),
        ("a -> b", rf"a \-{SEAM}\> b"),
        ("<->", rf"\<{SEAM}\-{SEAM}\>"),
    ],
)
def test_what_streamlit_looks_for_in_text_is_taken_apart_by_an_element_that_shows_nothing(
    live: str, tamed: str
) -> None:
    assert plain(live) == tamed


@pytest.mark.parametrize("words", ["10:30", "10:30:45", "30 @ 5 %", "a->b", "http and www", "Ratio 1:3"])
def test_nothing_is_put_into_words_that_streamlit_leaves_alone(words: str) -> None:
    assert re.sub(r"\\(.)", r"\1", plain(words)) == words


def test_a_colon_before_a_space_stays_as_it_is() -> None:
    assert plain("Decline recommended: PD 5 %") == "Decline recommended: PD 5 %"


def test_lines_are_joined_so_that_no_block_can_begin() -> None:
    assert plain("a\n\n    b") == "a b"


@given(st.lists(st.sampled_from([*SIGNS, ":", "@", " ", "a", "1", "http", "www", "://", "material/"])).map("".join))
def test_whatever_the_text_its_words_are_still_there(text: str) -> None:
    shown = plain(text).replace(SEAM, "")
    assert re.sub(r"\\(.)", r"\1", shown) == " ".join(text.split())


@pytest.mark.parametrize(
    "words",
    [
        "Employer's line of business",
        "Acquaintances observed (30 days)",
        "E-mail address given",
        "Credit amount · 450,000",
        "Share of income, 5 * 3 = 15 & more!",
        "Account #3 [b] ~ 2 + 2 > 3 | x_y",
    ],
)
def test_a_label_that_markdown_leaves_alone_is_said_by_a_screen_reader_as_it_is_written(words: str) -> None:
    assert label(words) == words


@pytest.mark.parametrize(
    "words",
    [
        "*a*",
        "__b__",
        "`c`",
        "~~d~~",
        "$e$",
        "[f](g)",
        "[f]: g",
        "<b>",
        "&amp;",
        r"\*",
        "# h",
        "- i",
        "1. j",
        "> k",
        "---",
    ],
)
def test_a_label_that_markdown_would_change_is_shown_as_it_is_written(words: str) -> None:
    assert label(words) != words
    assert _read(label(words)) == words


@given(st.text(alphabet=st.sampled_from([*SIGNS, " ", "a", "1", ":"])))
def test_whatever_the_label_it_is_shown_as_it_is_written(text: str) -> None:
    assert _read(label(text).replace(SEAM, "")) == " ".join(text.split())


def _read(markdown: str) -> str:
    """What a reader of CommonMark sees; anything but plain words in one paragraph is told by its kind."""
    blocks = MarkdownIt("commonmark").enable("strikethrough").parse(markdown)
    kinds = [block.type for block in blocks]
    if kinds not in ([], ["paragraph_open", "inline", "paragraph_close"]):
        return str(kinds)
    return "".join(
        part.content if part.type in ("text", "text_special") else part.type
        for block in blocks
        for part in block.children or []
    )


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
