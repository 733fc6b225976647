"""A new application typed in: the contract's form, or its raw fields pasted as JSON; a refresh loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import streamlit as st

from core.accounts.people import Person
from core.accounts.roles import Action, Page
from core.desk import Desk
from core.errors import ApplicationRefused, UnknownApplicant
from core.portfolio import application as applications
from core.portfolio import application_json
from core.portfolio.application import Application
from core.portfolio.application_template import template
from core.portfolio.contract import FormGroup, text
from core.portfolio.entry_fields import EntryField, Typed, entry_fields
from core.portfolio.typed_application import check_typed
from pages._ui import cache, cards, case, entry_state, entry_widgets, guard, recorded, shown
from pages._ui.case import Case
from pages._ui.entry_draft import Content, Draft, Way
from pages._ui.entry_widgets import Beside
from pages._ui.session import visitor
from pages._ui.words import plain

SCORE_KEY = "Ctrl+Enter"
_WAYS = {Way.FORM: ":gray[Form]", Way.PASTE: ":gray[Paste JSON]"}
_COLUMNS, _COLUMN = 3, 250  # at most so many beside each other, each at least so many px wide


def asked(desk: Desk) -> Case | None:
    """The case of what was last sent to be scored; None while nothing was, or when it cannot be scored."""
    person = guard.require(Page.SCORE, Action.WORK)
    sent = cache.entry_drafts().of(person.user_name, visitor.now()).asked
    shown.begin(f"application {hash(repr(sent))}")
    form = st.container()
    found = None if sent is None else _case(desk, sent, person)
    with form, st.expander("The application", icon=":material/edit_note:", expanded=found is None):
        draw(desk)
    return found


def _case(desk: Desk, sent: Content, person: Person) -> Case | None:
    """What was sent, scored; what keeps it from that is said below the form."""
    try:
        with recorded.refusals(desk, person, repr(sent)):
            return case.of_application(desk, application_of(desk, sent), sent.history_of)
    except ApplicationRefused as refusal:
        cards.problems("This application cannot be scored yet", str(refusal).splitlines())
    except UnknownApplicant as refusal:
        cards.problems("There is no such client to take a history from", [str(refusal)])
    return None


def application_of(desk: Desk, sent: Content) -> Application:
    """What was sent as an application; ApplicationRefused lists every field that does not fit."""
    if sent.way is Way.PASTE:
        fields = application_json.read_pasted(sent.pasted)
        return applications.check_new(desk.contract, fields, written_as_json=True)
    return check_typed(desk.contract, sent.typed)


@st.fragment
def draw(desk: Desk) -> None:
    """The form; every change is kept as a draft of this person before anything else happens."""
    person = guard.require(Page.SCORE, Action.WORK)
    draft = cache.entry_drafts().of(person.user_name, visitor.now())
    content = _filled_in(desk, draft.content)
    _keep(person, Draft(content, draft.asked))
    _foot(person, content, draft)


def _filled_in(desk: Desk, start: Content) -> Content:
    way = st.segmented_control(
        "How it is given",
        list(Way),
        default=start.way,
        key=entry_state.key("way"),
        format_func=lambda choice: _WAYS[choice],
        required=True,
        label_visibility="collapsed",
    )
    if way is Way.PASTE:
        typed, pasted = start.typed, _pasted(desk, start)
    else:
        typed, pasted = _form(desk, start), start.pasted
    history_of = st.text_input(
        "History of client number",
        value=start.history_of,
        key=entry_state.key("history_of"),
        max_chars=40,
        placeholder="None: a new client",
        help="An existing client's earlier loans and payments count, the fields above replace the application.",
        width=280,
    )
    return Content(way or Way.FORM, typed, pasted, history_of.strip())


def _pasted(desk: Desk, start: Content) -> str:
    pasted = st.text_area(
        "Raw fields of one application, as a JSON object",
        value=start.pasted,
        key=entry_state.key("pasted"),
        height=260,
        placeholder='{"FIELD": 1, "OTHER": "text"}',
        help="The portfolio's field names; what is left out is missing. At most 1 MB.",
    )
    _template(desk)
    return pasted


def _template(desk: Desk) -> None:
    invented = template(desk.contract)
    with st.expander("A template to copy", icon=":material/content_copy:"):
        st.caption(
            f"Every value is invented. The first {invented.required} fields must be given, the others may be left out; "
            "times before the application are negative."
        )
        st.code(invented.as_json(), language="json")


def _form(desk: Desk, start: Content) -> Mapping[str, Typed]:
    """Groups that must be filled in first; the others stay closed until somebody needs them."""
    fields = entry_fields(desk.contract)
    typed: dict[str, Typed] = {}
    for group in desk.contract.form:
        label = plain(text(group.label))
        place = st.expander(label) if group.optional else st.container()
        with place:
            if not group.optional:
                st.markdown(f"**{label}**")
            typed |= _group(group, fields, start)
    return {name: value for name, value in typed.items() if value is not None}


def _group(group: FormGroup, fields: Mapping[str, EntryField], start: Content) -> dict[str, Typed]:
    places = st.grid(_COLUMNS, min_column_width=_COLUMN)
    typed: dict[str, Typed] = {}
    for name in group.columns:
        with places.cell():
            typed[name] = _field(fields[name], start.typed.get(name))
    return typed


def _field(field: EntryField, kept: Typed) -> Typed:
    key = entry_state.field_key(field.column)
    start = entry_state.started_with(field.column, kept)
    empty = Beside(":material/close:", f"Empty: {field.label}", partial(_empty, field.column))
    return entry_widgets.field(_marked(field), key, start, None if start is None else empty)


def _marked(field: EntryField) -> EntryField:
    return replace(field, label=f"{field.label} · required") if field.required else field


def _empty(column: str) -> None:
    """The draft forgets the field, and a new widget starts with what the draft says."""
    person = guard.require(Page.SCORE, Action.WORK)
    draft = cache.entry_drafts().of(person.user_name, visitor.now())
    typed = {name: value for name, value in draft.content.typed.items() if name != column}
    without = replace(draft, content=replace(draft.content, typed=typed))
    cache.entry_drafts().keep(person.user_name, without, visitor.now())
    entry_state.empty_field(column)


def _keep(person: Person, draft: Draft) -> None:
    """An empty form in a second window must not wipe out what was typed in the first."""
    if entry_state.begun(not draft.content.is_empty or draft.asked is not None):
        cache.entry_drafts().keep(person.user_name, draft, visitor.now())


def _foot(person: Person, content: Content, draft: Draft) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        # not "primary": the key is written in white at 60 %, too faint on any primary colour that also marks the focus
        if st.button("**Score this application**", icon=":material/calculate:", shortcut=SCORE_KEY):
            _keep(person, Draft(content, content))
            st.rerun(scope="app")
        nothing_to_discard = content.is_empty and draft.asked is None  # an empty form that was refused is put away too
        if st.button("Discard draft", icon=":material/delete:", disabled=nothing_to_discard):
            discard()
        st.caption(_said(content, draft), width="stretch")


def _said(content: Content, draft: Draft) -> str:
    if draft.asked is not None and draft.asked != content:
        return "Changed since: the result below is that of the form as it was sent."
    return (
        "Kept for a day in the server's memory, for you alone; a refresh loses nothing. "
        "What is scored stands in the record, sealed."
    )


@st.dialog("Discard the draft?")
def discard() -> None:
    guard.require(Page.SCORE, Action.WORK)
    st.markdown("What was typed or pasted is gone then. What was scored of it stays in the record, sealed.")
    with st.container(horizontal=True):
        gone = st.button("Discard", type="primary", on_click=_forget)
        kept = st.button("Keep it")
    if gone or kept:
        st.rerun(scope="app")


def _forget() -> None:
    person = guard.require(Page.SCORE, Action.WORK)
    cache.entry_drafts().discard(person.user_name)
    entry_state.forget()
