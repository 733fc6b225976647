"""One server and one browser for all browser tests; without a browser they skip, but fail where CI is true."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.browser import chromium_path, opened
from tests.browser.server import serving
from tests.desks import fresh_copy

PATIENCE = 60_000  # ms: a page may be slow beside other work, and that is no failure


@pytest.fixture(scope="session")
def address(made_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    with serving(fresh_copy(made_desk, folder / "desk"), folder / "log.txt") as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium_path()
    if executable is None:
        reason = "no Chromium on this machine; Debian, Ubuntu: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=PATIENCE)
    with opened(executable) as running:
        yield running


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go: `SCREENSHOTS`, or a folder that is thrown away."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
