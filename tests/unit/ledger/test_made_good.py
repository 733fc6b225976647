"""What a start made good is known to the starts of the next days, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.ledgers import NOON, SetClock, a_draft, a_ledger


@pytest.fixture
def notice(tmp_path: Path) -> str:
    """What a start at noon made good."""
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft()])
    (tmp_path / "ledger" / "ledger.duckdb").write_bytes(b"no database any more")
    with a_ledger(tmp_path) as ledger:
        (said,) = ledger.notices
        assert ledger.made_good == (said,)
    return said


@pytest.mark.parametrize(("later", "known"), [(timedelta(days=7, seconds=-1), True), (timedelta(days=7), False)])
def test_it_is_told_for_a_week_with_its_moment(notice: str, tmp_path: Path, later: timedelta, known: bool) -> None:
    with a_ledger(tmp_path, clock=SetClock(NOON + later)) as ledger:
        assert ledger.notices == ()
        assert ledger.made_good == ((f"02 March 2026, 12:00 UTC: {notice}",) if known else ())


@pytest.mark.usefixtures("notice")
def test_only_its_owner_can_read_it_and_what_is_not_a_line_of_it_is_passed_over(tmp_path: Path) -> None:
    kept = tmp_path / "ledger" / "made_good"
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_bytes(
        b'\xff\n[]\n{"at": "noon", "notice": "x"}\n{"at": "2026-03-02T12:00:00", "notice": "x"}\n' + b"[" * 9999
    )
    with a_ledger(tmp_path) as ledger:
        assert ledger.made_good == ()


def test_a_start_that_made_nothing_good_keeps_nothing(tmp_path: Path) -> None:
    with a_ledger(tmp_path) as ledger:
        ledger.append([a_draft()])
    with a_ledger(tmp_path) as ledger:
        assert ledger.made_good == ()
    assert not (tmp_path / "ledger" / "made_good").exists()
