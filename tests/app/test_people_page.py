"""The People page: what an administrator can do to accounts, and what nobody can."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import settings
from core.accounts import changes
from core.accounts.events import Kind, latest_events
from core.accounts.people import CONSOLE, everyone, find
from core.accounts.roles import Role
from core.accounts.sign_in import Ticket, sign_in
from core.accounts.store import AccountStore, open_accounts
from pages._ui import screen
from tests.app.conftest import Visitor
from tests.desks import session_token

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visitor: Visitor) -> AccountStore:
    monkeypatch.setenv("SOLVENT_DATA", str(tmp_path))
    session_token(tmp_path, Role.ADMINISTRATOR)
    visitor.role = Role.ADMINISTRATOR
    return open_accounts(settings.read())


def page() -> AppTest:
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120).run()
    assert not test.exception
    assert [h.value for h in test.header] == ["People"]
    return test


def click(test: AppTest, label: str) -> AppTest:
    return next(button for button in test.button if button.label == label).click().run()


def dialog(what: str, user_name: str = "") -> AppTest:
    """A dialog as it stands after its button was pressed: AppTest runs whole scripts, so this one only opens it."""
    return AppTest.from_function(_open, kwargs={"what": what, "user_name": user_name}, default_timeout=120).run()


def _open(what: str, user_name: str) -> None:
    from core.accounts.people import find
    from pages._ui import cache, people_dialogs

    if user_name:
        getattr(people_dialogs, what)(find(cache.accounts(), user_name))
    else:
        people_dialogs.add()


def confirm(test: AppTest) -> AppTest:
    test.button(key="confirm").click().run()
    assert not test.exception
    return test


def test_everybody_is_listed_with_role_and_state(store: AccountStore) -> None:
    changes.disable(store, CONSOLE, "auditor", datetime.now(UTC))
    listed = page().dataframe[0].value
    assert list(listed["Role"]) == ["administrator", "auditor", "data scientist", "officer", "risk manager"]
    assert list(listed["State"]) == ["may sign in", "disabled", "may sign in", "may sign in", "may sign in"]


def test_the_times_of_both_tables_say_that_they_are_utc_and_are(store: AccountStore) -> None:
    people, events = (table.value for table in page().dataframe[:2])
    officer, latest = find(store, "officer"), latest_events(store, 1)[0]
    shown = people.set_index("User name")["Password set, UTC"]["officer"]
    assert (shown.tz, shown) == (None, officer.password_changed_at.astimezone(UTC).replace(tzinfo=None))
    assert events["When, UTC"][0] == latest.happened_at.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize("narrow", [False, True])
def test_no_name_is_cut_however_long(store: AccountStore, monkeypatch: pytest.MonkeyPatch, narrow: bool) -> None:
    monkeypatch.setattr(screen, "is_narrow", lambda: narrow)
    long, name = "maximiliana.von-und-zu-waldburg1", "Maximiliana Freifrau von und zu Hohenstein-Waldburg-Zeil"
    changes.add(store, CONSOLE, long, name, "officer", datetime.now(UTC))
    people, events = (json.loads(table.proto.columns) for table in page().dataframe[:2])
    assert len(long) == 32
    assert people["User name"]["width"] >= 6.5 * 32
    assert people["Name"]["width"] >= 6.5 * len(name)
    assert people["State"]["width"] >= 6.5 * len("must set password")
    assert events["Whom"]["width"] >= 6.5 * 32


def test_a_user_name_of_more_than_32_letters_is_told_and_refused_and_never_cut(store: AccountStore) -> None:
    test = dialog("add")
    assert "2 to 32 characters" in test.caption[0].value
    fields = {field.label: field for field in test.text_input}
    assert fields["User name"].proto.max_chars == 64
    fields["Name"].set_value("Ana")
    fields["User name"].set_value("a" * 33)
    click(test, "Add")
    assert "2 to 32" in test.error[0].value
    assert [person.user_name for person in everyone(store) if person.user_name.startswith("aa")] == []


def test_on_a_phone_the_state_is_among_what_is_shown(store: AccountStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "is_narrow", lambda: True)
    assert list(page().dataframe[0].proto.column_order) == ["User name", "Role", "State"]


def test_a_person_is_added_with_a_password_that_is_shown_once_and_works(store: AccountStore) -> None:
    test = dialog("add")
    fields = {field.label: field for field in test.text_input}
    fields["Name"].set_value("Ana Lopes")
    fields["User name"].set_value("ana.lopes")
    next(s for s in test.selectbox if s.label == "Role").select("Risk manager")
    click(test, "Add")
    password = test.code[0].value
    assert isinstance(sign_in(store, "ana.lopes", password, None, datetime.now(UTC)), Ticket)
    person = find(store, "ana.lopes")
    assert (person.role, person.must_change_password) == (Role.RISK_MANAGER, True)
    assert latest_events(store, 2)[0].actor == "administrator"
    test.run()
    assert not test.code


@pytest.mark.parametrize(
    ("name", "user_name", "rule"),
    [
        ("Ana", "officer", "is taken"),
        ("Ana", "a b", "User name"),
        ("", "ana", "Display name"),
        ("A\u202ena", "ana", "Display name"),
        ("Ana", "console", "User name"),
    ],
)
def test_a_name_against_the_rules_is_refused_in_the_dialog(
    store: AccountStore, name: str, user_name: str, rule: str
) -> None:
    test = dialog("add")
    fields = {field.label: field for field in test.text_input}
    fields["Name"].set_value(name)
    fields["User name"].set_value(user_name)
    click(test, "Add")
    assert rule in test.error[0].value
    assert not test.code


def test_an_account_is_disabled_and_enabled_again(store: AccountStore) -> None:
    confirm(dialog("disable", "officer"))
    assert not find(store, "officer").enabled
    confirm(dialog("enable", "officer"))
    assert find(store, "officer").enabled


def test_nothing_happens_before_it_is_confirmed(store: AccountStore) -> None:
    test = page()
    next(one for one in test.selectbox if one.label == "Account").select("Officer (officer)").run()
    click(test, "Disable")
    assert "can no longer sign in" in "".join(str(m.value) for m in test.markdown)
    assert find(store, "officer").enabled


def test_the_last_administrator_can_neither_be_disabled_nor_lose_the_role(store: AccountStore) -> None:
    test = confirm(dialog("disable", "administrator"))
    assert "last enabled administrator" in test.error[0].value
    test = dialog("change_role", "administrator")
    next(s for s in test.selectbox if s.label == "New role").select("Officer")
    assert "last enabled administrator" in confirm(test).error[0].value
    assert find(store, "administrator").role is Role.ADMINISTRATOR


def test_a_role_is_changed_and_both_events_name_who_did_it(store: AccountStore) -> None:
    test = dialog("change_role", "officer")
    next(s for s in test.selectbox if s.label == "New role").select("Auditor")
    confirm(test)
    assert find(store, "officer").role is Role.AUDITOR
    granted, revoked = latest_events(store, 2)
    assert (granted.kind, granted.rule, granted.actor) == (Kind.ROLE_GRANTED, "auditor", "administrator")
    assert (revoked.kind, revoked.rule) == (Kind.ROLE_REVOKED, "officer")


def test_a_reset_password_is_shown_once_and_must_be_changed(store: AccountStore) -> None:
    test = confirm(dialog("reset_password", "officer"))
    assert isinstance(sign_in(store, "officer", test.code[0].value, None, datetime.now(UTC)), Ticket)
    assert find(store, "officer").must_change_password


def test_an_administrator_who_loses_the_role_with_a_dialog_open_changes_nothing(store: AccountStore) -> None:
    changes.add(store, CONSOLE, "second", "Second", "administrator", datetime.now(UTC))
    test = dialog("disable", "officer")
    changes.change_role(store, CONSOLE, "administrator", "officer", datetime.now(UTC))
    confirm(test)
    assert find(store, "officer").enabled


def test_what_was_done_is_listed_newest_first(store: AccountStore) -> None:
    changes.disable(store, CONSOLE, "auditor", datetime.now(UTC))
    listed = page().dataframe[1].value
    done = listed[listed["What"] != "signed in"]
    assert tuple(done.iloc[0][["What", "Whom", "By"]]) == ("person disabled", "auditor", "console")
