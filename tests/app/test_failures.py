"""What a visitor sees when a page fails for a reason nobody thought of."""

from __future__ import annotations

import logging
import re

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import errors


def test_a_failing_page_shows_a_calm_sentence_with_a_number_and_logs_the_traceback_under_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def script() -> None:
        from pages._ui import errors

        errors.say_and_log(RuntimeError("secret detail"))

    test = AppTest.from_function(script).run()
    shown = test.error[0].value
    assert "secret detail" not in shown
    number = re.findall(r"\*\*([0-9a-f]{8})\*\*", shown)
    assert len(number) == 1
    record = next(record for record in caplog.records if number[0] in record.getMessage())
    assert record.levelno == logging.ERROR
    assert "secret detail" in str(record.exc_info)


def test_nothing_more_than_the_sentence_is_shown() -> None:
    assert AppTest.from_function(_only_returns).run().text[0].value == "True"


def _only_returns() -> None:
    import streamlit as st

    from pages._ui import errors

    st.text(str(errors.say_and_log(ValueError("x"))))


def test_two_failures_have_two_numbers() -> None:
    assert errors.logged(ValueError("a"), "page") != errors.logged(ValueError("a"), "page")
