"""What an erasure takes and leaves, what is past its time and what was forgotten, to screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from core.casework.erasure import Erased
from core.casework.erasure_preview import Preview
from core.casework.retention import Due, PastRun
from core.portfolio.erasing import Held
from core.portfolio.wording import counted
from pages._ui.retention_state import Done
from pages._ui.words import plain

_MOMENT: Final = "D MMM YYYY, HH:mm"


def nobody_chosen() -> None:
    st.caption(
        "Type a client number, or the id of one of the client's applications, and press Enter. "
        "Nothing is erased before you have seen what there is and confirmed it."
    )


def preview(seen: Preview, narrow: bool) -> None:
    """Whom it is about, what goes and what stays."""
    known = f"Client {seen.person.applicant_key}" if seen.person.applicant_key else "A client whose number nobody knows"
    st.subheader(plain(known), anchor=False)
    _figures(_counts(seen), narrow)
    held = _held(seen)
    if held:
        st.markdown("**Goes: rows in the desk's files**")
        st.table(
            {plain(one.place): f"{one.rows:,}" for one in held},
            border="horizontal",
            alt="Rows on this client in each of the desk's files",
        )
    if seen.recorded.events:
        kinds = ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in seen.recorded.kinds.items())
        st.markdown("**Goes: the keys that open what is on record**")
        st.caption(plain(f"The sealed part of {kinds}: the application, the feature row, reasons and notes."))
    st.markdown("**Stays, or is out of reach**")
    st.caption("\n".join(f"- {plain(words)}" for words in seen.stays))


def done(what: Done) -> None:
    """The end of an order: what is gone, and that the chain holds."""
    for one in what.erased:
        st.success(
            f"The client is forgotten, and stands on the chain as {one.applicant}: "
            f"{counted(one.applications, 'application')}, {one.events:,} events, "
            f"{one.portfolio_rows:,} rows in the desk's files.",
            icon=":material/check_circle:",
        )
    if what.applications:
        st.success(
            f"{counted(what.applications, 'application').capitalize()} forgotten.", icon=":material/check_circle:"
        )
    if what.verified.sound:
        st.caption(f"The chain was verified afterwards: {what.verified.events:,} events, sound.")
    else:
        st.error(f"The chain does not hold any more: {plain(what.verified.finding)}", icon=":material/gpp_bad:")


def interrupted(count: int) -> None:
    one = "An erasure was" if count == 1 else f"{count:,} erasures were"
    st.warning(f"{one} begun and not finished. Finish it before anything else.", icon=":material/hourglass_disabled:")


def due(what: Due, days: int, narrow: bool) -> None:
    st.caption(f"An application is kept for {days:,} days after its last event, then its key is destroyed.")
    if not what.applications:
        st.markdown("Nothing is past its time.")
        st.caption(f"Every application on record was heard of since {what.before:%d %B %Y}.")
        return
    _figures((("Applications", what.applications), ("Clients", what.applicants)), narrow)
    st.dataframe(
        pd.DataFrame(
            {
                "Application": [one.application for one in what.examples],
                "Last event, UTC": [one.last_event for one in what.examples],
                "Events": [one.events for one in what.examples],
            }
        ),
        hide_index=True,
        height="content" if len(what.examples) <= 6 else 260,
        column_config={"Last event, UTC": _moments()},
        alt="The applications past their time, the oldest first",
    )
    if what.applications > len(what.examples):
        st.caption(f"The oldest {len(what.examples):,} of {what.applications:,}.")


def past(erased: Sequence[Erased], runs: Sequence[PastRun]) -> None:
    if not erased and not runs:
        st.caption("Nobody was forgotten yet.")
        return
    if erased:
        _on_request(erased)
    if runs:
        _by_time(runs)


def _on_request(erased: Sequence[Erased]) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "When, UTC": [one.at for one in erased],
                "Whom": [one.applicant for one in erased],
                "By": [one.actor for one in erased],
                "Reason": [one.reason for one in erased],
                "Applications": [one.applications for one in erased],
                "Events": [one.events for one in erased],
                "Decisions": [one.decisions for one in erased],
                "Rows": [one.portfolio_rows for one in erased],
            }
        ),
        hide_index=True,
        height="content" if len(erased) <= 8 else 340,
        column_config={
            "When, UTC": _moments(),
            "Reason": st.column_config.TextColumn(width="medium"),
            "Rows": st.column_config.NumberColumn(help="In the desk's files."),
        },
        alt="Clients who were forgotten on request, the latest first",
    )
    st.caption("On request. Whom: the random reference under which public parts remain; it leads to nobody.")


def _by_time(runs: Sequence[PastRun]) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "When, UTC": [run.at for run in runs],
                "By": [run.actor for run in runs],
                "Applications": [run.applications for run in runs],
            }
        ),
        hide_index=True,
        height="content" if len(runs) <= 8 else 340,
        column_config={"When, UTC": _moments()},
        alt="Runs in which applications past their time were forgotten, the latest first",
    )
    st.caption("Because their time was over.")


def _figures(counts: Sequence[tuple[str, int]], narrow: bool) -> None:
    if narrow:
        st.table({label: f"**{count:,}**" for label, count in counts}, border="horizontal")
        return
    for place, (label, count) in zip(st.columns(len(counts)), counts, strict=True):
        place.metric(label, f"{count:,}", border=True)


def _counts(seen: Preview) -> tuple[tuple[str, int], ...]:
    recorded = seen.recorded
    return (
        ("Applications", recorded.applications),
        ("Decisions", recorded.decisions),
        ("Outcomes", recorded.outcomes),
        ("Rows in files", seen.holdings.rows),
    )


def _held(seen: Preview) -> list[Held]:
    features = [Held("Feature rows", seen.holdings.feature_rows)] if seen.holdings.feature_rows else []
    files = seen.holdings.raw_files
    raw = [Held(f"Raw files ({len(files)})", sum(held.rows for held in files))] if files else []
    return [*seen.holdings.tables, *features, *raw]


def _moments() -> ColumnConfig:
    return st.column_config.DatetimeColumn(format=_MOMENT, timezone="UTC")
