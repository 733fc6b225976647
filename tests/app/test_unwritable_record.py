"""While the record can be read but not written: scoring and reading go on, and deciding is refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import settings
from core.casework.json_fields import text
from core.ledger import writer
from core.ledger.event import Event
from core.policy.recommendation import Recommendation
from core.scoring.key_figures import key_figures
from core.settings import Settings
from pages._ui import cache
from pages._ui.words import plain
from tests.app.conftest import all_text
from tests.decided import ANA, NOTE, clients_with, decided
from tests.desks import fresh_copy

ROOT = Path(__file__).resolve().parents[2]
REASON = "Ledger: its disk is full; make room."
TYPED = {"choice": "approve", "reason": "income_verified", "note": NOTE}


class Disk:
    """The disk of the record; what a ledger asks of it before each write says that it is full, when it is."""

    full = False

    def hindrance(self, folder: Path, to_write: int = 0) -> str:
        return REASON if self.full else ""


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    of_the_record = Disk()
    monkeypatch.setattr(writer, "hindrance", of_the_record.hindrance)
    yield of_the_record
    of_the_record.full = False


@pytest.fixture
def own(small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of the small desk with a record of its own."""
    monkeypatch.setenv("SOLVENT_DATA", str(fresh_copy(small_desk, tmp_path / "desk", "raw", "policies")))
    return settings.read()


def page(screen: str, **query: str) -> AppTest:
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120)
    test.query_params.update(query)
    test.run().switch_page(f"../casework/{screen}.py").run()
    assert not test.exception
    return test


def events(*kinds: str) -> tuple[Event, ...]:
    return cache.ledger().events(kinds=kinds)


def fields(test: AppTest) -> dict[str, object]:
    """What stands in the decision's form, by its part."""
    drawn = [*test.segmented_control, *test.selectbox, *test.text_area]
    return {str(one.key).split("_")[2]: one.value for one in drawn if str(one.key).startswith("decide_")}


def fill_in(test: AppTest) -> None:
    drawn = [*test.segmented_control, *test.selectbox, *test.text_area]
    for one in drawn:
        if str(one.key).startswith("decide_"):
            one.set_value(TYPED[str(one.key).split("_")[2]])


def record_decision(test: AppTest) -> None:
    next(button for button in test.button if button.label == "Record decision").click().run()
    assert not test.exception


def test_a_client_is_scored_and_the_card_says_why_nothing_can_be_decided(own: Settings, disk: Disk) -> None:
    desk = cache.desk()
    (client,) = clients_with(desk, Recommendation.APPROVE, 1)
    disk.full = True
    test = page("score", client=client)
    score = desk.score(client)
    figures = key_figures(score, desk.policy, desk.peers(score.default_probability), desk.contract)
    shown = {metric.label: metric.value for metric in test.metric}
    assert {figure.label: plain(figure.shown) for figure in figures}.items() <= shown.items()
    assert {"Decide", "Why"} <= {str(heading.value) for heading in test.subheader}
    assert "Nothing can be decided now" in all_text(test)
    assert plain(REASON) in [str(caption.value) for caption in test.caption]
    assert [button.label for button in test.button if "ecord" in button.label or "Agree" in button.label] == []
    assert events("scored", "decided") == ()


def test_a_press_is_refused_with_the_reason_and_what_was_typed_is_recorded_once_there_is_room(
    own: Settings, disk: Disk
) -> None:
    (client,) = clients_with(cache.desk(), Recommendation.DECLINE, 1)
    test = page("score", client=client)
    disk.full = True
    fill_in(test)
    record_decision(test)
    assert [error.value for error in test.error] == [plain(REASON)]
    assert fields(test) == TYPED
    assert test.metric
    assert events("decided") == ()
    disk.full = False
    record_decision(test)
    assert not test.error
    (event,) = events("decided")
    assert (text(event.public, "decision"), text(event.public, "override_code")) == ("approve", "income_verified")
    assert text(cache.ledger().unsealed(event), "note") == NOTE


def test_the_history_and_a_record_are_read_as_ever(own: Settings, disk: Disk) -> None:
    (client,) = clients_with(cache.desk(), Recommendation.DECLINE, 1)
    event = decided(cache.desk(), client, "approve", ANA, "income_verified", NOTE)
    disk.full = True
    listed = page("history")
    assert list(listed.dataframe[0].value["Application"]) == [event.application]
    opened = all_text(page("history", record=str(event.sequence)))
    assert "Approved by ana, " in opened
    assert NOTE in opened


def test_whoever_asks_for_a_client_that_is_not_there_reads_that_and_not_that_it_could_not_be_noted(
    own: Settings, disk: Disk
) -> None:
    disk.full = True
    test = page("score", client="999999")
    assert "No such client" in [str(heading.value) for heading in test.subheader]
    assert events("score_refused") == ()
