"""Whether the chain is what was written: what is known, asking again, and its head to keep elsewhere."""

from __future__ import annotations

import streamlit as st

from core.accounts.people import Person
from core.accounts.roles import Action, Page, may
from core.casework.audit_records import Verify, recorded_verification
from core.casework.case_state import moment_words
from core.casework.kinds import VERIFIED
from core.casework.verifications import Recorded
from core.errors import UnknownRecord
from core.ledger.head import Head
from core.ledger.ledger import Ledger
from core.ledger.verification import Verification
from core.portfolio.wording import counted
from core.progress import Progress
from pages._ui import audit_files, audit_state, beside, guard
from pages._ui.audit_state import Ordered
from pages._ui.job import Job
from pages._ui.session import visitor
from pages._ui.words import plain

_LONGEST_HEAD = 10_000  # bytes


def summary(ledger: Ledger) -> str:
    """How much is on record, and since when."""
    count = ledger.head.count
    if not count:
        return "Nothing is on record yet."
    return f"{counted(count, 'event')} since {ledger.event(1).at:%-d %B %Y}"


def draw(ledger: Ledger, person: Person) -> Ordered | None:
    """The verification that is under way and still to be waited for."""
    asked = audit_state.ordered()
    under_way = asked if asked and asked.job.running else None
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(gap="xxsmall", width="content"):
                _verdict(ledger)
            with st.container(horizontal=True, width="content"):
                if may(person.role, Page.AUDIT, Action.VERIFY):
                    _buttons(ledger, busy=under_way is not None)
                if may(person.role, Page.AUDIT, Action.DOWNLOAD):
                    audit_files.head_button(ledger)
        if asked and not under_way:
            result(ledger, asked)
    return under_way


def wait(asked: Ordered) -> None:
    """A bar while a verification goes on; then the page is drawn with what it found."""
    asked.job.show()
    st.rerun()


def result(ledger: Ledger, asked: Ordered) -> None:
    """What the last verification of this session found."""
    with guard.refusals():
        found = asked.job.result()
    if not found.sound and found is beside.verifying.found:
        return  # it stands above, for everybody who opens the page
    if not found.sound:
        st.error(plain(f"{_upper(found.finding)}."), title=_not_sound(found), icon=":material/gpp_bad:")
        return
    through = (
        f" It goes through the head you gave: event {asked.against.count:,}, {moment_words(asked.against.at)}."
        if asked.against
        else ""
    )
    st.success(
        f"All {found.events:,} events are what was written: every link of the journal, the database beside it and "
        f"the head hold.{through}{_itself(ledger, found)}",
        title=f"Sound, verified on {moment_words(asked.at)}",
        icon=":material/verified:",
    )


def _verdict(ledger: Ledger) -> None:
    known, itself, head = beside.verifying.known, beside.verifying.of_itself, ledger.head
    if known is None:
        st.badge("Not verified yet", icon=":material/hourglass_empty:", color="gray")
        st.caption("The chain is verified in the background after each start.")
    elif known.found.sound:
        st.badge("Chain sound", icon=":material/verified:", color="green")
        st.caption(_verified_up_to(ledger, known))
    else:
        st.badge(_not_sound(known.found), icon=":material/gpp_bad:", color="red")
        held = f", against a kept head of event {known.against:,}" if known.against is not None else ""
        st.caption(plain(f"{_upper(known.found.finding)}. Found on {moment_words(known.at)}{held}."))
        if itself and itself.found.sound:
            st.caption(f"By itself the chain holds. {_verified_up_to(ledger, itself)}")
    if head.count:
        st.caption(f"Head: event {head.count:,}, hash {head.hash.hex()[:12]}…, {moment_words(head.at)}.")
    if known and known.found.warning:
        st.caption(f":material/key_off: {plain(known.found.warning)}")
    if ledger.writable:
        st.caption(f":material/lock: {plain(ledger.writable)}")


def _verified_up_to(ledger: Ledger, known: Recorded) -> str:
    behind = ledger.head.count - known.found.events
    came = f"; {behind:,} came since" if behind > 0 else ""
    return f"Verified up to event {known.found.events:,} on {moment_words(known.at)}{came}."


def _itself(ledger: Ledger, found: Verification) -> str:
    """Why the head is further on than what was verified."""
    behind = found.events + 1
    if ledger.head.count < behind or ledger.event(behind).kind != VERIFIED:
        return ""
    return f" Event {behind:,} is this verification itself, for the next one to verify."


def _buttons(ledger: Ledger, busy: bool) -> None:
    if st.button("Verify", icon=":material/verified:", type="primary", disabled=busy):
        _begin(ledger, None)
    with st.popover("Against a kept head", icon=":material/upload_file:", disabled=busy):
        head = _kept_head(ledger)
        if st.button("Verify against it", type="primary", disabled=head is None):
            _begin(ledger, head)


def _kept_head(ledger: Ledger) -> Head | None:
    """The head in an uploaded file; what is wrong with the file is said in its place."""
    file = st.file_uploader(
        "A head that was downloaded before",
        key=audit_state.HEAD,
        help="A file of any name; the chain must go through the head in it.",
    )
    if file is None:
        return None
    try:
        head = Head.from_json(file.read(_LONGEST_HEAD).decode(errors="replace"))
    except UnknownRecord as refusal:
        st.error(plain(str(refusal)), icon=":material/error:")
        return None
    st.caption(f"Event {head.count:,}, hash {head.hash.hex()[:12]}…, {moment_words(head.at)}.")
    return head


def _begin(ledger: Ledger, against: Head | None) -> None:
    person, address = guard.require(Page.AUDIT, Action.VERIFY), visitor.address()

    def work(progress: Progress) -> Verification:
        found = recorded_verification(ledger, person, Verify(against), address, progress)
        beside.verifying.learn(found, against.count if against else None)
        return found

    audit_state.order(Ordered(Job(work), against, visitor.now()))
    st.rerun()


def _not_sound(found: Verification) -> str:
    return "Not sound" if found.first_bad is None else f"Not sound from event {found.first_bad:,} on"


def _upper(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}".rstrip(".")
