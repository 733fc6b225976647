"""A desk with a ledger: what is in force stands on the chain, its policy is kept, and scores can become decisions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import settings as settings_module
from core.accounts.roles import Role
from core.casework.decision_question import Choice
from core.casework.kinds import DECIDED, MODEL_ACTIVATED, POLICY_ACTIVATED, SCORED
from core.desk import open_desk
from core.errors import ContractError
from core.ledger.ledger import Ledger
from core.policy import registry
from core.settings import Settings
from tests.desks import fresh_copy


class Officer:
    user_name = "ana"
    role = Role.OFFICER


@pytest.fixture
def copied(small_desk: Path, tmp_path: Path) -> Settings:
    return settings_module.read({}, data_dir=fresh_copy(small_desk, tmp_path / "desk", "raw"))


@pytest.fixture
def ledger(copied: Settings) -> Iterator[Ledger]:
    with closing(Ledger.open(copied.ledger_dir, copied.master_key_file)) as opened:
        yield opened


def test_a_desk_that_opens_says_once_which_model_and_policy_are_in_force_and_keeps_the_policy(
    copied: Settings, ledger: Ledger
) -> None:
    for _ in range(2):
        desk = open_desk(copied, ledger=ledger)
        desk.close()
    model, policy = ledger.events()
    assert (model.kind, model.subject) == (MODEL_ACTIVATED, desk.model.version)
    assert (policy.kind, policy.subject) == (POLICY_ACTIVATED, desk.policy.version)
    assert model.actor.name == policy.actor.name == "console"
    assert registry.load(copied.policies_dir, desk.policy.version) == desk.policy
    assert registry.active(copied.policies_dir) is None  # the contract's holds, nobody put another one in force


def test_the_policy_put_in_force_is_the_one_that_recommends_and_an_open_desk_notices(
    copied: Settings, ledger: Ledger
) -> None:
    desk = open_desk(copied, ledger=ledger)
    other = replace(desk.policy, approve_below=0.05, decline_from=0.5)
    registry.activate(copied.policies_dir, registry.keep(other, copied.policies_dir))
    assert desk.changed_on_disk()
    desk.close()
    again = open_desk(copied, ledger=ledger)
    again.close()
    assert again.policy == other
    assert [event.subject for event in ledger.events(kinds=[POLICY_ACTIVATED])] == [desk.policy.version, other.version]
    assert len(ledger.events(kinds=[MODEL_ACTIVATED])) == 1


def test_a_policy_edited_by_hand_keeps_the_desk_closed(copied: Settings) -> None:
    with closing(open_desk(copied)) as desk:
        version = registry.keep(desk.policy, copied.policies_dir)
    registry.activate(copied.policies_dir, version)
    file = copied.policies_dir / f"{version}.json"
    file.write_text(file.read_text().replace("0.15", "0.51"))
    with pytest.raises(ContractError, match="not edited by hand"):
        open_desk(copied)


def test_a_score_of_the_desk_becomes_a_case_that_is_recorded_and_decided(copied: Settings, ledger: Ledger) -> None:
    with closing(open_desk(copied, ledger=ledger)) as desk:
        key = desk.tables.keys(1)[0]
        score, application = desk.score(key), desk.application(key)
        case = desk.cases.stored(score, application)
        assert (case.lookup, case.history_of) == (f"stored:{key}", key)
        assert case.amount == application.fields[desk.policy.exposure_column]
        assert np.array_equal(case.row, desk.model_rows([key])[0], equal_nan=True)
        assert case.sql_fingerprint == desk.features.sql_fingerprint
        typed = desk.cases.typed(desk.score_application(application, None), application, None)
        assert typed.lookup.startswith("typed:")
        assert typed.history_of is None
        assert desk.casework is not None
        event = desk.casework.record_score(case, Officer())
        choice = Choice(event.sequence, score.recommendation.value, idempotency_key="a" * 16)
        desk.casework.decide(choice, Officer(), desk.in_force)
    assert [event.kind for event in ledger.events(after=2)] == [SCORED, DECIDED]


def test_a_desk_without_a_ledger_scores_and_records_nothing(copied: Settings) -> None:
    with closing(open_desk(copied)) as desk:
        assert desk.casework is None
        assert desk.score(desk.tables.keys(1)[0]).points
    assert not copied.policies_dir.exists()
    assert not copied.ledger_dir.exists()
