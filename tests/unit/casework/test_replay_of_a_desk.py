"""Real trees, real SQL, a real ledger: what a desk scored comes out again to the last bit."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core import settings as settings_module
from core.accounts.roles import Role
from core.casework.decision_question import Choice
from core.casework.happenings import history_record
from core.casework.opening import open_ledger
from core.casework.pinned import model_shelf
from core.casework.replay import open_replayer
from core.casework.replay_report import Part, Verdict
from core.casework.row_source import open_row_source
from core.casework.stored_record import stored_record, stored_records
from core.desk import Desk, open_desk
from core.ledger.ledger import Ledger
from core.portfolio import contract_file
from core.portfolio.application import Application
from core.scoring.score import Score
from core.scoring.waterfall import Grouping, Unit, waterfall
from core.settings import Settings

CLIENTS = 4


class Officer:
    user_name = "ana"
    role = Role.OFFICER


@pytest.fixture(scope="module")
def desk_settings(small_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("replayed")
    shutil.copytree(small_desk, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("raw"))
    return settings_module.read({}, data_dir=folder)


@pytest.fixture(scope="module")
def ledger(desk_settings: Settings) -> Iterator[Ledger]:
    with closing(open_ledger(desk_settings)) as opened:
        yield opened


@pytest.fixture(scope="module")
def scores(desk_settings: Settings, ledger: Ledger) -> list[Score]:
    """Of stored clients, each with a decision, and of two applications typed in, one with a history."""
    with closing(open_desk(desk_settings, ledger=ledger)) as desk:
        keys = desk.tables.keys(CLIENTS)
        made = [_stored(desk, key) for key in keys]
        return [*made, _typed(desk, desk.application(keys[0]), None), _typed(desk, desk.application(keys[1]), keys[2])]


def _stored(desk: Desk, key: str) -> Score:
    score = desk.score(key)
    assert desk.casework is not None
    event = desk.casework.record_score(desk.cases.stored(score, desk.application(key)), Officer())
    choice = Choice(event.sequence, "refer", idempotency_key=f"form-of-client-{key:0>8}")
    desk.casework.decide(choice, Officer(), desk.in_force)
    return score


def _typed(desk: Desk, application: Application, history_of: str | None) -> Score:
    score = desk.score_application(application, history_of)
    assert desk.casework is not None
    desk.casework.record_score(desk.cases.typed(score, application, history_of), Officer())
    return score


def test_everything_comes_out_again_also_from_the_raw_applications(
    desk_settings: Settings, ledger: Ledger, scores: list[Score]
) -> None:
    contract = contract_file.read(desk_settings.contract_file)
    with open_row_source(desk_settings, contract) as source:
        report = open_replayer(desk_settings, source).replay_all(stored_records(ledger))
    assert (report.same, report.from_raw, report.sound) == (2 * CLIENTS + 2, 2 * CLIENTS + 2, True)


def test_the_record_draws_every_waterfall_as_the_score_did(
    desk_settings: Settings, ledger: Ledger, scores: list[Score]
) -> None:
    contract = contract_file.read(desk_settings.contract_file)
    models = model_shelf(desk_settings.models_dir)
    first = next(record.sequence for record in stored_records(ledger))
    record = history_record(ledger, first, contract, lambda version: models(version).model).record
    assert record.score == scores[0]
    with closing(open_desk(desk_settings)) as desk:
        scale = desk.policy.scale
    for unit in Unit:
        for grouping in Grouping:
            assert waterfall(record.score, unit, grouping, 15, scale) == waterfall(scores[0], unit, grouping, 15, scale)


def test_without_the_models_folder_nothing_can_be_repeated_and_the_record_is_still_read(
    desk_settings: Settings, ledger: Ledger, scores: list[Score]
) -> None:
    folder = desk_settings.models_dir / scores[0].model_version
    away = folder.with_name("away")
    folder.rename(away)
    try:
        report = open_replayer(desk_settings).replay_all(stored_records(ledger))
    finally:
        away.rename(folder)
    assert (report.same, report.impossible, report.sound) == (0, 2 * CLIENTS + 2, False)
    assert "restore it from a backup" in next(iter(report.impossible_reasons))


def test_a_model_that_was_changed_on_the_disk_is_refused_not_trusted(
    desk_settings: Settings, ledger: Ledger, scores: list[Score]
) -> None:
    file = desk_settings.models_dir / scores[0].model_version / "model.txt"
    content = file.read_bytes()
    file.write_bytes(content.replace(b"leaf_value=", b"leaf_value=1", 1))
    try:
        report = open_replayer(desk_settings).replay_all(stored_records(ledger))
    finally:
        file.write_bytes(content)
    assert report.impossible == 2 * CLIENTS + 2
    assert "must have the SHA-256" in next(iter(report.impossible_reasons))


def test_a_column_that_the_sql_makes_otherwise_now_is_seen(
    desk_settings: Settings, ledger: Ledger, scores: list[Score]
) -> None:
    contract = contract_file.read(desk_settings.contract_file)
    typed = max(record.sequence for record in stored_records(ledger))
    record = stored_record(ledger, typed)
    assert record.sealed is not None
    application = dict(record.sealed["application"])  # type: ignore[arg-type]
    amount = contract.policy.exposure_column
    forged = {**record.sealed, "application": {**application, amount: float(application[amount]) + 4096.0}}
    with open_row_source(desk_settings, contract) as source:
        replay = open_replayer(desk_settings, source).replay_one(
            type(record)(record.sequence, record.kind, record.public, forged)
        )
    assert replay.verdict is Verdict.DIFFERS
    assert {difference.part for difference in replay.differences} == {Part.INPUTS, Part.FEATURES}
