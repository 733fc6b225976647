"""Drafts are kept for a day, so many and so large at most; the oldest go first, and nobody sees another's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pages._ui.drafts import KEPT_FOR, MOST_DRAFTS, MOST_LETTERS, Drafts
from pages._ui.entry_draft import Content, Draft, letters_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def nobodys() -> Drafts[str, Draft]:
    return Drafts(Draft(), letters_of)


def typed(amount: float = 1.0) -> Draft:
    return Draft(Content(typed={"LOAN": amount}))


def pasted(letters: int) -> Draft:
    return Draft(Content(pasted="x" * letters))


def test_the_limits_are_those_that_people_are_told() -> None:
    assert MOST_DRAFTS == 1_000
    assert timedelta(hours=24) == KEPT_FOR
    assert MOST_LETTERS == 20_000_000


def test_a_draft_is_its_persons_and_nobody_elses() -> None:
    drafts = nobodys()
    drafts.keep("ana", typed(), NOON)
    assert drafts.of("ana", NOON) == typed()
    assert drafts.of("ben", NOON) == Draft()


@pytest.mark.parametrize(("age", "kept"), [(KEPT_FOR, typed()), (KEPT_FOR + SECOND, Draft())])
def test_a_draft_lives_for_a_day(age: timedelta, kept: Draft) -> None:
    drafts = nobodys()
    drafts.keep("ana", typed(), NOON)
    assert drafts.of("ana", NOON + age) == kept


def test_the_day_begins_anew_with_every_change() -> None:
    drafts = nobodys()
    drafts.keep("ana", typed(1.0), NOON)
    drafts.keep("ben", typed(2.0), NOON + SECOND)
    drafts.keep("ana", typed(3.0), NOON + KEPT_FOR)
    late = NOON + KEPT_FOR + 2 * SECOND
    assert drafts.of("ben", late) == Draft()
    assert drafts.of("ana", late) == typed(3.0)


def test_the_thousand_and_first_draft_pushes_the_oldest_out() -> None:
    drafts = nobodys()
    for number in range(1_000):
        drafts.keep(f"person {number}", typed(number), NOON + number * SECOND)
    later = NOON + 1_000 * SECOND
    assert drafts.of("person 0", later) == typed(0)
    drafts.keep("one more", typed(), later)
    assert drafts.of("person 0", later) == Draft()
    assert drafts.of("person 1", later) == typed(1)
    assert drafts.of("one more", later) == typed()


def test_a_changed_draft_is_the_youngest_and_counts_once() -> None:
    drafts = nobodys()
    for number in range(1_000):
        drafts.keep(f"person {number}", typed(number), NOON)
    drafts.keep("person 0", typed(0.5), NOON)
    drafts.keep("one more", typed(), NOON)
    assert drafts.of("person 0", NOON) == typed(0.5)
    assert drafts.of("person 1", NOON) == Draft()


def test_pasted_text_of_all_drafts_together_is_limited() -> None:
    drafts = nobodys()
    drafts.keep("ana", pasted(1), NOON)
    drafts.keep("ben", pasted(MOST_LETTERS - 1), NOON)
    assert drafts.of("ana", NOON) == pasted(1)
    drafts.keep("cem", pasted(1), NOON)
    assert drafts.of("ana", NOON) == Draft()
    assert drafts.of("cem", NOON) == pasted(1)


def test_what_was_sent_counts_like_what_stands_in_the_field() -> None:
    drafts = nobodys()
    drafts.keep("ana", typed(), NOON)
    half = Content(pasted="x" * (MOST_LETTERS // 2))
    drafts.keep("ben", Draft(half, half), NOON)
    assert drafts.of("ana", NOON) == typed()
    drafts.keep("cem", pasted(1), NOON)
    assert drafts.of("ana", NOON) == drafts.of("ben", NOON) == Draft()  # the oldest go first, until it fits


def test_a_single_draft_that_is_too_large_is_not_kept() -> None:
    drafts = nobodys()
    drafts.keep("ana", pasted(MOST_LETTERS + 1), NOON)
    assert drafts.of("ana", NOON) == Draft()


def test_a_discarded_draft_is_gone_and_discarding_nothing_is_calm() -> None:
    drafts = nobodys()
    drafts.keep("ana", typed(), NOON)
    drafts.discard("ana")
    drafts.discard("ana")
    assert drafts.of("ana", NOON) == Draft()


@pytest.mark.parametrize(
    ("content", "empty"),
    [
        (Content(), True),
        (Content(pasted=" \n"), True),
        (Content(pasted="{"), False),
        (Content(typed={"LOAN": 0}), False),
        (Content(history_of="7"), False),
    ],
)
def test_a_draft_without_anything_in_it_is_empty(content: Content, empty: bool) -> None:
    assert content.is_empty is empty
