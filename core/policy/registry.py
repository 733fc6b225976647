"""Which policies there ever were and which one is in force: a file per policy, named by its content.

A policy that a decision was made under is never changed or removed: replay needs it.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict
from pathlib import Path

from core.durability import settle
from core.errors import ContractError, UnknownRecord
from core.policy.points import Scale
from core.policy.policy import Policy

ACTIVE = "active"
_VERSION = re.compile(r"policy-[0-9a-f]{8}")


def keep(policy: Policy, policies_dir: Path) -> str:
    """The version of the policy, whose file is there when this returns; a sound one is not written again."""
    version, content = policy.version, _content(policy)
    file = _file(policies_dir, version)
    if not file.is_file() or file.read_bytes() != content:
        _write(file, content)
    return version


def load(policies_dir: Path, version: str) -> Policy:
    """The policy of this version. UnknownRecord where there is none, ContractError where its file was changed."""
    _check_name(version, f"Policy {version[:40]!r}")
    file = _file(policies_dir, version)
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise UnknownRecord(
            f"Policy {version}: must be among those kept in {policies_dir}, got no such file; restore it from a backup."
        ) from None
    policy = _policy_of(content)
    if policy is None or policy.version != version or _content(policy) != content:
        raise ContractError(
            f"Policy {version}: {file} must be as it was written, got other content; "
            "a policy is not edited by hand: restore the file from a backup."
        )
    return policy


def versions(policies_dir: Path) -> tuple[str, ...]:
    """The versions that are kept, by name."""
    return tuple(sorted(file.stem for file in policies_dir.glob("policy-*.json") if _VERSION.fullmatch(file.stem)))


def active(policies_dir: Path) -> Policy | None:
    """The policy that was put in force here; None where none ever was: the contract's holds."""
    file = policies_dir / ACTIVE
    try:
        version = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        version = ""
    _check_name(version, str(file))
    return load(policies_dir, version)


def activate(policies_dir: Path, version: str) -> None:
    """From now on this version is in force; a reader sees the old one or the new one, never half of a name."""
    load(policies_dir, version)
    _write(policies_dir / ACTIVE, f"{version}\n".encode())


def _content(policy: Policy) -> bytes:
    return json.dumps(asdict(policy), sort_keys=True, indent=1, allow_nan=False).encode() + b"\n"


def _policy_of(content: bytes) -> Policy | None:
    """The policy that this content writes out; None where it writes out none."""
    try:
        fields = json.loads(content)
        return Policy(**{**fields, "scale": Scale(**fields["scale"]), "grade_cuts": tuple(fields["grade_cuts"])})
    except (ValueError, TypeError, KeyError, ContractError):
        return None


def _file(policies_dir: Path, version: str) -> Path:
    return policies_dir / f"{version}.json"


def _check_name(version: str, thing: str) -> None:
    if not _VERSION.fullmatch(version):
        raise UnknownRecord(
            f"{thing}: must name a policy such as policy-1a2b3c4d, got {version[:40]!r}; restore it from a backup."
        )


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, also through a power cut; only the owner can read it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    waiting.replace(file)
    settle(file.parent)
