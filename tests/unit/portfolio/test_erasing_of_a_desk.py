"""After an applicant was forgotten the desk opens with the model it had, and scores everybody else as before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import settings
from core.desk import Desk, open_desk
from core.errors import UnknownApplicant
from core.portfolio.erasing import erase, holdings
from core.settings import Settings


@pytest.fixture
def own(small_desk: Path, tmp_path: Path) -> Settings:
    shutil.copytree(small_desk, tmp_path / "desk")
    return settings.read(data_dir=tmp_path / "desk")


@pytest.fixture
def desk(own: Settings) -> Iterator[Desk]:
    opened = open_desk(own)
    yield opened
    opened.close()


def test_the_desk_opens_again_and_scores_the_others_to_the_last_bit(own: Settings, desk: Desk) -> None:
    first, second, third = desk.tables.keys(3)
    before = desk.score(second)

    gone = erase(own, desk.contract, [first, third])

    assert desk.changed_on_disk()
    anew = open_desk(own)
    try:
        assert (anew.score(second).margin, anew.score(second).contributions) == (before.margin, before.contributions)
        assert anew.model.version == desk.model.version
        for key in (first, third):
            for ask in (anew.score, anew.application, anew.tables.history):
                with pytest.raises(UnknownApplicant):
                    ask(key)
    finally:
        anew.close()
    assert gone.feature_rows == 2
    assert "true_default_probability.parquet" in {held.place for held in gone.raw_files}
    assert holdings(own, desk.contract, [first, third]).rows == 0
