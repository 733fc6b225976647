"""Runs for every visitor before any page: page config, the menu, then the page that was asked for."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from pages._ui import cards, registry, state  # noqa: E402

STATIC = Path(__file__).parent / "static"

st.set_page_config(page_title="Solvent", page_icon=str(STATIC / "icon.svg"), layout="wide")
st.logo(str(STATIC / "logo.svg"), icon_image=str(STATIC / "icon.svg"), size="large")
state.begin()
menu = registry.menu()
page = st.navigation(menu, position="hidden")
cards.menu(menu)
page.run()
