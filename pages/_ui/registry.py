"""The menu: every screen once, in the order of the work, with whom it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from core.accounts import roles
from core.accounts.roles import Action, Role

PAGES = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Screen:
    group: str
    page: roles.Page  # its value is also the address: /score
    opens: Action  # what a role must be allowed to do here for the page to be of use
    script: str  # below pages/
    title: str
    icon: str
    help: str


SCREENS = (
    Screen(
        group="Casework",
        page=roles.Page.SCORE,
        opens=Action.READ,
        script="casework/score.py",
        title="Score",
        icon=":material/speed:",
        help="One client by number: what is recommended, how likely a default is, and why.",
    ),
    Screen(
        group="Casework",
        page=roles.Page.HISTORY,
        opens=Action.READ,
        script="casework/history.py",
        title="History",
        icon=":material/history:",
        help="What was decided, when and by whom; each record as it was shown then.",
    ),
    Screen(
        group="Administration",
        page=roles.Page.PEOPLE,
        opens=Action.ADMINISTER,
        script="admin/people.py",
        title="People",
        icon=":material/group:",
        help="Who may sign in, in which role, and what was done to accounts.",
    ),
    Screen(
        group="Administration",
        page=roles.Page.AUDIT,
        opens=Action.READ,
        script="admin/audit.py",
        title="Audit",
        icon=":material/fact_check:",
        help="Who did what, when and from where; whether the record is what was written.",
    ),
    Screen(
        group="Administration",
        page=roles.Page.RETENTION,
        opens=Action.ADMINISTER,
        script="admin/retention.py",
        title="Retention",
        icon=":material/auto_delete:",
        help="Forget a person on request, and applications whose time is over.",
    ),
)


def screens_of(role: Role) -> tuple[Screen, ...]:
    """The screens that exist and are of use to this role; the first is where its people begin."""
    return tuple(screen for screen in SCREENS if roles.may(role, screen.page, screen.opens))


def addresses() -> tuple[str, ...]:
    """Where pages are found below the base; the first page's own address is the base."""
    return tuple(screen.page.value for screen in SCREENS)


def pages(first: Callable[[], None]) -> dict[Screen | None, Page]:
    """All screens for every visitor, so that a link to one survives the sign-in; `first` is what `/` shows.

    Whether the visitor may see a screen is not decided here but by the guard.
    """
    known: dict[Screen | None, Page] = {None: st.Page(first, title="Solvent", default=True)}
    return known | {screen: _page(screen) for screen in SCREENS}


def menu(role: Role, known: Mapping[Screen | None, Page]) -> dict[str, list[Page]]:
    groups: dict[str, list[Page]] = {}
    for screen in screens_of(role):
        groups.setdefault(screen.group, []).append(known[screen])
    return groups


def page_of(page: roles.Page) -> Page | None:
    """What a link to this page needs; None while there is no such screen."""
    return next((_page(screen) for screen in SCREENS if screen.page is page), None)


def _page(screen: Screen) -> Page:
    return st.Page(
        PAGES / screen.script, title=screen.title, icon=screen.icon, help=screen.help, url_path=screen.page.value
    )
