"""Set-up on a desk whose record names a model that is gone: it is not replaced by another one in silence."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import settings
from core.casework.opening import open_ledger
from core.commands.journal_look import model_in_force
from core.commands.setup_command import Demo, set_up
from core.desk import open_desk
from core.errors import ModelMissing
from core.model import registry
from core.portfolio import contract_file
from core.portfolio.importing import import_tables
from core.progress import silent
from core.settings import Settings
from tests.commands.typed import typed_here


@pytest.fixture
def desk(small_desk: Path, tmp_path: Path) -> Settings:
    """A desk whose record says which model is in force."""
    own = settings.read({}, data_dir=Path(shutil.copytree(small_desk, tmp_path / "desk")))
    with closing(open_ledger(own)) as ledger:
        open_desk(own, ledger=ledger).close()
    return own


def _set_up(desk: Settings) -> list[str]:
    return set_up(desk, Demo(applicants=1500, seed=7), datetime.now(UTC), silent)


def _lose(folder: Path) -> None:
    folder.rename(folder.parent.parent / "away")


def _lose_all(folder: Path) -> None:
    folder.parent.rename(folder.parent.parent / "away")


def _damage(folder: Path) -> None:
    text = (folder / "model.txt").read_text()
    (folder / "model.txt").write_text(text.replace("leaf_value=", "leaf_value=9", 1))


@pytest.mark.parametrize(
    ("spoil", "how"),
    [(_lose, "is not among the models"), (_lose_all, "is not among the models"), (_damage, "is damaged")],
)
def test_a_model_the_record_needs_is_not_replaced_in_silence(
    desk: Settings, spoil: Callable[[Path], None], how: str
) -> None:
    folder = registry.active(desk.models_dir)
    spoil(folder)
    before = registry.versions(desk.models_dir)
    ended = typed_here(desk.data_dir, "setup")
    assert (ended.code, ended.out) == (3, "")
    assert f"ModelMissing: Model {folder.name}: is in force by the record, and its folder {how} in " in ended.err
    assert "; restore it from a backup, or put another one in force on purpose: " in ended.err
    assert ended.err.endswith(f"-m core --data {desk.data_dir} train.\n")
    assert "growing trees" not in ended.err
    assert registry.versions(desk.models_dir) == before


def test_a_demo_on_which_nobody_decided_may_be_made_anew(desk: Settings) -> None:
    folder = registry.active(desk.models_dir)
    import_tables(desk.raw_dir, contract_file.read(desk.contract_file), desk, replace=True, progress=silent)
    registry.activate(desk.models_dir, folder.name)
    _lose(folder)
    with pytest.raises(
        ModelMissing, match=r"train; a demo on which nobody has decided is made anew by .*setup --reset"
    ):
        _set_up(desk)


def test_restored_it_is_in_place_again(desk: Settings) -> None:
    folder = registry.active(desk.models_dir)
    _lose(folder)
    with pytest.raises(ModelMissing):
        _set_up(desk)
    (folder.parent.parent / "away").rename(folder)
    assert _set_up(desk) == []


def test_another_one_trained_on_purpose_takes_its_place(desk: Settings) -> None:
    lost = registry.active(desk.models_dir)
    _lose(lost)
    assert typed_here(desk.data_dir, "train", "--seed", "5").code == 0
    assert _set_up(desk) == []
    assert model_in_force(desk.ledger_dir) == lost.name  # until the next start says otherwise


def test_a_model_that_an_import_retired_is_followed_by_a_new_one(desk: Settings) -> None:
    registry.retire(desk.models_dir)
    assert _set_up(desk) == ["model"]


def test_the_model_in_force_is_the_one_named_last(tmp_path: Path, desk: Settings) -> None:
    assert model_in_force(desk.ledger_dir) == registry.active(desk.models_dir).name
    assert model_in_force(tmp_path / "nowhere") == ""
