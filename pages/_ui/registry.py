"""The menu: every screen once, in the order of the work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

PAGES = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Screen:
    group: str
    script: str  # below pages/
    title: str
    icon: str
    help: str
    default: bool = False


SCREENS = (
    Screen(
        group="Casework",
        script="casework/score.py",
        title="Score",
        icon=":material/speed:",
        help="One client by number: what is recommended, how likely a default is, and why.",
        default=True,
    ),
)


def menu() -> dict[str, list[Page]]:
    groups: dict[str, list[Page]] = {}
    for screen in SCREENS:
        groups.setdefault(screen.group, []).append(_page(screen))
    return groups


def _page(screen: Screen) -> Page:
    return st.Page(
        PAGES / screen.script,
        title=screen.title,
        icon=screen.icon,
        help=screen.help,
        default=screen.default,
    )
