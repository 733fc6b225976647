"""Timing in a way that can be repeated: rivals in turn, medians, ratios of medians."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one job over many calls."""

    name: str
    p50_ms: float
    p95_ms: float
    calls: int

    def line(self, against: Timing | None = None) -> str:
        ratio = "" if against is None else f"   {self.p50_ms / against.p50_ms:8.1f} × {against.name}"
        return f"  {self.name:<58}{self.p50_ms:10.3f} ms p50{self.p95_ms:10.3f} ms p95{self.calls:7,} calls{ratio}"


@dataclass(frozen=True)
class Throughput:
    """How many calls several threads finish in a second, and what each waits for its own."""

    per_second: float
    waits: Timing

    def line(self) -> str:
        return f"{self.waits.line()}{self.per_second:10,.0f} per s"


def side_by_side(jobs: Mapping[str, Callable[[], object]], calls: int, warm_up: int = 5) -> list[Timing]:
    """Each job called in turn with its rivals, so that a noisy second hits all of them."""
    for job in jobs.values():
        for _ in range(warm_up):
            job()
    spent: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(calls):
        for name, job in jobs.items():
            spent[name].append(seconds_of(job))
    return [timing(name, seconds) for name, seconds in spent.items()]


def in_threads(jobs: Mapping[str, Callable[[], object]], calls: int, threads: int, rounds: int = 3) -> list[Throughput]:
    """Each job called by so many threads at once, `calls` times a round, in turn with its rivals."""
    waits: dict[str, list[float]] = {name: [] for name in jobs}
    spent = dict.fromkeys(jobs, 0.0)
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(rounds):
            for name, job in jobs.items():
                started = time.perf_counter()
                waits[name] += [done.result() for done in [pool.submit(seconds_of, job) for _ in range(calls)]]
                spent[name] += time.perf_counter() - started
    return [Throughput(len(waits[name]) / spent[name], timing(name, waits[name])) for name in jobs]


def seconds_of(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def timing(name: str, seconds: Sequence[float]) -> Timing:
    p50, p95 = np.percentile(np.asarray(seconds) * 1e3, [50, 95])
    return Timing(name, float(p50), float(p95), len(seconds))
