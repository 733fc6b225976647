"""Asking an application in a thread of its own: a browser test may have left its loop in this one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Answer = TypeVar("Answer")


def run_apart(asking: Coroutine[Any, Any, Answer]) -> Answer:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asking).result()
