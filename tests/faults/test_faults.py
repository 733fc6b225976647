"""Kills and damage in small numbers; `make faults` does the same in large ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.faults.proof import QUICK, prove


def test_nothing_acknowledged_is_lost_doubled_or_unlinked_by_kills_and_damage(tmp_path: Path) -> None:
    outcomes = prove(tmp_path, QUICK, seed=1, say=lambda words: None)
    assert sum(outcome.faults for outcome in outcomes.values()) >= 53
    assert {name: outcome for name, outcome in outcomes.items() if not outcome.sound} == {}


def test_the_children_import_neither_the_model_nor_the_screen() -> None:
    words = (
        "import sys, tests.faults.child; print([n for n in ('lightgbm', 'streamlit', 'pandas') if n in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
