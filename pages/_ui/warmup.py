"""What is made ready before the first visitor, in the background: libraries, portfolio, model, all around a score.

`gc.freeze()` once afterwards: Streamlit collects garbage after every run, and walking through the big libraries
was most of a rerun (measured: 128–164 ms without, 29–35 ms with).
"""

from __future__ import annotations

import gc
import importlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event

import anyio
import anyio.to_thread
import streamlit as st

from core.errors import ErasureOpen, SolventError
from pages._ui import audit_replay, beside, cache, errors, outbox

# what a page loads on its first run, beside the core
_LIBRARIES = (
    "pandas",
    "pyarrow",
    "plotly.tools",
    "streamlit.elements.plotly_chart",
    "streamlit.elements.arrow",
    *("captcha.image", "cryptography.fernet", "jwt", "requests", "yaml"),  # what the sign-in form brings along
)

log = logging.getLogger("solvent")
_begun, _done = Event(), Event()


def under_way() -> bool:
    return _begun.is_set() and not _done.is_set()


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Commands are answered as soon as pages are, and wait for the desk as they do."""
    _begun.set()
    try:
        with beside.commands():
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_in_background)
                tasks.start_soon(outbox.keep_taking)
                yield
                audit_replay.replaying.end()
                beside.verifying.end()
                tasks.cancel_scope.cancel()
    finally:
        await anyio.to_thread.run_sync(cache.close)
        gc.unfreeze()  # or libraries complain at the end about what nobody took away


async def _in_background() -> None:
    await anyio.to_thread.run_sync(_finish_erasures, abandon_on_cancel=True)
    await anyio.to_thread.run_sync(_warm, abandon_on_cancel=True)
    await anyio.to_thread.run_sync(_verify, abandon_on_cancel=True)


def _finish_erasures() -> None:
    """First of all: whoever was being forgotten when the app ended is in no file that is opened from here on."""
    try:
        for erased in cache.erasures().resume():
            log.warning("an interrupted erasure was finished: event %d", erased.sequence)
        if forgotten := cache.retention().resume():
            log.warning("an interrupted retention was finished: %d applications", forgotten)
    except ErasureOpen as still_open:
        log.warning("an interrupted erasure could not be finished: %s", still_open)
    except SolventError as refusal:
        log.info("interrupted erasures: %s", refusal)  # no ledger yet, or the page says why and offers to finish them
    except Exception as error:  # noqa: BLE001 - the page offers to finish it
        errors.logged(error, "finishing an erasure")


def _warm() -> None:
    try:
        desk = cache.desk()
        desk.warm_up()
        for library in _LIBRARIES:
            importlib.import_module(library)
    except SolventError:
        pass  # not set up yet: page and health check say so, and find the desk as soon as there is one
    except Exception as error:  # noqa: BLE001 - a failed warm-up must not keep the page from saying what is wrong
        errors.logged(error, "warm-up")
    finally:
        gc.collect()
        gc.freeze()
        _done.set()


def _verify() -> None:
    try:
        beside.verifying.run(cache.ledger())
    except SolventError:
        pass  # no ledger, or one that cannot be opened: the pages say so
    except Exception as error:  # noqa: BLE001 - nobody waits for it who could be told otherwise
        errors.logged(error, "verifying the record")
