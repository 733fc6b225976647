"""What was being forgotten when the app ended is finished before anything else at its next start."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest

from pages._ui import warmup


def test_erasures_and_then_the_retention_that_were_cut_short_are_finished_at_the_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        warmup.cache, "erasures", lambda: SimpleNamespace(resume=lambda: (SimpleNamespace(sequence=7),))
    )
    monkeypatch.setattr(warmup.cache, "retention", lambda: SimpleNamespace(resume=lambda: 3))
    with caplog.at_level(logging.WARNING, "solvent"):
        warmup._finish_erasures()
    assert [record.getMessage() for record in caplog.records] == [
        "an interrupted erasure was finished: event 7",
        "an interrupted retention was finished: 3 applications",
    ]
