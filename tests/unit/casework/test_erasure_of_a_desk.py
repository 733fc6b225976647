"""A client who was scored and decided on leaves a whole desk: history, replay and scores say so, the sums stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import settings as core_settings
from core.accounts.people import Actor
from core.accounts.roles import Role
from core.casework.casework import Casework
from core.casework.decision_question import Choice
from core.casework.erasure import ErasureOrder, Erasures
from core.casework.history import history_page
from core.casework.history_question import HistoryQuestion, State, last_days
from core.casework.kinds import DECIDED
from core.casework.opening import open_ledger
from core.casework.stored_record import stored_record
from core.desk import Desk, open_desk
from core.errors import ErasedRecord, PortfolioMissing, UnknownApplicant
from core.ledger.event import Event
from core.ledger.ledger import Ledger
from core.portfolio.erasing import holdings
from core.progress import silent
from core.scoring.score import Score
from core.settings import Settings
from tests.desks import fresh_copy

ADA = Actor("ada", Role.ADMINISTRATOR)
ANA = Actor("ana", Role.OFFICER)
REASON = "Asked for by letter, Article 17"


@pytest.fixture
def settings(small_desk: Path, tmp_path: Path) -> Settings:
    return core_settings.read(data_dir=fresh_copy(small_desk, tmp_path / "desk"))


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    opened = open_ledger(settings)
    yield opened
    opened.close()


@pytest.fixture
def desk(settings: Settings, ledger: Ledger) -> Iterator[Desk]:
    opened = open_desk(settings, ledger=ledger)
    yield opened
    opened.close()


def a_choice(recorded: Event, score: Score) -> Choice:
    return Choice(recorded.sequence, score.recommendation.value, idempotency_key=f"form-{recorded.sequence:016}")


def decided(desk: Desk, key: str) -> Event:
    """A decision in line with the recommendation, as the Score page records it."""
    casework = desk.casework
    assert isinstance(casework, Casework)
    score = desk.score(key)
    recorded = casework.record_score(desk.cases.stored(score, desk.application(key)), ANA)
    return casework.decide(a_choice(recorded, score), ANA, desk.in_force)


def sums(ledger: Ledger) -> list[tuple[object, ...]]:
    with ledger.reading() as cursor:
        return cursor.execute("select count(*), sum(amount), sum(default_probability) from decisions").fetchall()


def test_history_and_replay_say_erased_and_the_sums_stay(settings: Settings, ledger: Ledger, desk: Desk) -> None:
    gone, stays = desk.tables.keys(2)
    events = {key: decided(desk, key) for key in (gone, stays)}
    before = sums(ledger)

    done = Erasures(ledger, settings, desk.contract).carry_out(ErasureOrder(gone, REASON, "k1"), ADA)

    assert (done.decisions, done.events, done.applications) == (1, 2, 1)
    assert sums(ledger) == before
    assert stored_record(ledger, events[gone].sequence).sealed is None
    assert stored_record(ledger, events[stays].sequence).sealed is not None
    with ledger.reading() as cursor:
        found = history_page(cursor, HistoryQuestion(last_days(datetime.now(UTC)))).rows
    states = {row.application: row.state for row in found}
    assert states[events[gone].application] is State.ERASED
    assert states[events[stays].application] is not State.ERASED
    assert ledger.verify(silent).sound


def test_no_file_names_the_client_any_more(settings: Settings, ledger: Ledger, desk: Desk) -> None:
    gone = desk.tables.keys(1)[0]
    decided(desk, gone)
    Erasures(ledger, settings, desk.contract).carry_out(ErasureOrder(gone, REASON, "k1"), ADA)

    assert holdings(settings, desk.contract, [gone]).rows == 0
    files = [path for path in settings.ledger_dir.rglob("*") if path.is_file()]
    assert len(files) >= 5
    assert [path.name for path in files if gone.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("spelled", ["{}", "0{}", " {} ", "000{}"])
def test_a_client_whose_history_counted_is_forgotten_however_the_number_was_typed(
    settings: Settings, ledger: Ledger, desk: Desk, spelled: str
) -> None:
    other, gone = desk.tables.keys(2)
    casework, history_of = desk.casework, spelled.format(gone)
    assert isinstance(casework, Casework)
    score = desk.score_application(desk.application(other), history_of.strip())
    recorded = casework.record_score(desk.cases.typed(score, desk.application(other), history_of), ANA)
    assert ledger.keys.applicant_key(recorded.applicant) == gone

    Erasures(ledger, settings, desk.contract).carry_out(ErasureOrder(gone, REASON, "k1"), ADA)

    with pytest.raises(ErasedRecord):
        ledger.unsealed(recorded)


def test_an_officer_who_has_the_page_open_can_neither_decide_nor_score_again(
    settings: Settings, ledger: Ledger, desk: Desk
) -> None:
    gone = desk.tables.keys(1)[0]
    casework = desk.casework
    assert isinstance(casework, Casework)
    score = desk.score(gone)
    a_case = desk.cases.stored(score, desk.application(gone))
    recorded = casework.record_score(a_case, ANA)

    Erasures(ledger, settings, desk.contract).carry_out(ErasureOrder(gone, REASON, "k1"), ADA)

    with pytest.raises(ErasedRecord):
        casework.decide(a_choice(recorded, score), ANA, desk.in_force)
    assert desk.changed_on_disk()
    with pytest.raises(PortfolioMissing, match="score the application again"):
        casework.record_score(a_case, ANA)
    assert ledger.keys.reference_of(gone) is None
    anew = open_desk(settings, ledger=ledger)
    try:
        with pytest.raises(UnknownApplicant):
            anew.score(gone)
    finally:
        anew.close()
    assert not ledger.events(kinds=[DECIDED])
