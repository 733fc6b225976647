from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scoring.contribution_rows import Cell, ContributionRow, contribution_rows
from core.scoring.score import Score
from core.scoring.waterfall import BarKind, Grouping
from tests.unit.scoring.builders import SCALE, a_score

SHARES = st.tuples(st.sampled_from(["outside", "work", "home", "loan"]), st.floats(-1.5, 1.5))
SCORES = st.builds(
    a_score, st.lists(SHARES, min_size=1, max_size=40), base=st.floats(-3.5, -1), calibration=st.floats(-0.3, 0.3)
)


def columns(rows: tuple[ContributionRow, ...]) -> list[list[Cell]]:
    return [[row.points for row in rows], [row.log_odds for row in rows], [row.probability for row in rows]]


def printed(cell: Cell) -> Decimal:
    return Decimal(re.sub(r"[+,]| pp| %", "", cell.shown).replace("−", "-"))


@given(SCORES, st.sampled_from(Grouping))
def test_every_column_adds_up_as_printed_from_the_base_to_the_client(score: Score, grouping: Grouping) -> None:
    rows = contribution_rows(score, grouping, SCALE)
    for cells in columns(rows):
        assert sum(map(printed, cells[:-1])) == printed(cells[-1])
        assert [float(printed(cell)) for cell in cells] == [cell.number for cell in cells]


@given(SCORES, st.sampled_from(Grouping))
def test_no_family_or_feature_is_left_out_and_the_largest_come_first(score: Score, grouping: Grouping) -> None:
    rows = contribution_rows(score, grouping, SCALE)
    parts = score.families if grouping is Grouping.FAMILY else score.contributions
    assert [row.kind for row in rows] == [
        BarKind.BASE,
        *(BarKind.STEP for _ in parts),
        BarKind.CALIBRATION,
        BarKind.CLIENT,
    ]
    shares = sorted((part.contribution for part in parts), key=lambda share: -abs(share))
    assert [row.log_odds.number for row in rows[1:-2]] == pytest.approx(shares, abs=2e-4)


def test_a_table_of_families_reads_like_this() -> None:
    score = a_score([("outside", 1.93), ("work", 0.35), ("home", -0.22)], base=-2.844, calibration=-0.08)
    rows = contribution_rows(score, Grouping.FAMILY, SCALE)
    told = [(row.label, row.points.shown, row.log_odds.shown, row.probability.shown, row.direction) for row in rows]
    assert told == [
        ("Model base", "569.18", "−2.8440", "5.50 %", ""),
        ("Outside", "−55.69", "+1.9300", "+23.12 pp", "raises risk"),
        ("Work", "−10.10", "+0.3500", "+7.64 pp", "raises risk"),
        ("Home", "+6.35", "−0.2200", "−4.92 pp", "lowers risk"),
        ("Calibration", "+2.31", "−0.0800", "−1.69 pp", "lowers risk"),
        ("This client", "512.05", "−0.8640", "29.65 %", ""),
    ]


def test_a_feature_comes_with_its_value_and_its_family() -> None:
    rows = contribution_rows(a_score(), Grouping.FEATURE, SCALE)
    assert [(row.label, row.value, row.family) for row in rows[:3]] == [
        ("Model base", "", ""),
        ("Fact 0", "0", "Outside"),
        ("Fact 1", "1", "Work"),
    ]
