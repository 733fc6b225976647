"""Who may do what, as one table; every page guards by it and every write checks it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from core.errors import PermissionRefused


class Role(StrEnum):
    OFFICER = "officer"
    RISK_MANAGER = "risk_manager"
    DATA_SCIENTIST = "data_scientist"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    CONSOLE = "console"  # the command line; never a person's

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


PERSONAL_ROLES = tuple(role for role in Role if role is not Role.CONSOLE)


class Page(StrEnum):
    INBOX = "inbox"
    SCORE = "score"
    HISTORY = "history"
    DRIFT = "drift"
    SIMULATION = "simulation"
    REPORTS = "reports"
    MODEL = "model"
    THRESHOLD = "threshold"
    AUDIT = "audit"
    PEOPLE = "people"
    RETENTION = "retention"
    ERASURE = "erasure"
    SERVICE = "service"


class Action(StrEnum):
    READ = "read"
    READ_STORED = "read stored scores"
    WHAT_IF = "play what-if"
    WORK = "work on applications"
    RECEIVE = "receive applications"
    DECIDE = "decide"
    SIGN = "sign"
    EXPORT = "export"
    REPLAY = "replay"
    RECORD_OUTCOME = "record outcomes"
    USE = "use"
    ACKNOWLEDGE = "acknowledge alerts"
    MAKE = "make reports"
    MAKE_EVIDENCE = "make evidence"
    DOWNLOAD = "download"
    DELETE = "delete reports"
    PROPOSE = "propose a policy"
    APPROVE = "approve a policy"
    ROLL_BACK = "roll back a policy"
    VERIFY = "verify the chain"
    ADMINISTER = "administer"
    SET_UP = "set up and import"


class Acting(Protocol):
    """Whoever acts: a signed-in person, or the command line."""

    @property
    def user_name(self) -> str: ...

    @property
    def role(self) -> Role: ...


def _these(*actions: Action) -> frozenset[Action]:
    return frozenset(actions)


NOTHING: frozenset[Action] = frozenset()
READ = _these(Action.READ)
ADMINISTER = _these(Action.ADMINISTER)
CASEWORK = _these(Action.READ, Action.READ_STORED, Action.WHAT_IF, Action.WORK, Action.DECIDE)
LOOK = _these(Action.READ, Action.READ_STORED, Action.WHAT_IF)
EXPORT = _these(Action.READ, Action.EXPORT)
REPORT = _these(Action.READ, Action.MAKE, Action.DOWNLOAD)
EVIDENCE = _these(Action.READ, Action.DOWNLOAD, Action.MAKE_EVIDENCE)
WATCH = _these(Action.READ, Action.USE)
CHAIN = _these(Action.READ, Action.VERIFY, Action.DOWNLOAD)

MAY: Mapping[Role, Mapping[Page, frozenset[Action]]] = {
    Role.OFFICER: {
        Page.INBOX: CASEWORK,
        Page.SCORE: CASEWORK,
        Page.HISTORY: EXPORT | {Action.RECORD_OUTCOME},
        Page.MODEL: READ,
    },
    Role.RISK_MANAGER: {
        Page.INBOX: CASEWORK | {Action.SIGN},
        Page.SCORE: CASEWORK | {Action.SIGN},
        Page.HISTORY: EXPORT | {Action.RECORD_OUTCOME},
        Page.DRIFT: WATCH | {Action.ACKNOWLEDGE},
        Page.SIMULATION: WATCH | {Action.ACKNOWLEDGE},
        Page.REPORTS: REPORT,
        Page.MODEL: REPORT,
        Page.THRESHOLD: _these(Action.READ, Action.PROPOSE, Action.APPROVE, Action.ROLL_BACK),
        Page.AUDIT: READ,
        Page.SERVICE: READ,
    },
    Role.DATA_SCIENTIST: {
        Page.INBOX: LOOK,
        Page.SCORE: LOOK,
        Page.HISTORY: EXPORT,
        Page.DRIFT: WATCH,
        Page.SIMULATION: WATCH,
        Page.REPORTS: REPORT,
        Page.MODEL: REPORT,
        Page.THRESHOLD: _these(Action.READ, Action.PROPOSE),
        Page.SERVICE: READ,
    },
    Role.AUDITOR: {
        Page.INBOX: _these(Action.READ_STORED),
        Page.SCORE: _these(Action.READ_STORED),
        Page.HISTORY: EXPORT | {Action.REPLAY},
        Page.DRIFT: READ,
        Page.SIMULATION: READ,
        Page.REPORTS: EVIDENCE,
        Page.MODEL: EVIDENCE,
        Page.THRESHOLD: READ,
        Page.AUDIT: CHAIN,
        Page.SERVICE: READ,
    },
    Role.ADMINISTRATOR: {
        Page.REPORTS: _these(Action.DELETE),
        Page.AUDIT: READ,
        Page.PEOPLE: ADMINISTER,
        Page.RETENTION: ADMINISTER,
        Page.ERASURE: ADMINISTER,
        Page.SERVICE: READ,
    },
    # the command line sets up, reads, receives, imports, records outcomes and administers;
    # it never decides, signs or approves
    Role.CONSOLE: {
        Page.INBOX: _these(Action.READ, Action.READ_STORED, Action.RECEIVE),
        Page.SCORE: LOOK,
        Page.HISTORY: EXPORT | {Action.REPLAY, Action.RECORD_OUTCOME},
        Page.DRIFT: WATCH,
        Page.SIMULATION: WATCH,
        Page.REPORTS: REPORT,
        Page.MODEL: REPORT,
        Page.THRESHOLD: READ,
        Page.AUDIT: CHAIN,
        Page.PEOPLE: ADMINISTER,
        Page.RETENTION: ADMINISTER,
        Page.ERASURE: ADMINISTER,
        Page.SERVICE: READ | {Action.SET_UP},
    },
}


def actions_of(role: Role, page: Page) -> frozenset[Action]:
    return MAY[role].get(page, NOTHING)


def may(role: Role, page: Page, action: Action) -> bool:
    return action in actions_of(role, page)


def pages_of(role: Role) -> tuple[Page, ...]:
    """The pages on which this role may do anything, in the order of the menu."""
    return tuple(page for page in Page if actions_of(role, page))


def require(acting: Acting, page: Page, action: Action) -> None:
    """PermissionRefused unless the role may do this here."""
    if not may(acting.role, page, action):
        able = [role for role in PERSONAL_ROLES if may(role, page, action)]
        raise PermissionRefused(
            f"{page.value.capitalize()}: {_one(acting.role)} may not {action.value} here; {_ask(able)}."
        )


def require_page(acting: Acting, page: Page) -> None:
    """PermissionRefused unless the role may do anything on this page."""
    if not actions_of(acting.role, page):
        able = [role for role in PERSONAL_ROLES if actions_of(role, page)]
        raise PermissionRefused(
            f"{page.value.capitalize()}: this page is not open to {_one(acting.role)}; {_ask(able)}."
        )


def _ask(able: Sequence[Role]) -> str:
    *others, last = [_one(role) for role in able] or [""]
    return f"ask {', '.join(others)}{' or ' if others else ''}{last}" if last else "nobody may"


def _one(role: Role) -> str:
    return f"{'an' if role.words[0] in 'aeiou' else 'a'} {role.words}"
