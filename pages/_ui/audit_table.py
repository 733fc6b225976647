"""The list of events, newest first, a page at a time."""

from __future__ import annotations

from typing import Final, Literal

import pandas as pd
import streamlit as st

from core.casework.audit import AuditPage, AuditQuestion, AuditRow
from core.casework.audit_words import WORDS, Group
from pages._ui import above_table, audit_state, clicked_row

NEXT_KEY: Final = "N"
PREVIOUS_KEY: Final = "P"
KEYS: Final = (
    (clicked_row.KEY, "read the event of the marked cell"),
    (NEXT_KEY, "older events"),
    (PREVIOUS_KEY, "newer events"),
)
_MOMENT: Final = "YYYY-MM-DD HH:mm:ss"
_ROW: Final = 31  # pixels at the size of the theme's font, also the line of names
_MOST_ROWS_IN_VIEW: Final = 13
_COLOURS: Final = {
    Group.SIGN_INS: "#5B738033",
    Group.REFUSED_SIGN_INS: "#B5382F40",
    Group.ROLES: "#6B5BA84D",
    Group.PEOPLE: "#6B5BA84D",
    Group.DECISIONS: "#0F6E844D",
    Group.SCORES: "#0F6E8426",
    Group.POLICIES_AND_MODELS: "#9A5B0C40",
    Group.EXPORTS_AND_DOWNLOADS: "#9A5B0C40",
    Group.OUTCOMES: "#1B7F5C33",
    Group.ERASURES: "#B5382F40",
    Group.VERIFICATION: "#1B7F5C33",
}
_REFUSED: Final = "#B5382F40"


def draw(page: AuditPage, question: AuditQuestion, narrow: bool) -> None:
    first = (page.page - 1) * question.rows_per_page + 1
    st.subheader("Events", anchor=False)
    if page.rows:
        last = first + len(page.rows) - 1
        above_table.caption(f"{first:,} to {last:,} of {page.total:,}, newest first. Click one to read it.")
    if not page.rows:
        st.markdown("No event fits this question.")
        st.caption("Choose a longer period, or clear a filter.")
        return
    shown = tuple(row.sequence for row in page.rows)
    key = f"audit_events_{shown[0]}_{shown[-1]}_{len(shown)}_{narrow}"
    picked = audit_state.picked()
    ticked = shown.index(picked) if picked in shown else None
    clicked_row.begin(key, ticked)
    st.dataframe(
        _frame(page.rows, narrow),
        hide_index=True,
        height=_height(len(shown)),
        column_config=_NARROW if narrow else _WIDE,
        key=key,
        on_select=lambda: _pick(key, shown),
        selection_mode=clicked_row.MODES,
        selection_default={"selection": {"rows": [ticked]}} if ticked is not None else None,
        alt="Events on the chain: number, time, kind, who, what in words and where from, newest first",
    )
    _pager(page)


def _pick(table: str, shown: tuple[int, ...]) -> None:
    clicked_row.tick(table)
    audit_state.pick_of(table, shown)


def _pager(page: AuditPage) -> None:
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.button(
            "Newer",
            icon=":material/chevron_left:",
            shortcut=PREVIOUS_KEY,
            disabled=page.page == 1,
            on_click=audit_state.turn_to,
            args=(page.page - 1,),
        )
        st.button(
            "Older",
            icon=":material/chevron_right:",
            shortcut=NEXT_KEY,
            disabled=page.page == page.pages,
            on_click=audit_state.turn_to,
            args=(page.page + 1,),
        )


def _height(rows: int) -> int | Literal["content"]:
    return "content" if rows <= _MOST_ROWS_IN_VIEW else (_MOST_ROWS_IN_VIEW + 1) * _ROW + 2


def _frame(rows: tuple[AuditRow, ...], narrow: bool) -> pd.DataFrame:
    """On a phone without what does not fit: the event in full has it."""
    columns: dict[str, list[object]] = {
        "#": [row.sequence for row in rows],
        "When, UTC": [row.at.replace(tzinfo=None) for row in rows],
        "Kind": [[row.kind] for row in rows],
        "Who": [_who(row, narrow) for row in rows],
        "What": [row.what for row in rows],
        "From": [row.address or "command line" if row.role == "console" else row.address for row in rows],
    }
    return pd.DataFrame({name: columns[name] for name in (_NARROW if narrow else _WIDE)})


def _who(row: AuditRow, narrow: bool) -> str:
    """Marked as in the history where set-up made it up; on a phone in front, where a long name cannot cut it."""
    name = row.actor or "nobody known"
    if not row.demo:
        return name
    return f"demo · {name}" if narrow else f"{name} · demo"


def _colour(label: str, group: Group) -> str:
    return _REFUSED if label.endswith("refused") else _COLOURS[group]


_LABELS: Final = [words.label for words in WORDS]
_TINTS: Final = [_colour(words.label, words.group) for words in WORDS]
_DEMO: Final = "“demo”: made by set-up, so that there is something to show."
_column = st.column_config
_WIDE: Final = {
    "#": _column.NumberColumn(format="localized", width=56),
    "When, UTC": _column.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", width=138),
    "Kind": _column.MultiselectColumn(options=_LABELS, color=_TINTS, width=134),
    "Who": _column.TextColumn(width=138, help=_DEMO),
    "What": _column.TextColumn(width=420),
    "From": _column.TextColumn(width=90),
}
_NARROW: Final = {
    "When, UTC": _column.DatetimeColumn(format="MM-DD HH:mm", width=84),
    "Kind": _column.MultiselectColumn(options=_LABELS, color=_TINTS, width=126),
    "Who": _column.TextColumn(width=90, help=_DEMO),
}
