"""Records and the channel name the program by one fingerprint of its sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import software
from core.software import software_version


def test_the_same_sources_have_the_same_name_and_a_changed_or_renamed_one_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(software, "_CORE", tmp_path)
    (tmp_path / "a.py").write_text("one")
    first = software_version.__wrapped__()
    assert first == software_version.__wrapped__()
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    renamed = software_version.__wrapped__()
    (tmp_path / "b.py").write_text("two")
    assert len({first, renamed, software_version.__wrapped__()}) == 3


def test_the_name_is_short_and_says_what_it_names() -> None:
    assert software_version().startswith("solvent-")
    assert len(software_version()) == len("solvent-") + 8
