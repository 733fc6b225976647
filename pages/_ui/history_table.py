"""The filtered decisions page by page: order, rows and pages are chosen here, and counted where the rows are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from core.casework.history import HistoryPage, HistoryRow
from core.casework.history_about import NOBODY
from core.casework.history_question import HistoryQuestion, KnownOutcome, SortBy, State
from core.casework.history_summary import thing
from core.casework.override_sides import HIGH, LOW, REFERRAL
from pages._ui import above_table, clicked_row, history_forms, history_state
from pages._ui.session import visitor
from pages._ui.words import DECIDED, DECIDED_OTHERWISE, RECOMMENDED, Colour, plain

NEXT_KEY, PREVIOUS_KEY = "N", "P"
ROWS_PER_PAGE: Final = (10, 15, 25, 50, 100)
SORTS: Final = {
    SortBy.AT: "Time",
    SortBy.DEFAULT_PROBABILITY: "PD",
    SortBy.POINTS: "Points",
    SortBy.GRADE: "Grade",
    SortBy.AMOUNT: "Amount",
    SortBy.RECOMMENDATION: "Recommended",
    SortBy.DECISION: "Decision",
    SortBy.OFFICER: "Officer",
}
DESCENDING, ASCENDING = "Descending", "Ascending"
_SIDES: Final[Mapping[str, tuple[str, Colour]]] = {
    LOW: ("low side", "orange"),
    HIGH: ("high side", "violet"),
    REFERRAL: ("no referral", "blue"),
}
_SIDES_HELP: Final = (
    "Low side: approved where decline was recommended. High side: declined where approve was. "
    "No referral: decided where a referral was recommended, which is no override. "
    "An answer to a referral is no override either."
)
_AROUND: Final = 2  # numbered pages on each side of the one that is shown

_WIDE: Final = (
    *("When", "Amount", "PD", "Grade", "Recommended", "Decision", "Override", "By", "Outcome"),
    "Application",  # at the end, which a narrow window hides: a row is opened by a click, not by its id
)
_BESIDE_A_RECORD: Final = ("When", "PD", "Recommended", "Decision", "Override")
_NARROW: Final = ("When", "PD", "Decision")


def ordered(question: HistoryQuestion, narrow: bool) -> HistoryQuestion:
    """The question with order, page and rows per page as they are chosen."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{thing(question).capitalize()}s", anchor=False, width="stretch" if not narrow else "content")
        sort = st.selectbox(
            "Sort by",
            list(SORTS),
            format_func=lambda by: f"By {SORTS[by].lower() if by is not SortBy.DEFAULT_PROBABILITY else 'PD'}",
            key=history_state.SORT,
            label_visibility="collapsed",
            bind="query-params",
            persist_state="session",
            width=140,
        )
        order = st.selectbox(
            "Order",
            (DESCENDING, ASCENDING),
            key=history_state.ORDER,
            label_visibility="collapsed",
            bind="query-params",
            persist_state="session",
            width=120,
        )
        rows = st.selectbox(
            "Rows per page",
            ROWS_PER_PAGE,
            index=ROWS_PER_PAGE.index(10 if narrow else 15),
            format_func=lambda count: f"{count} rows",
            key=history_state.ROWS,
            label_visibility="collapsed",
            bind="query-params",
            persist_state="session",
            width=98,
        )
    asked = replace(question, sort=sort or SortBy.AT, descending=order != ASCENDING, rows_per_page=rows or 15)
    return replace(asked, page=history_state.page(asked))


def rows(page: HistoryPage, narrow: bool, beside: bool) -> None:
    """One row can be chosen: it opens its record. `beside`: a record stands beside the table."""
    sequences = [row.sequence for row in page.rows]
    table, opened = history_state.table_key(sequences), history_state.record()
    first = sequences.index(opened) if opened in sequences else None
    start = history_state.first_selection(table, first)
    clicked_row.begin(table, first)
    st.dataframe(
        _frame(page.rows),
        hide_index=True,
        height="content",
        placeholder="",
        column_order=_NARROW if narrow else _BESIDE_A_RECORD if beside else _WIDE,
        column_config=_columns(
            without_year=narrow or beside or all(row.at.year == visitor.now().year for row in page.rows),
            erased=any(row.state is State.ERASED for row in page.rows),
        ),
        key=table,
        on_select=lambda: _choose(table, sequences),
        selection_mode=clicked_row.MODES,
        selection_default=start,
        alt="What fits the filters, one row each; choosing a row opens its record",
    )


def _choose(table: str, sequences: Sequence[int]) -> None:
    clicked_row.tick(table)
    place = history_state.selected_place(table)
    if place is None:
        history_state.close_record()
    else:
        history_state.open_record(sequences[place])


def told(page: HistoryPage, question: HistoryQuestion) -> None:
    """Where in the list this is."""
    first = (page.page - 1) * question.rows_per_page + 1
    words = f"{first:,} to {first + len(page.rows) - 1:,} of {page.total:,}. Click a row to read it. Times are UTC."
    if page.notes_searched is not None:
        words += f" Notes of the newest {page.notes_searched:,} were searched. The charts do not look into notes."
    above_table.caption(words)


def pages(page: HistoryPage, question: HistoryQuestion, narrow: bool) -> None:
    """The way to the other pages."""
    if page.pages == 1:
        return
    asked = replace(question, page=1)
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="xsmall"):
        _turn("Previous page", ":material/chevron_left:", asked, page.page - 1, page.page == 1, PREVIOUS_KEY)
        if not narrow:
            _numbered(page, asked)
        _turn("Next page", ":material/chevron_right:", asked, page.page + 1, page.page == page.pages, NEXT_KEY)


def _turn(label: str, icon: str, asked: HistoryQuestion, to: int, ended: bool, shortcut: str) -> None:
    st.button(
        "",
        icon=icon,
        key=label,
        help=label,
        type="tertiary",
        disabled=ended,
        shortcut=shortcut,
        on_click=history_state.turn_to,
        args=(asked, to),
    )


def _numbered(page: HistoryPage, asked: HistoryQuestion) -> None:
    before = 0
    for number in shown_pages(page.page, page.pages):
        if number > before + 1:
            st.caption("…", width="content")
        st.button(
            f"{number:,}",
            key=f"history_page_{number}",
            type="primary" if number == page.page else "tertiary",
            on_click=history_state.turn_to,
            args=(asked, number),
        )
        before = number


def shown_pages(current: int, last: int) -> tuple[int, ...]:
    """The first, the last, and those around the current one."""
    around = range(max(1, current - _AROUND), min(last, current + _AROUND) + 1)
    return tuple(sorted({1, last, *around}))


def no_rows(question: HistoryQuestion) -> None:
    with st.container(horizontal_alignment="center"):
        st.space("small")
        if question.about == NOBODY:
            st.markdown("**No application or client like that in the record**", width="content")
            st.caption("A client is found by the full number, an application by its full id.", text_alignment="center")
        else:
            st.markdown(f"**No {thing(question)} fits these filters**", width="content")
            st.caption(plain(f"Asked for: {question.in_words()}."), text_alignment="center")
        history_forms.reset()
        st.space("small")


def _frame(found: Sequence[HistoryRow]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "When": pd.Series([row.at for row in found], dtype="datetime64[ms, UTC]"),
            "Application": [row.application for row in found],
            "Amount": pd.Series([row.amount for row in found], dtype="float64").round(),
            "PD": [100 * row.default_probability for row in found],
            "Grade": [row.grade for row in found],
            "Recommended": [[_recommended(row.recommendation)] for row in found],
            "Decision": [_decided(row) for row in found],
            "Override": [[_SIDES[row.override_side][0]] if row.override_side in _SIDES else [] for row in found],
            "By": [f"{row.officer} · demo" if row.demo else row.officer for row in found],
            "Outcome": [[] if row.outcome is KnownOutcome.NONE else [row.outcome.value] for row in found],
        }
    )


def _recommended(code: str) -> str:
    return RECOMMENDED[code][0] if code in RECOMMENDED else code


def _decided(row: HistoryRow) -> list[str]:
    erased = ["erased"] if row.state is State.ERASED else []
    return [*([DECIDED.get(row.decision, DECIDED_OTHERWISE)[0]] if row.decision else ["Open"]), *erased]


def _columns(without_year: bool, erased: bool) -> dict[str, ColumnConfig]:
    config = st.column_config
    recommended: dict[str, Colour] = {name: colour for name, _, colour in RECOMMENDED.values()}
    decided: dict[str, Colour] = {name: colour for name, _, colour in DECIDED.values()}
    decided |= {"Open": "blue", "erased": "gray"}
    return {
        "When": config.DatetimeColumn(
            format="D MMM, HH:mm" if without_year else "D MMM YYYY, HH:mm",
            timezone="UTC",
            width=100 if without_year else 138,
        ),
        "Application": config.TextColumn(width=154),
        "Amount": config.NumberColumn(format="localized", width=80),
        "PD": config.NumberColumn(format="%.1f %%", width=60),
        "Grade": config.TextColumn(width=50, alignment="center"),
        "Recommended": _badges(recommended, 102),
        "Decision": _badges(decided, 148 if erased else 100),
        "Override": _badges(dict(_SIDES.values()), 92, _SIDES_HELP),
        "By": config.TextColumn(width=138, help="“demo”: made by set-up, so that there is something to show."),
        "Outcome": _badges({"repaid": "green", "defaulted": "red"}, 92),
    }


def _badges(colours: Mapping[str, Colour], width: int, told: str | None = None) -> ColumnConfig:
    return st.column_config.MultiselectColumn(
        width=width, help=told, options=list(colours), color=list(colours.values())
    )
