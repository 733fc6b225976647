"""The files that a page offers, as Streamlit was told of them: under which name, and how each is made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import streamlit as st

Make = Callable[[], bytes]


def offered_files(monkeypatch: pytest.MonkeyPatch) -> dict[str, Make]:
    """Filled by every page that is drawn from here on, by the name under which the visitor gets the file."""
    offered: dict[str, Make] = {}

    def download_button(label: str, data: Make, file_name: str, mime: str, **look: object) -> bool:
        offered[file_name] = data
        return False

    monkeypatch.setattr(st, "download_button", download_button)
    return offered
