"""What all tests share: where the project and the real sample lie, and a small desk of invented clients."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desks import made_desk, small_desk

__all__ = ["made_desk", "small_desk"]

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(autouse=True)
def main_module_stays() -> Iterator[None]:
    """A page's test leaves its script as `__main__`, which a process started by a later test would run again."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def project_root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real credit tables; tests that need it skip where it is missing."""
    if not (REAL_DATA / "home_credit").is_dir():
        pytest.skip("no real credit data beside the project (../shared/data)")
    return REAL_DATA
