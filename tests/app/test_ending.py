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
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120)
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


def test_whoever_comes_back_from_an_empty_form_finds_what_if_as_the_application_is(shown: AppTest) -> None:
    field = f"what_if_{CLIENT}_AMT_CREDIT"
    start = shown.number_input(key=field).value
    shown.segmented_control(key=state.UNIT).set_value("log_odds")
    shown.number_input(key=field).set_value(90_000.0).run()
    shown.segmented_control(key=state.ENTRY).set_value(state.BY_FORM).run()
    shown.segmented_control(key=state.ENTRY).set_value(state.BY_NUMBER).run()
    shown.text_input(key=state.CLIENT).set_value(CLIENT).run()
    assert not shown.exception
    (again,) = (one for one in shown.number_input if str(one.key).endswith("look1_AMT_CREDIT"))
    assert again.value == start
    assert "As it is" in "".join(one.value for one in shown.markdown)
    assert shown.segmented_control(key=state.UNIT).value == "log_odds"


def test_a_page_that_fails_keeps_no_part_of_the_client_before(
    shown: AppTest, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("in the middle of a page")

    monkeypatch.setattr(asking, "case", fails)
    shown.run()
    assert not shown.metric
    assert parts(shown) == set()
