"""Changes to accounts: who may, what follows, what is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from core.accounts import changes, sessions
from core.accounts.events import Kind, events_after
from core.accounts.own_password import change_own_password
from core.accounts.people import CONSOLE, Actor, check_display_name, check_user_name, everyone, find
from core.accounts.roles import PERSONAL_ROLES, Role
from core.accounts.sessions import Ended
from core.accounts.sign_in import Ticket, Wait, Wrong, sign_in
from core.accounts.store import AccountStore
from core.errors import AccountRefused, PermissionRefused, SignInRefused, SolventError, UnknownPerson

Enrol = Callable[..., str]
Begin = Callable[..., str]
PEER = "192.0.2.1"
ROOT = Actor("root", Role.ADMINISTRATOR, "192.0.2.9")


def _kinds(store: AccountStore) -> list[str]:
    return [event.kind.value for _, event in events_after(store, 0)]


@pytest.mark.parametrize(
    ("typed", "name"), [("an", "an"), ("a" * 32, "a" * 32), ("Ana.B_c-9", "ana.b_c-9"), (" ana ", "ana"), ("9a", "9a")]
)
def test_user_names_are_folded(typed: str, name: str) -> None:
    assert check_user_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    ["a", "a" * 33, "", "-a", ".a", "_a", "an a", "ана", "a\0na", "\ud800a", "console", "CONSOLE", "a\nb", 7, None],
)
def test_other_user_names_are_refused(typed: object) -> None:
    with pytest.raises(AccountRefused, match="User name: 2 to 32"):
        check_user_name(typed)


@pytest.mark.parametrize(("typed", "name"), [("Ana", "Ana"), ("  Ana \t Bö ", "Ana Bö"), ("x" * 80, "x" * 80)])
def test_display_names_are_one_line(typed: str, name: str) -> None:
    assert check_display_name(typed) == name


@pytest.mark.parametrize("typed", ["", "  ", "x" * 81, "Ana\u202eB", "A\u200bna", "A\0na", "\ud800", None, 7])
def test_display_names_that_deceive_are_refused(typed: object) -> None:
    with pytest.raises(AccountRefused, match="Display name: 1 to 80"):
        check_display_name(typed)


def test_a_new_person_signs_in_with_the_random_password_and_must_change_it(store: AccountStore, now: datetime) -> None:
    added = changes.add(store, CONSOLE, "Ana", "Ana B.", "officer", now)
    assert (added.person.user_name, added.person.role, added.person.enabled) == ("ana", Role.OFFICER, True)
    assert added.person.must_change_password
    assert isinstance(sign_in(store, "ana", added.password, PEER, now), Ticket)
    assert added.password.encode() not in store.path.read_bytes()


def test_a_name_is_given_once_even_when_its_owner_is_disabled(store: AccountStore, enrol: Enrol, now: datetime) -> None:
    enrol("ana")
    changes.disable(store, CONSOLE, "ana", now)
    with pytest.raises(AccountRefused, match="taken"):
        changes.add(store, CONSOLE, "ANA", "Another", "officer", now)


@pytest.mark.parametrize("role", ["console", "king", "", None])
def test_only_the_five_roles_can_be_granted(role: object, store: AccountStore, enrol: Enrol, now: datetime) -> None:
    enrol("ana")
    with pytest.raises(AccountRefused, match="Role: one of officer"):
        changes.change_role(store, CONSOLE, "ana", role, now)


@pytest.mark.parametrize("name", ["nobody", "x" * 1_000_000, "\ud800", "a\0", None])
def test_a_name_nobody_has_is_unknown(name: object, store: AccountStore, now: datetime) -> None:
    with pytest.raises(UnknownPerson, match="nobody has the user name"):
        changes.disable(store, CONSOLE, name, now)


WORKS: dict[str, Callable[[AccountStore, Actor, datetime], object]] = {
    "add": lambda store, by, now: changes.add(store, by, "new", "New", "auditor", now),
    "disable": lambda store, by, now: changes.disable(store, by, "ana", now),
    "enable": lambda store, by, now: changes.enable(store, by, "ana", now),
    "reset": lambda store, by, now: changes.reset_password(store, by, "ana", now),
    "role": lambda store, by, now: changes.change_role(store, by, "ana", "administrator", now),
}


@pytest.mark.parametrize("work", WORKS)
def test_only_an_administrator_of_this_moment_changes_accounts(
    work: str, store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    enrol("ana")
    enrol("root", Role.ADMINISTRATOR)
    enrol("second", Role.ADMINISTRATOR)
    before = everyone(store)
    for role in (role for role in PERSONAL_ROLES if role is not Role.ADMINISTRATOR):
        with store.writing() as connection:  # the actor still believes in the role that was taken away
            connection.execute("update people set role = ? where user_name = 'root'", (role.value,))
        with pytest.raises(PermissionRefused):
            WORKS[work](store, ROOT, now)
    changes.change_role(store, CONSOLE, "root", "administrator", now)
    changes.disable(store, CONSOLE, "root", now)
    with pytest.raises(PermissionRefused):
        WORKS[work](store, ROOT, now)
    changes.enable(store, CONSOLE, "root", now)
    assert everyone(store) == before
    assert _kinds(store).count(Kind.CHANGE_REFUSED) == 5
    WORKS[work](store, ROOT, now)


@pytest.mark.parametrize(
    ("refused", "rule"),
    [
        (
            lambda store, now: changes.add(store, CONSOLE, "My Secret!", "Ana", "officer", now),
            "User name: 2 to 32 of a-z, 0-9, dot, underscore and hyphen, beginning with a letter or digit, "
            "and not 'console'",
        ),
        (
            lambda store, now: changes.add(store, CONSOLE, "ana", "", "officer", now),
            "Display name: 1 to 80 visible characters",
        ),
        (
            lambda store, now: changes.add(store, CONSOLE, "ana", "Ana", "My Secret!, got it", now),
            f"Role: one of {', '.join(role.value for role in PERSONAL_ROLES)}",
        ),
        (lambda store, now: changes.disable(store, CONSOLE, "My Secret!", now), "People: nobody has this user name"),
    ],
)
def test_a_refusal_is_recorded_with_its_rule_and_never_with_what_was_typed(
    refused: Callable[[AccountStore, datetime], object], rule: str, store: AccountStore, now: datetime
) -> None:
    with pytest.raises((AccountRefused, UnknownPerson)):
        refused(store, now)
    ((_, event),) = events_after(store, 0)
    assert (event.kind, event.subject, event.rule) == (Kind.CHANGE_REFUSED, "", rule)


@pytest.mark.parametrize(
    "change",
    [
        lambda store, now: changes.disable(store, ROOT, "root", now),
        lambda store, now: changes.change_role(store, CONSOLE, "root", "auditor", now),
    ],
)
def test_the_last_enabled_administrator_stays(
    change: Callable[[AccountStore, datetime], object], store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    enrol("root", Role.ADMINISTRATOR)
    enrol("second", Role.ADMINISTRATOR)
    changes.disable(store, CONSOLE, "second", now)
    with pytest.raises(AccountRefused, match="last enabled administrator"):
        change(store, now)
    changes.enable(store, CONSOLE, "second", now)
    change(store, now)
    assert not (find(store, "root").enabled and find(store, "root").role is Role.ADMINISTRATOR)


def test_every_change_is_recorded_with_who_what_whom_and_from_where(
    store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    enrol("root", Role.ADMINISTRATOR)
    enrol("ana")
    seen = events_after(store, 0)[-1][0]
    changes.change_role(store, ROOT, "ana", "auditor", now)
    changes.disable(store, ROOT, "ana", now)
    changes.enable(store, ROOT, "ana", now)
    changes.reset_password(store, ROOT, "ana", now)
    rows = [(e.kind.value, e.actor, e.role, e.subject, e.rule, e.address) for _, e in events_after(store, seen)]
    by = ("root", "administrator", "ana")
    assert rows == [
        ("role_revoked", *by, "officer", "192.0.2.9"),
        ("role_granted", *by, "auditor", "192.0.2.9"),
        ("person_disabled", *by, "", "192.0.2.9"),
        ("person_enabled", *by, "", "192.0.2.9"),
        ("password_reset", *by, "", "192.0.2.9"),
    ]


def test_what_changes_nothing_leaves_no_event(store: AccountStore, enrol: Enrol, now: datetime) -> None:
    enrol("ana")
    before = _kinds(store)
    changes.enable(store, CONSOLE, "ana", now)
    changes.change_role(store, CONSOLE, "ana", "officer", now)
    assert _kinds(store) == before


def test_a_reset_ends_the_wait(store: AccountStore, enrol: Enrol, now: datetime) -> None:
    enrol("ana")
    for _ in range(5):
        sign_in(store, "ana", "a wrong password", PEER, now)
    assert sign_in(store, "ana", "a wrong password", PEER, now) == Wait(2)
    password = changes.reset_password(store, CONSOLE, "ana", now).password
    assert isinstance(sign_in(store, "ana", password, PEER, now), Ticket)


def test_ones_own_new_password_ends_all_sessions_and_gives_a_ticket_for_this_browser(
    store: AccountStore, begin: Begin, now: datetime
) -> None:
    first = changes.add(store, CONSOLE, "ana", "Ana", "officer", now).password
    here, elsewhere = begin("ana", first), begin("ana", first)
    ticket = change_own_password(store, here, first, "correct horse battery", PEER, now)
    assert [sessions.current(store, token, now) for token in (here, elsewhere)] == [None, None]
    assert sessions.why_ended(store, elsewhere) is Ended.PASSWORD_CHANGED
    person = sessions.current(store, sessions.redeem(store, ticket.token, PEER, now), now)
    assert person is not None
    assert not person.must_change_password
    assert sign_in(store, "ana", first, PEER, now) == Wrong()
    assert isinstance(sign_in(store, "ana", "correct horse battery", PEER, now), Ticket)


@pytest.mark.parametrize("new", ["short", "x" * 73, "ana", None])
def test_ones_own_password_keeps_the_rules(
    new: object, store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    password = enrol("ana")
    token = begin("ana", password)
    with pytest.raises(AccountRefused):
        change_own_password(store, token, password, new, PEER, now)
    with pytest.raises(AccountRefused, match="is the old one"):
        change_own_password(store, token, password, password, PEER, now)
    assert sessions.current(store, token, now) is not None


def test_guessing_the_old_password_slows_down_like_a_sign_in(
    store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    token = begin("ana", enrol("ana"))
    refusals = []
    for _ in range(6):
        with pytest.raises(AccountRefused) as refusal:
            change_own_password(store, token, "a wrong password", "correct horse battery", PEER, now)
        refusals.append(str(refusal.value))
    assert all("is not right" in refusal for refusal in refusals[:5])
    assert refusals[5] == "Password: too many attempts; wait 2 seconds and try again."


def test_without_a_session_no_password_is_changed(store: AccountStore, enrol: Enrol, now: datetime) -> None:
    password = enrol("ana")
    with pytest.raises(SignInRefused):
        change_own_password(store, None, password, "correct horse battery", PEER, now)


def test_no_refusal_of_a_change_is_anything_but_calm(store: AccountStore, now: datetime) -> None:
    for typed in ("\ud800", "a\0", "x" * 100_000, "'; drop table people; --"):
        with pytest.raises(SolventError) as refusal:
            changes.add(store, CONSOLE, typed, typed, "officer", now)
        assert len(str(refusal.value)) < 400
    assert everyone(store) == ()
