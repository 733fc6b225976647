"""Set-up on a whole desk: makes what is missing, resumes where it was killed, never touches an imported portfolio."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from core import settings
from core.__main__ import main
from core.casework.kinds import DECIDED, MODEL_ACTIVATED
from core.casework.opening import open_ledger
from core.commands import demo_past
from core.commands.demo_reset import forget_demo
from core.commands.setup_command import Demo, set_up
from core.desk import open_desk
from core.errors import ModelMissing, PortfolioMissing, SolventError
from core.model import registry
from core.portfolio import contract_file
from core.portfolio.importing import import_tables
from core.portfolio.synthetic.generator import MARKER
from core.progress import silent


@pytest.fixture
def desk_copy(small_desk: Path, tmp_path: Path) -> settings.Settings:
    return settings.read({}, data_dir=Path(shutil.copytree(small_desk, tmp_path / "desk")))


def _made(desk: settings.Settings) -> list[str]:
    return set_up(desk, Demo(applicants=1500, seed=7), datetime.now(UTC), silent)


def test_a_desk_that_is_whole_is_left_alone(desk_copy: settings.Settings) -> None:
    before = {f: f.stat().st_mtime_ns for f in desk_copy.data_dir.rglob("*")}
    assert _made(desk_copy) == []
    assert {f: f.stat().st_mtime_ns for f in desk_copy.data_dir.rglob("*")} == before


def test_the_first_set_up_makes_one_account_per_role_and_only_the_owner_can_read_the_passwords(
    desk_copy: settings.Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in (*desk_copy.data_dir.glob("accounts.sqlite*"), *desk_copy.data_dir.glob("first_accounts.txt")):
        file.unlink()
    assert main(["--data", str(desk_copy.data_dir), "setup", "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"made": ["first accounts"]}
    file = desk_copy.first_accounts_file
    assert str(file) in printed.err
    assert file.stat().st_mode & 0o777 == 0o600
    passwords = [line.split()[-1] for line in file.read_text().splitlines()[2:]]
    assert len(set(passwords)) == 5
    assert not any(password in printed.err for password in passwords)  # no terminal: a log keeps no secrets
    assert main(["--data", str(desk_copy.data_dir), "setup", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"made": []}


def test_on_a_terminal_the_first_passwords_are_shown_once(
    desk_copy: settings.Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in desk_copy.data_dir.glob("accounts.sqlite*"):
        file.unlink()
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert main(["--data", str(desk_copy.data_dir), "setup"]) == 0
    shown = capsys.readouterr().err
    lines = desk_copy.first_accounts_file.read_text().splitlines()[2:]
    assert all(line in shown for line in lines)
    assert main(["--data", str(desk_copy.data_dir), "setup"]) == 0
    assert not any(line in capsys.readouterr().err for line in lines)


@pytest.mark.parametrize("replaced", [False, True])
def test_a_record_whose_master_key_is_not_there_is_not_in_place(
    desk_copy: settings.Settings, capsys: pytest.CaptureFixture[str], replaced: bool
) -> None:
    open_ledger(desk_copy).close()
    desk_copy.master_key_file.unlink()
    if replaced:
        desk_copy.master_key_file.write_text("ab" * 32)
    assert main(["--data", str(desk_copy.data_dir), "setup"]) == 0
    said = capsys.readouterr()
    assert "Everything is in place." not in said.out
    assert "Master key master.key: " in said.err
    assert desk_copy.master_key_file.exists() is replaced


def test_a_damaged_model_is_made_anew(desk_copy: settings.Settings) -> None:
    model = registry.active(desk_copy.models_dir) / "model.txt"
    model.write_text(model.read_text().replace("leaf_value=", "leaf_value=9", 1))
    assert _made(desk_copy) == ["model"]
    open_desk(desk_copy).close()


def test_lost_features_are_built_again_and_the_model_still_fits(desk_copy: settings.Settings) -> None:
    desk_copy.features_file.unlink()
    assert _made(desk_copy) == ["features"]
    open_desk(desk_copy).close()


def test_a_second_set_up_of_one_desk_waits_for_the_first(
    desk_copy: settings.Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    import fcntl

    with (desk_copy.data_dir / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert main(["--data", str(desk_copy.data_dir), "setup"]) == 2
    assert "another one is at work" in capsys.readouterr().err


def test_reset_refuses_to_forget_an_imported_portfolio(
    desk_copy: settings.Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "own_tables"
    desk_copy.raw_dir.rename(elsewhere)
    assert main(["--data", str(desk_copy.data_dir), "import", "--from", str(elsewhere), "--replace"]) == 0
    assert main(["--data", str(desk_copy.data_dir), "setup", "--reset"]) == 2
    assert "forgets the demo portfolio only" in capsys.readouterr().err
    assert desk_copy.tables_file.is_file()


@pytest.fixture
def demo(desk_copy: settings.Settings, monkeypatch: pytest.MonkeyPatch) -> settings.Settings:
    """The copy as a demo of its own: its portfolio names its own raw tables; these tests are not about its past."""
    monkeypatch.setattr(demo_past, "add_past", lambda *given: False)
    contract = contract_file.read(desk_copy.contract_file)
    import_tables(desk_copy.raw_dir, contract, desk_copy, replace=True, progress=silent)
    return desk_copy


def _damage(demo: settings.Settings) -> None:
    demo.tables_file.write_bytes(b"not a database")


def _make_unfit(demo: settings.Settings) -> None:
    with duckdb.connect(str(demo.tables_file)) as tables:
        tables.execute("alter table raw_bureau add column another integer")


@pytest.mark.parametrize("spoil", [_damage, _make_unfit])
def test_a_portfolio_that_cannot_be_used_is_made_again_from_the_demos_raw_tables(
    demo: settings.Settings, spoil: Callable[[settings.Settings], None]
) -> None:
    spoil(demo)
    assert _made(demo) == ["portfolio"]
    open_desk(demo).close()


@pytest.mark.parametrize("command", ["setup", "setup --reset"])
@pytest.mark.parametrize("spoil", [_damage, _make_unfit])
def test_a_portfolio_that_cannot_be_used_is_kept_where_the_raw_tables_are_not_its_own(
    demo: settings.Settings,
    spoil: Callable[[settings.Settings], None],
    command: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    elsewhere = Path(shutil.copytree(demo.raw_dir, tmp_path / "own_tables"))
    assert main(["--data", str(demo.data_dir), "import", "--from", str(elsewhere), "--replace"]) == 0
    (demo.raw_dir / MARKER).unlink()
    spoil(demo)
    before = demo.tables_file.read_bytes()
    assert main(["--data", str(demo.data_dir), *command.split()]) in (2, 3)
    assert "--replace" in capsys.readouterr().err
    assert demo.tables_file.read_bytes() == before
    assert (demo.raw_dir / "bureau.parquet").is_file()


def test_an_unfit_portfolio_of_other_tables_is_not_replaced_by_the_demo_beside_it(
    demo: settings.Settings, tmp_path: Path
) -> None:
    elsewhere = Path(shutil.copytree(demo.raw_dir, tmp_path / "own_tables"))
    assert main(["--data", str(demo.data_dir), "import", "--from", str(elsewhere), "--replace"]) == 0
    _make_unfit(demo)
    with pytest.raises(PortfolioMissing, match=r"own_tables.*import them again"):
        _made(demo)


def test_reset_deletes_the_demo_and_no_raw_tables_that_it_did_not_make(demo: settings.Settings) -> None:
    _damage(demo)
    forget_demo(demo)
    assert not demo.tables_file.exists()
    assert not demo.raw_dir.exists()
    demo.raw_dir.mkdir()
    (demo.raw_dir / "application_train.csv").write_text("my own")
    forget_demo(demo)  # nothing imported yet
    assert (demo.raw_dir / "application_train.csv").read_text() == "my own"


def test_importing_over_a_portfolio_retires_its_model(desk_copy: settings.Settings) -> None:
    words = ["--data", str(desk_copy.data_dir), "import", "--from", str(desk_copy.raw_dir)]
    assert main(words) == 2  # without --replace nothing changes
    open_desk(desk_copy).close()
    assert main([*words, "--replace"]) == 0
    with pytest.raises(ModelMissing):
        registry.active(desk_copy.models_dir)


def test_applicants_are_listed_one_per_line_and_as_json(small_desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(small_desk), "applicants", "--limit", "3"]) == 0
    assert main(["--data", str(small_desk), "applicants", "--limit", "3", "--json"]) == 0
    assert capsys.readouterr().out == "100001\n100002\n100003\n[100001, 100002, 100003]\n"


@pytest.mark.slow
def test_a_set_up_killed_at_any_step_resumes_and_leaves_nothing_half_made(tmp_path: Path, project_root: Path) -> None:
    command = [sys.executable, "-m", "core", "--data", str(tmp_path), "setup", "--applicants", "1200"]
    own = settings.read({}, data_dir=tmp_path)
    for step in ("drawing the synthetic", "computing the fingerprint", "features: bureau recent", "] growing trees"):
        _kill_at(step, command, project_root)
        with pytest.raises(SolventError):
            open_desk(own)
    for step in ("an earlier model: growing trees", "making a believable past"):
        _kill_at(step, command, project_root)
        open_desk(own).close()
        assert not own.ledger_dir.exists()
    assert subprocess.run(command, cwd=project_root, capture_output=True, check=False).returncode == 0
    open_desk(own).close()
    with closing(open_ledger(own)) as ledger:
        assert ledger.verify().sound
        assert ledger.events(kinds=[DECIDED])
        assert ledger.latest(MODEL_ACTIVATED, registry.active(own.models_dir).name)
    leftovers = [f.name for f in tmp_path.rglob("*") if ".part" in f.name or f.name.endswith(".wal")]
    assert leftovers == []


def _kill_at(step: str, command: list[str], folder: Path) -> None:
    """kill -9 as soon as the step is announced."""
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        seen = ""
        for line in process.stderr:
            seen += line
            if step in line:
                process.send_signal(signal.SIGKILL)
                break
        process.stderr.close()
    assert process.returncode == -signal.SIGKILL, seen
