"""Kills, damage, full disks and tampering in small numbers; `make faults` does the same in large ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import tampering
from tests.faults.attacks import ATTACKS, Attack, Files
from tests.faults.full_disk import STAGES, fill_often
from tests.faults.outcome import Outcome
from tests.faults.proof import QUICK, prove
from tests.faults.tampering import tamper


def test_nothing_acknowledged_is_lost_doubled_or_unlinked_and_no_attack_goes_unseen(tmp_path: Path) -> None:
    outcomes = prove(tmp_path, QUICK, seed=1, say=lambda words: None)
    assert {name: outcome for name, outcome in outcomes.items() if not outcome.sound} == {}
    assert outcomes["tampered with: 8 attacks, 8 found"].said == 8
    assert outcomes["not tampered with, or no head kept"].faults == 3
    assert outcomes["truncated: WAL, journal or database"].faults == QUICK.truncations
    full = [outcome for name, outcome in outcomes.items() if name.startswith("disk full")]
    assert len(full) == len(STAGES)
    assert all(outcome.said == outcome.faults for outcome in full)


def test_an_attack_that_is_not_found_is_no_sound_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_done = Attack("nothing", lambda events: Files(tuple(events), tuple(events)), 5, "")
    monkeypatch.setattr(tampering, "ATTACKS", (ATTACKS[0], nothing_done))
    outcome = tamper(tmp_path)["tampered with: 2 attacks, 1 found, not: nothing"]
    assert (outcome.said, outcome.unsaid, outcome.sound) == (1, 1, False)


def test_a_rewrite_that_is_seen_without_a_head_would_be_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Attack("edit", ATTACKS[0].falsified, 5, "", needs_head=True)
    monkeypatch.setattr(tampering, "ATTACKS", (seen,))
    assert not tamper(tmp_path)["not tampered with, or no head kept"].sound


def test_where_no_disk_may_be_mounted_every_stage_says_that_it_needs_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    outcomes = fill_often(tmp_path / "full", 6, seed=1)
    assert outcomes == dict.fromkeys(STAGES, Outcome())
    assert {outcome.verdict for outcome in outcomes.values()} == {"needs root"}


def test_the_children_import_neither_the_model_nor_the_screen() -> None:
    words = (
        "import sys, tests.faults.child; print([n for n in ('lightgbm', 'streamlit', 'pandas') if n in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
