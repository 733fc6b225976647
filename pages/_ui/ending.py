"""A page that ends before its last line, and leaves nothing behind for the next one.

Only where a run reaches its end does Streamlit forget what the page of before was made of. After `st.stop()` a part
(fragment) that was already under way draws to a place that is gone, and the browser shows nothing at all; fields that
are gone keep their values on the server, where the browser has begun anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx


class PageEnded(StopException):
    """On purpose: nobody asked for another run meanwhile."""


def end() -> NoReturn:
    """Draws nothing more in this run."""
    raise PageEnded


@contextmanager
def early() -> Iterator[None]:
    """Around the whole of a page: one that ends on purpose has reached its end."""
    try:
        yield
    except PageEnded:
        pass
    except Exception:
        _forget_parts_of_before()
        raise


def _forget_parts_of_before() -> None:
    run = get_script_run_ctx()
    if run is not None:
        run.fragment_storage.clear(new_fragment_ids=run.shared.new_fragment_ids.snapshot())
