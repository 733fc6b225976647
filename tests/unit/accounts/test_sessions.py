"""A session's life: from ticket to end, and everything that is none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.accounts import changes, sessions
from core.accounts.events import Kind, events_after
from core.accounts.people import CONSOLE, find
from core.accounts.roles import Action, Page, Role
from core.accounts.sessions import Ended
from core.accounts.sign_in import Ticket, sign_in
from core.accounts.store import AccountStore
from core.errors import PermissionRefused, SignInRefused

Enrol = Callable[..., str]
Begin = Callable[..., str]
PEER = "192.0.2.1"
INSTANT = timedelta(microseconds=1)


def _ticket(store: AccountStore, password: str, now: datetime, bound_to: str = "") -> str:
    ticket = sign_in(store, "ana", password, PEER, now, bound_to)
    assert isinstance(ticket, Ticket)
    return ticket.token


def test_a_session_belongs_to_the_person_who_signed_in(
    store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    assert sessions.current(store, begin("ana", enrol("ana")), now) == find(store, "ana")


@pytest.mark.parametrize(("age", "good"), [(timedelta(seconds=15), True), (timedelta(seconds=15) + INSTANT, False)])
def test_a_ticket_lives_exactly_fifteen_seconds(
    age: timedelta, good: bool, store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    ticket = _ticket(store, enrol("ana"), now)
    assert (sessions.redeem(store, ticket, PEER, now + age) is not None) is good


def test_a_ticket_works_once(store: AccountStore, enrol: Enrol, now: datetime) -> None:
    ticket = _ticket(store, enrol("ana"), now)
    assert sessions.redeem(store, ticket, PEER, now) is not None
    assert sessions.redeem(store, ticket, PEER, now) is None


def test_a_ticket_sent_to_another_browser_is_worthless_and_gone(
    store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    ticket = _ticket(store, enrol("ana"), now, bound_to="this browser")
    assert sessions.redeem(store, ticket, PEER, now, bound_to="another") is None
    assert sessions.redeem(store, ticket, PEER, now, bound_to="this browser") is None


def test_a_ticket_of_an_account_disabled_meanwhile_is_worthless(
    store: AccountStore, enrol: Enrol, now: datetime
) -> None:
    ticket = _ticket(store, enrol("ana"), now)
    changes.disable(store, CONSOLE, "ana", now)
    changes.enable(store, CONSOLE, "ana", now)
    assert sessions.redeem(store, ticket, PEER, now) is None


def test_a_ticket_is_no_session_and_a_session_no_ticket(
    store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    password = enrol("ana")
    assert sessions.current(store, _ticket(store, password, now), now) is None
    assert sessions.redeem(store, begin("ana", password), PEER, now) is None


def test_the_file_holds_only_hashes_of_tokens(store: AccountStore, enrol: Enrol, begin: Begin, now: datetime) -> None:
    password = enrol("ana")
    token, ticket = begin("ana", password), _ticket(store, password, now)
    kept = b"".join(file.read_bytes() for file in store.path.parent.iterdir())
    assert token.encode() not in kept
    assert ticket.encode() not in kept
    assert hashlib.sha256(token.encode()).hexdigest().encode() in kept


@pytest.mark.parametrize(("idle", "alive"), [(timedelta(minutes=30) - INSTANT, True), (timedelta(minutes=30), False)])
def test_an_unused_session_ends_exactly_at_the_idle_limit(
    idle: timedelta, alive: bool, store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    token = begin("ana", enrol("ana"))
    assert (sessions.current(store, token, now + idle) is not None) is alive
    assert sessions.why_ended(store, token) is (None if alive else Ended.IDLE)


@pytest.mark.parametrize(("age", "alive"), [(timedelta(hours=10) - INSTANT, True), (timedelta(hours=10), False)])
def test_a_session_in_use_ends_exactly_at_the_longest_age(
    age: timedelta, alive: bool, store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    token = begin("ana", enrol("ana"))
    for minutes in range(25, 600, 25):
        assert sessions.current(store, token, now + timedelta(minutes=minutes)) is not None
    assert (sessions.current(store, token, now + age) is not None) is alive
    assert sessions.why_ended(store, token) is (None if alive else Ended.TOO_OLD)


def test_an_ended_session_stays_ended_when_the_clock_is_set_back(
    store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    token = begin("ana", enrol("ana"))
    sessions.current(store, token, now + timedelta(hours=1))
    assert sessions.current(store, token, now) is None


@pytest.mark.parametrize(("seconds", "written"), [(59, 0), (60, 60), (61, 61)])
def test_use_is_noted_at_most_once_a_minute(
    seconds: int, written: int, store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    token = begin("ana", enrol("ana"))
    sessions.current(store, token, now + timedelta(seconds=seconds))
    with store.reading() as connection:
        (seen,) = connection.execute("select last_seen_at from sessions").fetchone()
    assert datetime.fromisoformat(seen) == now + timedelta(seconds=written)


@pytest.mark.parametrize(
    "token",
    [None, True, 7, b"0" * 64, "", "0" * 63, "0" * 65, "0" * 64, "G" * 64, "٣" * 64, "0" * 63 + "\n", ["0" * 64]],
)
def test_what_is_no_token_is_nobodys(token: object, store: AccountStore, now: datetime) -> None:
    assert sessions.current(store, token, now) is None
    assert sessions.redeem(store, token, PEER, now) is None
    assert sessions.why_ended(store, token) is None
    sessions.sign_out(store, token, PEER, now)


class Truthy:
    """Compares equal to everything, as a stand-in for a cookie does in tests of pages."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def test_an_object_that_equals_everything_is_nobodys(
    store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    begin("ana", enrol("ana"))
    assert sessions.current(store, Truthy(), now) is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="0123456789abcdef", min_size=64, max_size=64) | st.text() | st.binary() | st.integers())
def test_no_forged_token_is_anybodys(store: AccountStore, token: object) -> None:
    assert sessions.current(store, token, datetime.fromisoformat("2026-11-21T09:00:00+00:00")) is None


def test_the_hash_kept_in_the_file_is_no_token(store: AccountStore, enrol: Enrol, begin: Begin, now: datetime) -> None:
    stolen = hashlib.sha256(begin("ana", enrol("ana")).encode()).hexdigest()
    assert sessions.current(store, stolen, now) is None


def test_a_token_stolen_before_the_sign_out_is_dead_after_it(
    store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    password = enrol("ana")
    token, elsewhere = begin("ana", password), begin("ana", password)
    sessions.sign_out(store, token, PEER, now)
    sessions.sign_out(store, token, PEER, now)
    assert sessions.current(store, token, now) is None
    assert sessions.why_ended(store, token) is Ended.SIGNED_OUT
    assert sessions.current(store, elsewhere, now) is not None
    assert [event.kind for _, event in events_after(store, 0)].count(Kind.SIGNED_OUT) == 1


CHANGES = {
    Ended.DISABLED: lambda store, now: changes.disable(store, CONSOLE, "ana", now),
    Ended.ROLE_CHANGED: lambda store, now: changes.change_role(store, CONSOLE, "ana", "auditor", now),
    Ended.PASSWORD_RESET: lambda store, now: changes.reset_password(store, CONSOLE, "ana", now),
}


@pytest.mark.parametrize("reason", CHANGES)
def test_a_change_of_the_account_ends_all_its_sessions_at_once_and_nobody_elses(
    reason: Ended, store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    password = enrol("ana")
    tokens = [begin("ana", password), begin("ana", password)]
    bens = begin("ben", enrol("ben"))
    CHANGES[reason](store, now)
    assert [sessions.current(store, token, now) for token in tokens] == [None, None]
    assert [sessions.why_ended(store, token) for token in tokens] == [reason, reason]
    assert sessions.current(store, bens, now) is not None


def test_enabling_again_revives_no_session(store: AccountStore, enrol: Enrol, begin: Begin, now: datetime) -> None:
    token = begin("ana", enrol("ana"))
    changes.disable(store, CONSOLE, "ana", now)
    changes.enable(store, CONSOLE, "ana", now)
    assert sessions.current(store, token, now) is None


def test_a_write_is_allowed_by_the_role_of_this_moment(
    store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    token = begin("ana", enrol("ana", Role.RISK_MANAGER))
    assert sessions.acting(store, token, Page.SCORE, Action.SIGN, now).user_name == "ana"
    with store.writing() as connection:  # the role alone, as if the session had survived
        connection.execute("update people set role = 'officer'")
    with pytest.raises(PermissionRefused, match="an officer may not sign here; ask a risk manager"):
        sessions.acting(store, token, Page.SCORE, Action.SIGN, now)


def test_a_role_removed_in_mid_session_is_a_sentence(
    store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    token = begin("ana", enrol("ana", Role.RISK_MANAGER))
    changes.change_role(store, CONSOLE, "ana", "officer", now)
    with pytest.raises(SignInRefused, match="the role was changed; sign in again, nothing was stored"):
        sessions.acting(store, token, Page.SCORE, Action.SIGN, now)


def test_nobody_is_nobody(store: AccountStore, now: datetime) -> None:
    with pytest.raises(SignInRefused, match="nobody is signed in"):
        sessions.acting(store, None, Page.SCORE, Action.READ, now)


def test_a_password_set_by_somebody_else_is_changed_before_anything_is_written(
    store: AccountStore, begin: Begin, now: datetime
) -> None:
    password = changes.add(store, CONSOLE, "ana", "Ana", "officer", now).password
    token = begin("ana", password)
    with pytest.raises(PermissionRefused, match="choose your own"):
        sessions.acting(store, token, Page.SCORE, Action.DECIDE, now)


def test_old_sessions_and_tickets_are_cleared_away(
    store: AccountStore, enrol: Enrol, begin: Begin, now: datetime
) -> None:
    password = enrol("ana")
    begin("ana", password)
    _ticket(store, password, now)
    begin("ana", password, now + timedelta(days=30, seconds=1))
    with store.reading() as connection:
        assert connection.execute("select count(*) from sessions").fetchone() == (1,)
        assert connection.execute("select count(*) from tickets").fetchone() == (0,)
