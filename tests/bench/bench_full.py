"""The published size, 307,511 applicants with about 58 million child rows, in a folder of its own that is removed."""

from __future__ import annotations

import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core import settings
from core.desk import open_desk
from core.model.training import TrainingOptions, train
from core.portfolio import contract_file, features
from core.portfolio.contract import Contract
from core.portfolio.features import FeatureStore
from core.portfolio.importing import import_tables
from core.portfolio.synthetic.generator import generate
from core.progress import silent
from core.settings import ROOT, Settings

APPLICANTS, WAITING, SEED = 307_511, 600, 2026
ASKED = 400  # random applicants looked up


@dataclass(frozen=True)
class _Desk:
    settings: Settings
    contract: Contract
    applicants: int


def _generate(desk: _Desk) -> str:
    generate(desk.settings.raw_dir, desk.applicants, WAITING, SEED, silent)
    return ""


def _import(desk: _Desk) -> str:
    import_tables(desk.settings.raw_dir, desk.contract, desk.settings, replace=False, progress=silent)
    return ""


def _features(desk: _Desk) -> str:
    features.build(desk.settings, desk.contract, silent)
    return ""


def _train(desk: _Desk) -> str:
    with closing(FeatureStore.open(desk.settings.features_file)) as store:
        card = train(store, desk.contract, desk.settings, TrainingOptions(), silent)
    return f"{len(card.features)} features, {card.source.rounds} trees, AUC {card.metrics.auc.value:.4f}"


def _score(desk: _Desk) -> str:
    with closing(open_desk(desk.settings)) as opened:
        keys = random.Random(1).sample(opened.tables.keys(), ASKED)
        look_up = statistics.median(_milliseconds(opened.features.row, key) for key in keys)
        whole = statistics.median(_milliseconds(opened.score, key) for key in keys)
    return f"one applicant by ID: look-up {look_up:.2f} ms p50 (target ≤ 3 ms), with score and why {whole:.2f} ms p50"


STAGES: Mapping[str, tuple[Callable[[_Desk], str], str]] = {
    "generate": (_generate, "≤ 6 GB"),
    "import": (_import, "≤ 6 GB"),
    "features": (_features, "≤ 90 s, ≤ 3 GB"),
    "train": (_train, "≤ 180 s, ≤ 2.5 GB"),
    "score": (_score, "≤ 1.5 GB"),
}


def run(applicants: int = APPLICANTS) -> None:
    print(f"Full scale, {applicants:,} applicants; each stage in a process of its own")
    folder = Path(tempfile.mkdtemp(prefix="solvent-full-"))
    try:
        for stage, (_, target) in STAGES.items():
            command = [sys.executable, "-m", "tests.bench.bench_full", stage, str(folder), str(applicants)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            print(f"  {done.stdout.strip()}   (target {target})", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stage(stage: str, folder: str, applicants: str) -> None:
    own = settings.read(data_dir=Path(folder))
    desk = _Desk(own, contract_file.read(own.contract_file), int(applicants))
    started = time.perf_counter()
    said = STAGES[stage][0](desk)
    seconds = time.perf_counter() - started
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{stage:<10}{seconds:8.1f} s {gigabytes:6.2f} GB peak   {said}")


def _milliseconds(ask: Callable[[str], object], key: str) -> float:
    started = time.perf_counter()
    ask(key)
    return (time.perf_counter() - started) * 1e3


if __name__ == "__main__":
    _stage(*sys.argv[1:])
