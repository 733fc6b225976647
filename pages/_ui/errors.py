"""What happens when a page fails: a calm sentence with an id in the browser, the traceback under that id in the log."""

from __future__ import annotations

import logging
import secrets

import streamlit as st

log = logging.getLogger("solvent")


def logged(error: BaseException, what: str) -> str:
    """The id under which this failure stands in the server's log, with its traceback."""
    error_id = secrets.token_hex(4)
    log.error("%s failed, error %s", what, error_id, exc_info=error)
    return error_id


def say_and_log(error: Exception) -> bool:
    """True: nothing more is shown in the browser."""
    error_id = logged(error, "page")
    st.error(
        f"Reload the page: what was recorded before it failed is there, so look before you press anything again. If "
        f"it happens again, give the person who runs Solvent the error number **{error_id}**: the server's log has "
        "the details under it.",
        title="This page could not be finished",
        icon=":material/error:",
    )
    return True
