"""What the browser says of the screen it draws on."""

from __future__ import annotations

import streamlit as st


def is_narrow() -> bool:
    """Whether the browser says it runs on a phone."""
    headers = st.context.headers
    hint, agent = headers.get("Sec-Ch-Ua-Mobile"), headers.get("User-Agent")
    if isinstance(hint, str):
        return hint == "?1"
    return isinstance(agent, str) and "Mobile" in agent
