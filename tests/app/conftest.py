"""Who opens the pages in these tests: an officer with a real session, unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import settings
from core.accounts.roles import Role
from core.desk import Desk, open_desk
from pages._ui.session import visitor as visitor_module
from tests.desks import session_token

BROWSER = "the browser of this test"


@dataclass
class Visitor:
    """Hands the cookie's value over where the browser would have; everything behind it is checked as ever."""

    role: Role | None = Role.OFFICER  # None: nobody has signed in
    sent: str | None = None  # another cookie's value than that of a session begun for the role
    _begun: dict[tuple[Path, Role], str] = field(default_factory=dict)

    def token(self) -> str | None:
        if self.sent is not None or self.role is None:
            return self.sent
        key = (settings.read().data_dir, self.role)
        if key not in self._begun:
            self._begun[key] = session_token(*key)
        return self._begun[key]


@pytest.fixture(autouse=True)
def visitor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    who = Visitor()
    monkeypatch.setenv("SOLVENT_PASSWORD_COST", "10")
    monkeypatch.setattr(visitor_module, "token", who.token)
    monkeypatch.setattr(visitor_module, "browser", lambda: BROWSER)
    yield who
    st.cache_resource.clear()


@pytest.fixture
def desk(small_desk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The small desk, as the pages see it and as a test may ask it."""
    monkeypatch.setenv("SOLVENT_DATA", str(small_desk))
    opened = open_desk(settings.read())
    yield opened
    opened.close()


def all_text(test: AppTest) -> str:
    """Everything a page says in words, without the stars of bold text."""
    kinds = (test.header, test.subheader, test.markdown, test.caption, test.text)
    return "\n".join(str(element.value).replace("**", "") for kind in kinds for element in kind)
