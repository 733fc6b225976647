"""One event in full: everything the chain says of it in public, and its place in the chain."""

from __future__ import annotations

import json
import re
from typing import Final

import streamlit as st

from core.accounts import roles
from core.accounts.people import Person
from core.accounts.roles import Action, Page
from core.casework.audit import what_of
from core.casework.audit_words import label_of
from core.casework.json_fields import flag
from core.casework.kinds import DECIDED, DOWNLOADED, SCORED
from core.ledger.event import Event, Json
from core.ledger.ledger import Ledger
from core.portfolio.wording import money, number, percent
from pages._ui import audit_state, guard, links
from pages._ui.words import plain

_OPENED_IN_HISTORY: Final = (SCORED, DECIDED)
_PROBABILITIES: Final = ("default_probability", "approve_below", "decline_from")
_AMOUNTS: Final = ("amount",)
_LABELS: Final = {  # early downloads of the head name the one in front of their own event, which the file ends with
    (DOWNLOADED, "count"): "Events before it",
    (DOWNLOADED, "hash"): "Hash of the last of them",
}
_DIGEST: Final = re.compile(r"[0-9a-f]{40,}")


def draw(ledger: Ledger, person: Person) -> None:
    """The picked event; what to do where none is picked."""
    sequence = audit_state.picked()
    if sequence is None:
        st.caption("Click a row to read the event in full, with its hashes.")
        return
    with guard.refusals():
        event = ledger.event(sequence)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(
                f"Event {event.sequence:,}: {plain(label_of(event.kind).lower())}", anchor=False, width="content"
            )
            if event.kind in _OPENED_IN_HISTORY and roles.may(person.role, Page.HISTORY, Action.READ):
                links.record(event.sequence)
        st.markdown(plain(what_of(event.kind, event.at, event.subject, event.public)))
        if flag(event.public, "demo"):
            st.caption("Demo: set-up made it up, so that there is something to show.")
        left, right = st.columns(2)
        with left:
            st.markdown("**Who, when, where from**")
            st.table(_circumstances(event), border="horizontal", alt="Who did it, when and where from")
        with right:
            st.markdown("**What the event says in public**")
            if public := _public(event):
                st.table(public, border="horizontal", alt="The public part of the event")
            else:
                st.caption("Nothing more.")
        _hashes(event)


def _circumstances(event: Event) -> dict[str, str]:
    rows = {
        "When": f"{event.at:%Y-%m-%d %H:%M:%S.%f} UTC",
        "Who": event.actor.name or "nobody known",
        "Role": event.actor.role.replace("_", " "),
        "From": event.actor.address,
        "About": event.subject,
        "Application": event.application,
        "Client's reference": event.applicant,
        "Sealed part": f"{len(event.seal.ciphertext):,} bytes, readable with the application's key"
        if event.seal
        else "",
    }
    return {label: plain(value) for label, value in rows.items() if value}


def _public(event: Event) -> dict[str, str]:
    return {
        plain(_LABELS.get((event.kind, name)) or name.replace("_", " ").capitalize()): said(name, value)
        for name, value in event.public.items()
        if value is not None and value not in ("", [], {})
    }


def said(name: str, value: Json) -> str:
    """As a person reads it; beside what was rounded, the value as it stands on the chain, to the last digit."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return plain(f"{value:,}")
    if isinstance(value, float):
        return plain(_figure(name, value))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if _DIGEST.fullmatch(text) else plain(text)  # only code is broken into lines where it is long


def _figure(name: str, value: float) -> str:
    if name in _PROBABILITIES and 0 <= value <= 1:
        return f"{percent(value)} ({value!r})"
    read = money(value) if name in _AMOUNTS else number(value)
    return read if float(read.replace(",", "")) == value else f"{read} ({value!r})"


def _hashes(event: Event) -> None:
    st.markdown("**Its place in the chain**")
    before = f"Hash of event {event.sequence - 1:,}" if event.sequence > 1 else "Nothing in front"
    with st.container(gap="xxsmall"):
        st.caption(before)
        st.code(event.previous_hash.hex(), language=None, wrap_lines=True)
    with st.container(gap="xxsmall"):
        st.caption("Own hash: of the one in front and of everything this event says, its sealed part included")
        st.code(event.hash.hex(), language=None, wrap_lines=True)
