"""Policies as files: named by their content, one of them in force, none of them edited by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import ContractError, UnknownRecord
from core.policy import registry
from tests.unit.policy.test_policy import POLICY

OTHER = replace(POLICY, approve_below=0.08, decline_from=0.20)


def test_what_is_kept_is_loaded_again_equal_and_under_its_version(tmp_path: Path) -> None:
    assert registry.keep(POLICY, tmp_path) == POLICY.version
    loaded = registry.load(tmp_path, POLICY.version)
    assert loaded == POLICY
    assert loaded.version == POLICY.version
    assert registry.versions(tmp_path) == (POLICY.version,)


def test_where_no_policy_was_put_in_force_none_is(tmp_path: Path) -> None:
    assert registry.active(tmp_path / "nowhere") is None
    registry.keep(POLICY, tmp_path)
    assert registry.active(tmp_path) is None


def test_the_one_in_force_is_the_last_activated_and_the_others_stay(tmp_path: Path) -> None:
    for policy in (POLICY, OTHER):
        registry.activate(tmp_path, registry.keep(policy, tmp_path))
    assert registry.active(tmp_path) == OTHER
    assert registry.load(tmp_path, POLICY.version) == POLICY
    assert registry.versions(tmp_path) == tuple(sorted((POLICY.version, OTHER.version)))


def test_only_the_owner_can_read_a_policy(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    registry.activate(folder, registry.keep(POLICY, folder))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_a_sound_policy_is_not_written_again_and_a_damaged_one_is(tmp_path: Path) -> None:
    file = tmp_path / f"{registry.keep(POLICY, tmp_path)}.json"
    written = file.stat().st_ino
    registry.keep(POLICY, tmp_path)
    assert file.stat().st_ino == written
    file.write_bytes(b"{}")
    registry.keep(POLICY, tmp_path)
    assert registry.load(tmp_path, POLICY.version) == POLICY


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"0.15", b"0.16"),  # another policy
        (b"0.15", b'"0.15"'),  # no policy
        (b"0.15", b"NaN"),
        (b"{", b""),
        (b"\n ", b"\n  "),  # the same policy written otherwise
        (b"grade_letters", b"letters"),
        (b"A", b"\xff"),
    ],
)
def test_a_policy_that_was_edited_by_hand_is_refused(tmp_path: Path, old: bytes, new: bytes) -> None:
    version = registry.keep(POLICY, tmp_path)
    registry.activate(tmp_path, version)
    file = tmp_path / f"{version}.json"
    file.write_bytes(file.read_bytes().replace(old, new, 1))
    for ask in (lambda: registry.load(tmp_path, version), lambda: registry.active(tmp_path)):
        with pytest.raises(ContractError, match=rf"Policy {version}: .* must be as it was written.*restore"):
            ask()
    with pytest.raises(ContractError):
        registry.activate(tmp_path, version)


def test_a_policy_renamed_to_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / f"{registry.keep(POLICY, tmp_path)}.json").rename(tmp_path / f"{OTHER.version}.json")
    with pytest.raises(ContractError):
        registry.load(tmp_path, OTHER.version)


def test_a_version_that_was_never_kept_is_unknown_and_cannot_be_put_in_force(tmp_path: Path) -> None:
    for ask in (registry.load, registry.activate):
        with pytest.raises(UnknownRecord, match=f"Policy {OTHER.version}: must be among those kept"):
            ask(tmp_path, OTHER.version)
    assert registry.active(tmp_path) is None


@pytest.mark.parametrize("name", [b"", b"../policy-12345678", b"policy-1234567", b"\xff\xfe"])
def test_an_active_file_that_names_no_policy_is_refused(tmp_path: Path, name: bytes) -> None:
    (tmp_path / registry.ACTIVE).write_bytes(name)
    with pytest.raises(UnknownRecord, match="must name a policy"):
        registry.active(tmp_path)
