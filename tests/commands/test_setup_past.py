"""Set-up gives the demo a past: two models, two policies, decisions; made whole or not at all, and forgotten whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import settings as settings_module
from core.__main__ import main
from core.accounts.roles import Role
from core.casework.decision_question import Choice
from core.casework.kinds import DECIDED, MODEL_ACTIVATED, POLICY_ACTIVATED
from core.casework.opening import open_ledger
from core.commands import demo_past
from core.commands.catalogue import PROGRAM
from core.commands.console import typed_from_here
from core.commands.demo_reset import forget_demo
from core.commands.setup_command import Demo, set_up
from core.desk import open_desk
from core.errors import LedgerLocked, MasterKeyRefused, SettingsError
from core.ledger.ledger import Ledger
from core.model import registry as models
from core.policy import registry as policies
from core.portfolio import contract_file
from core.portfolio.importing import import_tables
from core.progress import silent
from core.settings import Settings
from tests.ledgers import a_draft

NOW = datetime(2025, 6, 12, 18, tzinfo=UTC)  # a Thursday that is over on every machine: real events may follow
DEMO = Demo(applicants=1500, seed=7)


def _is_demos_own(desk: Settings) -> Settings:
    """The same with a portfolio that names the raw tables beside it: a copy's names those of the original."""
    contract = contract_file.read(desk.contract_file)
    version = models.active(desk.models_dir).name
    import_tables(desk.raw_dir, contract, desk, replace=True, progress=silent)
    models.activate(desk.models_dir, version)
    return desk


@pytest.fixture(scope="module")
def whole(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A demo desk with its past; read only, copy it to change it."""
    folder = tmp_path_factory.mktemp("demo") / "desk"
    desk = _is_demos_own(settings_module.read({}, data_dir=Path(shutil.copytree(small_desk, folder))))
    assert set_up(desk, DEMO, NOW, silent) == ["past"]
    return desk


@pytest.fixture
def copied(whole: Settings, tmp_path: Path) -> Settings:
    return settings_module.read({}, data_dir=Path(shutil.copytree(whole.data_dir, tmp_path / "desk")))


@pytest.fixture(scope="module")
def ledger(whole: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    folder = tmp_path_factory.mktemp("read") / "desk"
    copy = settings_module.read({}, data_dir=Path(shutil.copytree(whole.data_dir, folder)))
    with closing(open_ledger(copy)) as opened:
        yield opened


def _made_anew(desk: Settings) -> Settings:
    """The demo as set-up finds it on an older desk: everything but a past."""
    shutil.rmtree(desk.ledger_dir)
    desk.master_key_file.unlink()
    shutil.rmtree(desk.policies_dir)
    return desk


def test_a_demo_with_its_past_is_left_alone(copied: Settings) -> None:
    before = {f: f.stat().st_mtime_ns for f in copied.ledger_dir.rglob("*")}
    assert set_up(copied, DEMO, NOW, silent) == []
    assert {f: f.stat().st_mtime_ns for f in copied.ledger_dir.rglob("*")} == before


def test_the_past_is_sound_and_ends_with_what_is_in_force(whole: Settings, ledger: Ledger) -> None:
    present = models.active(whole.models_dir).name
    policy = policies.active(whole.policies_dir)
    assert policy is not None
    assert ledger.verify().sound
    for kind, last in ((MODEL_ACTIVATED, present), (POLICY_ACTIVATED, policy.version)):
        subjects = [event.subject for event in ledger.events(kinds=[kind])]
        assert len(subjects) == len(set(subjects)) == 2
        assert subjects[-1] == last
    assert (policy.approve_below, policy.decline_from) == (pytest.approx(1 / 11), 0.15)
    first_subject = ledger.events(kinds=[POLICY_ACTIVATED])[0].subject
    first = policies.load(whole.policies_dir, first_subject)
    assert (first.approve_below, first.decline_from) == (0.08, 0.20)
    assert first_subject != policy.version


def test_both_models_are_there_the_earlier_one_smaller_and_trained_before_it_came_into_force(
    whole: Settings, ledger: Ledger
) -> None:
    from core.model.artefact import load

    first, present = (load(whole.models_dir / e.subject).card for e in ledger.events(kinds=[MODEL_ACTIVATED]))
    assert first.rows.all == 900
    assert present.rows.all == 1500
    assert first.trained_at.date() == (NOW - timedelta(days=90)).date()
    assert "60% of the applicants" in first.source.training_window
    assert 0.5 < first.metrics.auc.value < 1


def test_an_app_that_opens_the_desk_afterwards_finds_nothing_new_to_say(copied: Settings) -> None:
    with closing(open_ledger(copied)) as ledger:
        before = ledger.head.count
        open_desk(copied, ledger=ledger).close()
        assert ledger.head.count == before
        assert ledger.notices == ()


def test_a_recorded_score_of_the_past_is_the_score_of_today(whole: Settings, ledger: Ledger) -> None:
    with closing(open_desk(whole)) as desk:
        last = next(e for e in reversed(ledger.events(kinds=[DECIDED], limit=10_000)))
        key = ledger.keys.applicant_key(last.applicant)
        assert key is not None
        assert last.public["model_version"] == desk.model.version
        assert desk.score(key).margin == last.public["margin"]


def test_a_past_that_was_cut_short_leaves_nothing_and_is_made_again(
    copied: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _is_demos_own(_made_anew(copied))
    version = models.active(copied.models_dir).name

    def killed(made: Path, ledger_dir: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(demo_past, "_put_in_place", killed)
        with pytest.raises(KeyboardInterrupt):
            set_up(copied, DEMO, NOW, silent)
    assert not copied.ledger_dir.exists()
    assert models.active(copied.models_dir).name == version
    with closing(open_ledger(copied)):
        pass  # the app was started in between: a ledger without any event makes room
    assert set_up(copied, DEMO, NOW, silent) == ["past"]
    assert [folder.name for folder in copied.data_dir.iterdir() if "ledger" in folder.name] == ["ledger"]


def test_what_was_recorded_while_the_past_was_made_stays(copied: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _is_demos_own(_made_anew(copied))
    made = demo_past.make_past

    def made_beside_an_app(*parts: Any) -> None:
        made(*parts)
        with closing(open_ledger(copied)) as opened:
            open_desk(copied, ledger=opened).close()  # says what is in force, and ends before the past is there

    monkeypatch.setattr(demo_past, "make_past", made_beside_an_app)
    assert set_up(copied, DEMO, NOW, silent) == []
    with closing(open_ledger(copied)) as opened:
        assert [event.kind for event in opened.events()] == [MODEL_ACTIVATED, POLICY_ACTIVATED]
    assert [folder.name for folder in copied.data_dir.iterdir() if "ledger" in folder.name] == ["ledger"]


def _recorded_something(desk: Settings) -> None:
    with closing(open_ledger(desk)) as opened:
        opened.append([a_draft()])


def test_what_was_recorded_while_models_were_trained_costs_the_past_and_set_up_says_so(
    copied: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _is_demos_own(_made_anew(copied))
    real = demo_past._earlier_model

    def recorded_meanwhile(*parts: Any) -> Any:
        made = real(*parts)
        _recorded_something(copied)
        return made

    monkeypatch.setattr(demo_past, "_earlier_model", recorded_meanwhile)
    assert main(["--data", str(copied.data_dir), "setup"]) == 0
    told = capsys.readouterr()
    assert "an earlier model" in told.err
    assert "making a believable past" not in told.err
    assert f"Past: this demo has none and gets none, because the record in {copied.ledger_dir} holds" in told.err
    assert f"make it anew: {typed_from_here(PROGRAM, copied.data_dir)} setup --reset." in told.err
    assert "Everything is in place." not in told.out


def test_a_demo_without_a_past_is_said_to_have_none_each_time(
    copied: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _is_demos_own(_made_anew(copied))
    _recorded_something(copied)
    assert main(["--data", str(copied.data_dir), "setup"]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == "Everything but the past is in place."
    assert "making" not in told.err
    assert main(["--data", str(copied.data_dir), "setup", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["made"] == []
    assert said["past"].startswith("Past: this demo has none and gets none")


def test_a_demo_with_its_past_has_nothing_to_say_about_it(copied: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--data", str(_is_demos_own(copied).data_dir), "setup"])
    assert main(["--data", str(copied.data_dir), "setup", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out.splitlines()[-1]) == {"made": []}
    assert "Past: " not in told.err


def test_an_imported_portfolio_gets_no_past(small_desk: Path, tmp_path: Path) -> None:
    desk = settings_module.read({}, data_dir=Path(shutil.copytree(small_desk, tmp_path / "desk")))
    assert set_up(desk, DEMO, NOW, silent) == []  # its tables name another folder than the raw tables beside them
    assert not desk.ledger_dir.exists()


def test_reset_forgets_record_keys_and_policies_of_a_demo(copied: Settings) -> None:
    forget_demo(_is_demos_own(copied))
    for path in (copied.ledger_dir, copied.master_key_file, copied.policies_dir, copied.raw_dir, copied.tables_file):
        assert not path.exists()
    assert not list(copied.data_dir.glob("ledger.*"))


class _Ana:
    user_name = "ana"
    role = Role.OFFICER


def _decide_really(desk: Settings) -> None:
    with closing(open_ledger(desk)) as ledger, closing(open_desk(desk, ledger=ledger)) as opened:
        key = opened.tables.keys(labelled=False)[0]
        score = opened.score(key)
        assert opened.casework is not None
        event = opened.casework.record_score(opened.cases.stored(score, opened.application(key)), _Ana())
        opened.casework.decide(
            Choice(event.sequence, score.recommendation.value, idempotency_key="a" * 20), _Ana(), opened.in_force
        )


def test_reset_refuses_to_forget_what_people_decided(copied: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    _is_demos_own(copied)
    _decide_really(copied)
    assert main(["--data", str(copied.data_dir), "setup", "--reset"]) == SettingsError.exit_code
    told = capsys.readouterr().err
    assert "must hold invented decisions and outcomes only, got 1 made by people" in told
    assert "--data DIR" in told
    assert copied.ledger_dir.is_dir()
    assert copied.tables_file.is_file()


def test_reset_refuses_while_the_desk_is_open_or_its_record_cannot_be_read(copied: Settings) -> None:
    _is_demos_own(copied)
    with closing(open_ledger(copied)), pytest.raises(LedgerLocked):
        forget_demo(copied)
    copied.master_key_file.unlink()
    with pytest.raises(MasterKeyRefused):
        forget_demo(copied)
    assert copied.tables_file.is_file()


def test_a_size_that_comes_too_late_is_said_to_be_of_no_use(
    copied: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(copied.data_dir), "setup", "--applicants", "50", "--json"]) == 0
    printed = capsys.readouterr()
    assert "raw tables" not in json.loads(printed.out)["made"]
    assert "--applicants: not used, the portfolio is there already" in printed.err
