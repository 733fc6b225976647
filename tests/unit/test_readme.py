"""The README is true: what it names exists, and what exists is named."""

import re
from pathlib import Path

import pytest

from core.__main__ import COMMANDS


@pytest.fixture(scope="module")
def readme(project_root: Path) -> str:
    return (project_root / "README.md").read_text()


def test_every_command_stands_in_the_readme_with_the_words_of_its_help(readme: str) -> None:
    for command, work in COMMANDS.items():
        assert re.search(rf"`python -m core {command}[^`]*` \| {re.escape(work)}", readme), command


def test_every_make_target_stands_in_the_readme(readme: str, project_root: Path) -> None:
    targets = re.findall(r"^([a-z-]+):.*##", (project_root / "Makefile").read_text(), re.MULTILINE)
    assert set(targets) - {"help"} <= set(re.findall(r"`make ([a-z-]+)`", readme))


def test_every_make_target_of_the_readme_exists(readme: str, project_root: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (project_root / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", readme)) <= targets


def test_every_setting_stands_in_the_readme_and_nothing_else(readme: str, project_root: Path) -> None:
    read = set(re.findall(r"\"(SOLVENT_[A-Z_]+)\"", (project_root / "core" / "settings.py").read_text()))
    assert set(re.findall(r"SOLVENT_[A-Z_]+", readme)) == read


def test_every_folder_and_picture_of_the_readme_exists(readme: str, project_root: Path) -> None:
    named = re.findall(r"!\[[^]]*\]\(([^)]+)\)", readme) + re.findall(r"^\| `([a-z_./]+)`", readme, re.MULTILINE)
    assert len(named) > 8
    assert [name for name in named if not (project_root / name).exists()] == []


def test_the_readmes_figures_of_the_policy_are_the_contracts(readme: str, project_root: Path) -> None:
    from core.portfolio import contract_file

    policy = contract_file.read(project_root / "data" / "home_credit" / "contract.toml").policy
    assert f"cheapest cut is 1/(1+10) = {policy.approve_below:.1%}".replace("%", " %") in readme
    assert f"from {policy.decline_from:.0%} on".replace("%", " %") in readme
    assert (policy.cost_default_approved, policy.cost_good_refused) == (10, 1)
