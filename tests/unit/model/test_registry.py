"""One small file says which model is in use; it is replaced whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ModelMissing, ModelRefused
from core.model import registry

OLD, NEW = "20260131-0000aaaa", "20261121-1a2b3c4d"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for name in (NEW, OLD, ".20261121-ffffffff.7.part", "notes"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_versions_are_listed_oldest_first_without_half_written_ones(models: Path) -> None:
    assert registry.versions(models) == (OLD, NEW)
    assert registry.versions(models / "nowhere") == ()


def test_the_active_version_is_the_one_that_was_activated_last(models: Path) -> None:
    registry.activate(models, OLD)
    registry.activate(models, NEW)
    assert registry.active(models) == models / NEW
    assert sorted(f.name for f in models.iterdir() if f.is_file()) == ["active"]


@pytest.mark.parametrize("never_trained", [True, False])
def test_without_a_model_the_remedy_is_named(models: Path, never_trained: bool) -> None:
    folder = models / "nowhere" if never_trained else models
    with pytest.raises(ModelMissing, match="python -m core train"):
        registry.active(folder)


def test_a_retired_model_is_no_longer_active_but_stays_for_replay(models: Path) -> None:
    registry.activate(models, NEW)
    registry.retire(models)
    registry.retire(models)
    with pytest.raises(ModelMissing):
        registry.active(models)
    assert NEW in registry.versions(models)


def test_retiring_where_nothing_was_ever_trained_is_quiet(tmp_path: Path) -> None:
    registry.retire(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "content", [b"", b"../../etc", b"20261121-1a2b3c4d/..", b"latest", b"\xff\xfe", b"20261121-1A2B3C4D"]
)
def test_a_name_that_is_no_version_is_refused(models: Path, content: bytes) -> None:
    (models / "active").write_bytes(content)
    with pytest.raises(ModelRefused, match="must name a version"):
        registry.active(models)


def test_a_version_that_is_gone_is_missing(models: Path) -> None:
    with pytest.raises(ModelMissing, match="20250101-00000000"):
        registry.activate(models, "20250101-00000000")
    (models / "active").write_text("20250101-00000000\n")
    with pytest.raises(ModelMissing, match="20250101-00000000"):
        registry.active(models)
