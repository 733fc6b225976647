"""A session stays as quick as it began: what it remembers of many clients lies under as many keys as of a few."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.desk import Desk
from tests.app.test_score_cards import page, reset
from tests.app.test_what_if_not_given import FIELD, press

CORRECTED = "EXT_SOURCE_2"


def clients(desk: Desk, count: int) -> list[str]:
    """Clients who gave both fields, so that both can be taken as not given."""
    given = (
        key
        for key in desk.tables.keys(200)
        if all(desk.application(key).fields.get(name) is not None for name in (FIELD, CORRECTED))
    )
    return [key for key, _ in zip(given, range(count), strict=False)]


def played_with(test: AppTest, client: str) -> AppTest:
    """This client on the screen, an answer on the decision's card, and what-if left open on three fields."""
    test.text_input(key="client").set_value(client).run()
    reset(press(test, f"what_if_{client}_{FIELD}"))
    test.multiselect(key=f"what_if_{client}_1").set_value([CORRECTED])
    test.number_input(key=f"what_if_{client}_AMT_CREDIT_1").set_value(123_000.0)
    next(button for button in test.button if button.label == "Record decision").click().run()
    assert "choose one first" in test.error[0].value
    return press(test, f"what_if_{client}_{CORRECTED}_1")


def test_many_clients_leave_no_more_keys_behind_than_a_few(desk: Desk) -> None:
    asked = clients(desk, 12)
    test = page(asked[0])
    keys = [set(played_with(test, client).session_state) for client in asked]
    assert len(keys) == 12
    assert len(keys[-1]) <= len(keys[1]), sorted(keys[-1] - keys[1])
    assert test.number_input(key=f"what_if_{asked[-1]}_AMT_CREDIT_1").value == 123_000.0
