"""What a comparison of two samples found, when it counts as alike, and the report of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

NULLS_LIKE = 0.03  # largest difference of the share of missing values
NUMBERS_LIKE = 0.12  # largest Kolmogorov–Smirnov distance
TEXTS_LIKE = 0.10  # largest total variation of the shares
STRONGEST = 10


@dataclass(frozen=True)
class ColumnLikeness:
    """One column in both samples; `distance` is None where too few values are known."""

    table: str
    column: str
    measure: str  # "quantiles" (Kolmogorov–Smirnov distance) or "shares" (total variation)
    synthetic_missing: float  # share of nulls and sentinels
    real_missing: float
    distance: float | None

    @property
    def missing_difference(self) -> float:
        return abs(self.synthetic_missing - self.real_missing)

    @property
    def missing_alike(self) -> bool:
        return self.missing_difference <= NULLS_LIKE

    @property
    def values_alike(self) -> bool:
        bound = NUMBERS_LIKE if self.measure == "quantiles" else TEXTS_LIKE
        return self.distance is None or self.distance <= bound

    @property
    def verdict(self) -> str:
        return "like" if self.missing_alike and self.values_alike else "apart"


@dataclass(frozen=True)
class FanOut:
    """Rows of a child table: per applicant who has any, and the share of applicants who have."""

    table: str
    synthetic_rows: float
    real_rows: float
    synthetic_covered: float
    real_covered: float


@dataclass(frozen=True)
class Strength:
    """How well one main-table column alone separates the target: |AUC − 0.5| in each sample."""

    column: str
    synthetic: float
    real: float


@dataclass(frozen=True)
class Likeness:
    """The whole comparison."""

    columns: tuple[ColumnLikeness, ...]
    fan_outs: tuple[FanOut, ...]
    strengths: tuple[Strength, ...]  # the real sample's strongest first

    def share_alike(self, measure: str) -> float:
        """Share of the compared columns whose values are alike: "missing", "quantiles" or "shares"."""
        if measure == "missing":
            return float(np.mean([column.missing_alike for column in self.columns]))
        asked = [column for column in self.columns if column.measure == measure and column.distance is not None]
        return float(np.mean([column.values_alike for column in asked]))

    @property
    def rank_correlation(self) -> float:
        """Spearman's correlation of the strengths of the real sample's ten strongest columns."""
        top = self.strengths[:STRONGEST]
        return float(spearmanr([s.synthetic for s in top], [s.real for s in top]).statistic)

    def markdown(self) -> str:
        """The comparison as a report: a summary, then one row per column, most different first."""
        return "\n".join((*self._summary(), *self._fan_outs(), *self._strengths(), *self._columns())) + "\n"

    def _summary(self) -> Iterator[str]:
        yield "# Synthetic and real tables side by side\n"
        yield f"- missing values alike (≤ {NULLS_LIKE:.2f} apart): {self.share_alike('missing'):.1%} of columns"
        yield f"- numbers alike (distance ≤ {NUMBERS_LIKE:.2f}): {self.share_alike('quantiles'):.1%} of numeric columns"
        yield f"- shares alike (distance ≤ {TEXTS_LIKE:.2f}): {self.share_alike('shares'):.1%} of category columns"
        yield f"- rank order of the {STRONGEST} strongest columns: Spearman {self.rank_correlation:.2f}\n"

    def _fan_outs(self) -> Iterator[str]:
        yield "| table | rows per applicant, synthetic | real | applicants with rows, synthetic | real |"
        yield "|---|---|---|---|---|"
        for f in self.fan_outs:
            yield (
                f"| {f.table} | {f.synthetic_rows:.1f} | {f.real_rows:.1f} "
                f"| {f.synthetic_covered:.1%} | {f.real_covered:.1%} |"
            )
        yield ""

    def _strengths(self) -> Iterator[str]:
        yield "| column | distance of its AUC from 0.5, synthetic | real |"
        yield "|---|---|---|"
        for s in self.strengths[:25]:
            yield f"| {s.column} | {s.synthetic:.3f} | {s.real:.3f} |"
        yield ""

    def _columns(self) -> Iterator[str]:
        yield "| table | column | missing, synthetic | real | measure | distance | verdict |"
        yield "|---|---|---|---|---|---|---|"
        for c in sorted(self.columns, key=lambda c: -max(c.distance or 0.0, c.missing_difference)):
            distance = "too few values" if c.distance is None else f"{c.distance:.3f}"
            yield (
                f"| {c.table} | {c.column} | {c.synthetic_missing:.1%} | {c.real_missing:.1%} "
                f"| {c.measure} | {distance} | {c.verdict} |"
            )
