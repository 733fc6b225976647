"""A page that ends before its last line: no part of the page of before may draw into it any more.

Streamlit forgets the parts (fragments) of the page of before only where a run reaches its end. After `st.stop()`
they would go on: one that was already under way draws to a place that is gone, and the browser shows nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx


class PageEnded(StopException):
    """On purpose: nobody asked for another run meanwhile."""


def end() -> NoReturn:
    """Draws nothing more in this run, like `st.stop()`."""
    raise PageEnded


@contextmanager
def alone() -> Iterator[None]:
    """Around the whole of a page: whether it ends early or fails, what comes later is asked of its own parts only."""
    try:
        yield
    except (PageEnded, Exception):
        _forget_parts_of_before()
        raise


def _forget_parts_of_before() -> None:
    run = get_script_run_ctx()
    if run is not None:
        run.fragment_storage.clear(new_fragment_ids=run.shared.new_fragment_ids.snapshot())
