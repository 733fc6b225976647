"""How often a run of the Score page asks who is at work, and that no run goes by the answer of another."""

from __future__ import annotations

import pytest

from core.accounts import sessions
from core.accounts.people import Person
from core.accounts.roles import Role
from core.desk import Desk
from tests.app.conftest import Visitor
from tests.app.test_score_cards import headings, page

current = sessions.current


def test_a_run_of_the_whole_page_reads_the_accounts_twice_however_many_parts_it_draws(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    test, read = page(), list[object]()

    def counted(*question: object) -> Person | None:
        read.append(question)
        return current(*question)  # type: ignore[arg-type]

    monkeypatch.setattr(sessions, "current", counted)
    test.run()
    assert len(read) == 2


def test_the_next_run_goes_by_the_role_of_then(desk: Desk, visitor: Visitor) -> None:
    test = page()
    assert {"What if", "Decide"} <= set(headings(test))
    visitor.role = Role.DATA_SCIENTIST
    test.run()
    assert "What if" in headings(test)
    assert "Decide" not in headings(test)
    visitor.role = None
    test.run()
    assert "What if" not in headings(test)
