"""The Retention page: an administrator sees what there is, confirms, and the person is gone; nobody else gets in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from core import settings
from core.accounts.people import CONSOLE
from core.accounts.roles import Acting, Role
from core.casework.erasure import ErasureOrder, Erasures
from core.casework.erasure_preview import Preview
from core.ledger.ledger import Ledger
from core.portfolio import contract_file
from core.portfolio.erasing import Holdings, holdings
from core.settings import Settings
from pages._ui import beside, cache
from tests.app.conftest import Visitor, all_text
from tests.desks import fresh_copy, session_token
from tests.ledgers import a_draft, a_sealed_draft

ROOT = Path(__file__).resolve().parents[2]
NUMBER = "100001"
OTHER = "100002"
REASON = "Asked for by letter, Article 17"


@pytest.fixture
def own(small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visitor: Visitor) -> Settings:
    """A copy of the small desk's tables with an administrator at work."""
    folder = fresh_copy(small_desk, tmp_path / "desk", "models")
    monkeypatch.setenv("SOLVENT_DATA", str(folder))
    session_token(folder, Role.ADMINISTRATOR)
    visitor.role = Role.ADMINISTRATOR
    return settings.read()


@pytest.fixture
def ledger(own: Settings) -> Ledger:
    """The one that the page has open, with a score and a decision on the client."""
    return recorded(datetime.now(UTC))


def recorded(at: datetime, number: str = NUMBER) -> Ledger:
    opened = cache.ledger()
    for kind in ("scored", "decided"):
        sealed = {"applicant": number, "note": "Zyxomma petiolatum"}
        draft = a_sealed_draft(opened, sealed, f"stored:{number}", number, kind, {"amount": 5.0})
        opened.append([replace(draft, at=at)])
    return opened


def page(whom: str = "") -> AppTest:
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120).run()
    test.switch_page("../admin/retention.py").run()
    assert not test.exception
    return look_up(test, whom) if whom else test


def look_up(test: AppTest, whom: str) -> AppTest:
    test.text_input[0].set_value(whom).run()
    assert not test.exception
    return test


def order(test: AppTest, reason: str = REASON, again: str = NUMBER) -> AppTest:
    test.text_area[0].set_value(reason)
    confirmation(test).set_value(again)
    return click(test, "Erase for good")


def confirmation(test: AppTest) -> TextInput:
    return next(field for field in test.text_input if "again" in field.label)


def shown(test: AppTest) -> tuple[str, str]:
    """How many applications and decisions the preview says are erased."""
    counts = {metric.label: metric.value for metric in test.metric}
    return counts["Applications"], counts["Decisions"]


def click(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click().run()
    assert not test.exception
    return test


def test_the_page_begins_empty_and_says_what_to_do(ledger: Ledger) -> None:
    test = page()
    assert [h.value for h in test.header] == ["Retention and erasure"]
    said = all_text(test)
    assert "Type a client number" in said
    assert "Nothing is past its time." in said
    assert "Nobody was forgotten yet." in said


@pytest.mark.parametrize("by_application", [False, True])
def test_what_there_is_on_a_client_is_shown_before_anything_happens(ledger: Ledger, by_application: bool) -> None:
    whom = ledger.events(kinds=["scored"])[0].application if by_application else NUMBER
    test = page(whom)
    assert {metric.label: metric.value for metric in test.metric} == {
        "Applications": "1",
        "Decisions": "1",
        "Outcomes": "0",
        "Rows in files": f"{holdings_of_client().rows:,}",
    }
    said = all_text(test)
    assert f"Client {NUMBER}" in said
    assert "1 decided, 1 scored" in said
    assert "Backups and copies" in said
    assert not ledger.events(kinds=["erasure_begun", "erased"])


def test_the_example_of_a_reason_names_nobody_and_its_least_length_is_said(ledger: Ledger) -> None:
    test = page(NUMBER)
    assert test.text_area[0].placeholder == REASON
    assert test.text_area[0].label == "Reason, 10 characters or more"
    assert "may still recognise it" in all_text(test)


def test_a_client_is_forgotten_after_reason_and_confirmation(ledger: Ledger, own: Settings) -> None:
    test = order(page(NUMBER))

    assert "The client is forgotten" in test.success[0].value
    assert re.search(r"The chain was verified afterwards: [1-9][0-9]* events, sound\.", all_text(test))
    (listed,) = test.dataframe
    assert tuple(listed.value.iloc[0][["By", "Reason", "Decisions"]]) == ("administrator", REASON, 1)
    assert beside.verifying.found == test.session_state["erasure_job"].result().verified
    assert holdings_of_client().rows == 0
    assert ledger.keys.reference_of(NUMBER) is None
    event = ledger.events(kinds=["erased"])[0]
    assert (event.actor.name, event.actor.role) == ("administrator", "administrator")

    click(test, "Close")
    assert not test.success
    assert test.text_input[0].value == ""
    look_up(test, NUMBER)
    assert "was forgotten already" in all_text(test)


@pytest.mark.parametrize(
    ("reason", "again", "words"),
    [
        (REASON, "100002", "This is not the number above"),
        (REASON, "", "the client number again must be given"),
        (" ", NUMBER, "Nothing was erased: a reason must be given."),
        ("", "", "a reason and the client number again must be given"),
        ("short", NUMBER, "10 to 500 characters"),
        (f"client {NUMBER} asked for it", NUMBER, "must not hold the client"),
    ],
)
def test_nothing_is_erased_without_a_reason_and_the_same_number_again(
    ledger: Ledger, reason: str, again: str, words: str
) -> None:
    before = holdings_of_client()
    test = order(page(NUMBER), reason, again)
    said = all_text(test) + "".join(error.value for error in test.error)
    assert words in said.replace("\\", "").replace("\u2060", "")
    assert not test.success
    assert not ledger.events(kinds=["erasure_begun", "erased"])
    assert holdings_of_client() == before


def test_what_came_while_the_administrator_was_elsewhere_is_shown(ledger: Ledger) -> None:
    test = page(OTHER)
    assert shown(test) == ("0", "0")
    test.switch_page("../admin/people.py").run()
    recorded(datetime.now(UTC), OTHER)
    test.switch_page("../admin/retention.py").run()
    assert shown(look_up(test, OTHER)) == ("1", "1")


def test_a_press_about_less_than_there_is_by_now_erases_nothing_and_shows_what_there_is(ledger: Ledger) -> None:
    test = page(NUMBER)
    assert shown(test) == ("1", "1")
    recorded(datetime.now(UTC))

    order(test)
    assert [error.value[:42] for error in test.error] == ["Nothing was erased: something came since. "]
    assert shown(test) == ("1", "2")
    assert test.text_area[0].value == REASON
    assert not ledger.events(kinds=["erasure_begun", "erased"])

    click(test, "Erase for good")
    assert "The client is forgotten" in test.success[0].value
    assert ledger.events(kinds=["erased"])[0].public["decisions"] == 2


def test_what_came_about_somebody_else_hinders_no_erasure(ledger: Ledger) -> None:
    test = page(NUMBER)
    recorded(datetime.now(UTC), OTHER)
    assert "The client is forgotten" in order(test).success[0].value


def test_the_files_are_searched_again_only_when_the_record_has_grown(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    look = Erasures.preview

    def counting(erasures: Erasures, whom: str, acting: Acting) -> Preview:
        looked.append(whom)
        return look(erasures, whom, acting)

    monkeypatch.setattr(Erasures, "preview", counting)
    test = page(NUMBER).run()
    assert looked == [NUMBER]
    recorded(datetime.now(UTC), OTHER)
    test.run().run()
    assert looked == [NUMBER, NUMBER]


def test_nothing_typed_about_one_client_stands_under_the_next(ledger: Ledger) -> None:
    test = order(page(NUMBER), again=OTHER)
    assert "This is not the number above" in test.error[0].value
    look_up(test, OTHER)
    assert (test.text_area[0].value, confirmation(test).value) == ("", "")

    click(test, "Erase for good")
    assert "a reason and the client number again must be given" in test.error[0].value
    assert not ledger.events(kinds=["erasure_begun", "erased"])
    keys = [str(widget.key) for widget in (*test.text_area, *test.text_input)]
    assert not [key for key in keys if NUMBER in key or OTHER in key]


@pytest.mark.parametrize("whom", ["777", "Zzz", "<b>1</b>"])
def test_nobody_is_found_and_the_rest_of_the_page_stands(ledger: Ledger, whom: str) -> None:
    test = page(whom)
    assert "Nobody was forgotten yet." in all_text(test)
    assert not test.metric
    click(test, "Start again")
    assert test.text_input[0].value == ""


def test_an_interrupted_erasure_is_finished_from_the_page(ledger: Ledger, own: Settings) -> None:
    reference = ledger.keys.reference_of(NUMBER) or ""
    begun = a_draft("erasure_begun", subject=reference, applicant=reference, public={"reason": REASON, "events": 2})
    ledger.append([begun])

    test = page()
    assert "begun and not finished" in test.warning[0].value
    click(test, "Finish it")
    assert "The client is forgotten" in test.success[0].value
    assert not test.warning
    assert holdings_of_client().rows == 0


def test_applications_past_their_time_are_listed_and_forgotten(own: Settings) -> None:
    ledger = recorded(datetime.now(UTC) - timedelta(days=own.retention_days + 1))
    application = ledger.events(kinds=["scored"])[0].application
    test = page()
    assert test.metric[0].value == "1"
    assert list(test.dataframe[0].value["Application"]) == [application]

    how_many(test, "2")
    assert "not how many there are" in test.error[0].value
    assert ledger.keys.key_of(application) is not None

    how_many(test, "1")
    assert "1 application forgotten" in test.success[0].value
    assert ledger.keys.key_of(application) is None
    assert holdings_of_client().rows > 0
    assert "Because their time was over." in all_text(test)


def test_the_open_desk_lets_go_of_the_files_of_before_and_offers_the_client_no_more(
    small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fresh_copy(small_desk, tmp_path / "desk")
    monkeypatch.setenv("SOLVENT_DATA", str(folder))
    first, second = cache.waiting(cache.desk())[:2]

    cache.erasures().carry_out(ErasureOrder(first, REASON, "k1"), CONSOLE)

    assert cache.waiting(cache.desk())[0] == second
    assert [file for file in open_files() if file.startswith(str(folder)) and file.endswith("(deleted)")] == []


def open_files() -> list[str]:
    """What this process reads and writes, as the kernel says it; a replaced file that is still open is deleted."""
    held = Path("/proc/self/fd")
    if not held.is_dir():
        pytest.skip("no /proc here")
    return [str(one.readlink()) for one in held.iterdir() if one.is_symlink()]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUDITOR, None])
def test_the_page_is_open_to_nobody_else(own: Settings, visitor: Visitor, role: Role | None) -> None:
    if role:
        session_token(own.data_dir, role)
    visitor.role = role
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120).run()
    test.switch_page("../admin/retention.py").run()
    assert "Retention and erasure" not in [h.value for h in test.header]
    assert not [field for field in test.text_input if "Client number" in field.label]


def holdings_of_client() -> Holdings:
    own = settings.read()
    return holdings(own, contract_file.read(own.contract_file), [NUMBER])


def how_many(test: AppTest, typed: str) -> AppTest:
    next(field for field in test.text_input if "to confirm" in field.label).set_value(typed)
    return click(test, "Erase what is past its time")
