"""The table of who may do what, cell by cell as the design draws it."""

import pytest

from core.accounts.people import CONSOLE, Actor
from core.accounts.roles import PERSONAL_ROLES, Action, Page, Role, actions_of, may, pages_of, require, require_page
from core.errors import PermissionRefused

A, P, R = Action, Page, Role
WORK = {A.READ, A.READ_STORED, A.WHAT_IF, A.WORK, A.DECIDE}

# rows of the design's table: pages, then officer, risk manager, data scientist, auditor, administrator
TABLE = (
    ((P.INBOX, P.SCORE), WORK, WORK | {A.SIGN}, {A.READ, A.READ_STORED, A.WHAT_IF}, {A.READ_STORED}, set()),
    (
        (P.HISTORY,),
        {A.READ, A.EXPORT, A.RECORD_OUTCOME},
        {A.READ, A.EXPORT, A.RECORD_OUTCOME},
        {A.READ, A.EXPORT},
        {A.READ, A.EXPORT, A.REPLAY},
        set(),
    ),
    ((P.DRIFT, P.SIMULATION), set(), {A.READ, A.USE, A.ACKNOWLEDGE}, {A.READ, A.USE}, {A.READ}, set()),
    (
        (P.REPORTS,),
        set(),
        {A.READ, A.MAKE, A.DOWNLOAD},
        {A.READ, A.MAKE, A.DOWNLOAD},
        {A.READ, A.DOWNLOAD, A.MAKE_EVIDENCE},
        {A.DELETE},
    ),
    (
        (P.MODEL,),
        {A.READ},
        {A.READ, A.MAKE, A.DOWNLOAD},
        {A.READ, A.MAKE, A.DOWNLOAD},
        {A.READ, A.DOWNLOAD, A.MAKE_EVIDENCE},
        set(),
    ),
    ((P.THRESHOLD,), set(), {A.READ, A.PROPOSE, A.APPROVE, A.ROLL_BACK}, {A.READ, A.PROPOSE}, {A.READ}, set()),
    ((P.AUDIT,), set(), {A.READ}, set(), {A.READ, A.VERIFY, A.DOWNLOAD}, {A.READ}),
    ((P.PEOPLE, P.RETENTION, P.ERASURE), set(), set(), set(), set(), {A.ADMINISTER}),
    ((P.SERVICE,), set(), {A.READ}, {A.READ}, {A.READ}, {A.READ}),
)
CELLS = [
    (role, page, cell)
    for pages, *cells in TABLE
    for page in pages
    for role, cell in zip(PERSONAL_ROLES, cells, strict=True)
]


@pytest.mark.parametrize(("role", "page", "cell"), CELLS)
def test_each_cell_is_the_designs(role: Role, page: Page, cell: set[Action]) -> None:
    assert actions_of(role, page) == cell
    assert {action for action in Action if may(role, page, action)} == cell


def test_the_table_covers_every_page_and_role() -> None:
    assert {(role, page) for role, page, _ in CELLS} == {(role, page) for role in PERSONAL_ROLES for page in Page}


@pytest.mark.parametrize(("role", "page", "cell"), CELLS)
def test_require_agrees_with_the_table_for_every_action(role: Role, page: Page, cell: set[Action]) -> None:
    for action in Action:
        if action in cell:
            require(Actor("ana", role), page, action)
        else:
            with pytest.raises(PermissionRefused):
                require(Actor("ana", role), page, action)


def test_a_refusal_names_the_page_the_role_the_action_and_whom_to_ask() -> None:
    with pytest.raises(PermissionRefused) as refusal:
        require(Actor("ana", R.OFFICER), P.THRESHOLD, A.PROPOSE)
    assert str(refusal.value) == (
        "Threshold: an officer may not propose a policy here; ask a risk manager or a data scientist."
    )


def test_an_officers_menu_has_the_four_pages_of_the_table() -> None:
    assert pages_of(R.OFFICER) == (P.INBOX, P.SCORE, P.HISTORY, P.MODEL)


@pytest.mark.parametrize("role", PERSONAL_ROLES)
def test_a_page_opens_exactly_when_something_may_be_done_there(role: Role) -> None:
    for page in Page:
        if page in pages_of(role):
            require_page(Actor("ana", role), page)
        else:
            with pytest.raises(PermissionRefused, match="is not open"):
                require_page(Actor("ana", role), page)


@pytest.mark.parametrize("action", [A.DECIDE, A.SIGN, A.APPROVE, A.WORK, A.ROLL_BACK, A.PROPOSE, A.ACKNOWLEDGE])
def test_the_command_line_never_decides_signs_or_approves(action: Action) -> None:
    assert not any(may(R.CONSOLE, page, action) for page in Page)


@pytest.mark.parametrize(
    ("page", "action"),
    [
        (P.INBOX, A.RECEIVE),
        (P.SERVICE, A.SET_UP),
        (P.PEOPLE, A.ADMINISTER),
        (P.HISTORY, A.READ),
        (P.HISTORY, A.RECORD_OUTCOME),
    ],
)
def test_the_command_line_sets_up_reads_receives_and_administers(page: Page, action: Action) -> None:
    require(CONSOLE, page, action)


def test_an_administrator_never_decides_or_signs() -> None:
    assert not any(may(R.ADMINISTRATOR, page, action) for page in Page for action in (A.DECIDE, A.SIGN, A.APPROVE))
