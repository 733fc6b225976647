"""A page that ends early: what of the page of before was still under way can no longer draw into it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.desk import Desk
from pages._ui import asking, state

ROOT = Path(__file__).resolve().parents[2]
CLIENT = "100001"

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def shown() -> AppTest:
    """The Score page with a client on it, which has several parts that run alone."""
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=60)
    test.query_params[state.CLIENT] = CLIENT
    test.run()
    assert not test.exception
    assert len(parts(test)) > 3
    return test


def parts(test: AppTest) -> set[str]:
    """What may run alone in this session."""
    return set(test._fragment_storage._fragments)


@pytest.mark.parametrize("number", ["", "999999999", "9" * 200], ids=["nobody asked for", "no such client", "too long"])
def test_a_page_that_ends_without_a_client_keeps_no_part_of_the_client_before(shown: AppTest, number: str) -> None:
    shown.text_input(key=state.CLIENT).set_value(number).run()
    assert not shown.exception
    assert parts(shown) == set()


def test_an_empty_form_has_its_own_part_and_none_of_the_client_before(shown: AppTest) -> None:
    before = parts(shown)
    shown.segmented_control(key=state.ENTRY).set_value(state.BY_FORM).run()
    assert not shown.exception
    assert len(parts(shown)) == 1
    assert not parts(shown) & before


def test_a_page_that_fails_keeps_no_part_of_the_client_before(
    shown: AppTest, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("in the middle of a page")

    monkeypatch.setattr(asking, "case", fails)
    shown.run()
    assert not shown.metric
    assert parts(shown) == set()
