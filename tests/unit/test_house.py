"""The house keeps its order: what may import what, what may lie where."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from core import errors

# each heavy library is imported by the rooms that wrap it and nowhere else
WRAPPED_BY = {
    "bcrypt": {"core/accounts/passwords.py"},
    "lightgbm": {"core/model/booster.py"},
    "sklearn": {"core/model/yardstick.py", "core/model/split.py"},
}


def _imports(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {name.split(".")[0] for name in names}


def _sources(project_root: Path) -> list[Path]:
    return [file for folder in ("core", "pages") for file in (project_root / folder).rglob("*.py")]


def test_importing_the_core_loads_no_screen(project_root: Path) -> None:
    code = "import sys, core.desk, core.__main__; sys.exit(not {'streamlit', 'plotly'}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=project_root, check=False).returncode == 0


def test_only_settings_reads_the_environment(project_root: Path) -> None:
    readers = {
        file.relative_to(project_root).as_posix()
        for file in (project_root / "core").rglob("*.py")
        if any(word in file.read_text() for word in ("os.environ", "os.getenv", "getenv("))
    }
    assert readers == {"core/settings.py"}


@pytest.mark.parametrize("library", WRAPPED_BY)
def test_a_heavy_library_is_imported_by_the_module_that_wraps_it(library: str, project_root: Path) -> None:
    users = {f.relative_to(project_root).as_posix() for f in _sources(project_root) if library in _imports(f)}
    assert users <= WRAPPED_BY[library]


def test_nothing_unpickles(project_root: Path) -> None:
    users = [file for file in _sources(project_root) if _imports(file) & {"pickle", "cloudpickle", "dill", "shelve"}]
    assert users == []


def test_no_script_lies_directly_in_pages(project_root: Path) -> None:
    assert list((project_root / "pages").glob("*.py")) == []
    assert not (project_root / "pages" / "_ui" / "pages").exists()


def test_every_refusal_stands_in_the_drawn_tree() -> None:
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.SolventError)]
    assert all(c.__name__ in (errors.__doc__ or "") for c in classes)


@pytest.mark.parametrize("error", [c for c in vars(errors).values() if isinstance(c, type)])
def test_every_refusal_ends_a_command_with_a_code_that_cron_sees(error: type[errors.SolventError]) -> None:
    assert error.exit_code in (2, 3, 4)
