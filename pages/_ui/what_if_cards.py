"""What if: fields of the application changed by hand, the new result beside the old, and what moved."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from core.accounts.people import Person
from core.accounts.roles import Action, Page, may
from core.errors import ApplicationRefused
from core.portfolio.entry_fields import EntryField, Typed, entry_field, typed_changes
from core.portfolio.wording import percent, points
from core.scoring.changes import ChangeableField
from core.scoring.what_if import WhatIf
from pages._ui import cards, entry_widgets, figure, guard, moves_chart, similar_cards, what_if_state
from pages._ui.case import Case
from pages._ui.entry_widgets import Beside
from pages._ui.ready_figure import ReadyFigure
from pages._ui.words import DIRECTIONS, RECOMMENDED, plain

RESET_KEY = "X"
_TILE = 200  # px: a figure with its change and the figure before on two lines


def keys(person: Person) -> tuple[tuple[str, str], ...]:
    """What can be done without a mouse."""
    return ((RESET_KEY, "what if: back"),) if may(person.role, Page.SCORE, Action.WHAT_IF) else ()


@st.fragment
def what_if(case: Case) -> None:
    """A part of its own, drawn for those who may play."""
    guard.require(Page.SCORE, Action.WHAT_IF)
    offered = {field.column: field for field in case.desk.changeable_fields}
    with st.container(border=True, key="what_if_card"):  # print.css leaves it out
        _head(case)
        left, right = cards.one_third_first()
        with left:
            typed = _levers(case, offered) | _corrections(case, offered)
        with right:
            fields = {name: entry_field(case.desk.contract, name) for name in typed}
            _result(case, typed_changes(fields, case.application, typed))


def _head(case: Case) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("What if", anchor=False, width="content")
        st.button(
            "Back to the application",
            icon=":material/undo:",
            shortcut=RESET_KEY,
            help="Every field as the application has it.",
            on_click=what_if_state.reset,
            args=(case.identity,),
        )


def _levers(case: Case, offered: Mapping[str, ChangeableField]) -> dict[str, Typed]:
    st.caption("What the client could ask for instead")
    levers = [name for name, field in offered.items() if field.lever]
    return {name: _widget(case, entry_field(case.desk.contract, name)) for name in levers}


def _corrections(case: Case, offered: Mapping[str, ChangeableField]) -> dict[str, Typed]:
    """Facts nobody can choose, only correct; shown one by one, when they are named."""
    chosen = st.multiselect(
        "Facts to correct",
        [name for name, field in offered.items() if not field.lever],
        format_func=lambda name: offered[name].label,
        key=what_if_state.corrected_key(case.identity),
        placeholder="If one was wrong",
        help="Not levers: what is true of the client does not change by wishing. Age, gender and family status "
        "are never offered.",
    )
    return {name: _widget(case, entry_field(case.desk.contract, name)) for name in chosen if name in offered}


def _widget(case: Case, field: EntryField) -> Typed:
    """A field that may stay empty has a button that takes it as not given, and then one that leads back."""
    key = what_if_state.field_key(case.identity, field.column)
    own = field.typed(case.application.fields.get(field.column))
    left_out = what_if_state.taken_as_not_given(case.identity, field.column)
    start = what_if_state.started_with(case.identity, field.column, None if left_out else own)
    return entry_widgets.field(field, key, start, _beside(case, field, own, left_out))


def _beside(case: Case, field: EntryField, own: Typed, left_out: bool) -> Beside | None:
    if field.required or own is None:
        return None
    does = partial(what_if_state.take_as_not_given_or_back, case.identity, field.column)
    if left_out:
        return Beside(":material/undo:", f"As the application has it: {field.label}", does)
    return Beside(":material/close:", f"Take as not given: {field.label}", does)


def _result(case: Case, changes: Mapping[str, object]) -> None:
    if not changes:
        _as_it_is(case)
        return
    with guard.refusals():
        try:
            view = case.what_if(changes)
        except ApplicationRefused as refusal:
            cards.problems("These values cannot be scored", str(refusal).splitlines())
            return
    st.markdown(f"**{plain(view.headline)}**")
    _before_and_after(view)
    similar_cards.extrapolation(case.desk.extrapolation(view.score))
    _moved(view)


def _as_it_is(case: Case) -> None:
    score = case.score
    name, icon, colour = RECOMMENDED[score.recommendation]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**As it is**", width="content")
        st.badge(name, icon=icon, color=colour)
        st.markdown(
            plain(f"PD {percent(score.default_probability)}, {points(score.points)} points, grade {score.grade}"),
            width="content",
        )
    st.caption("Change a field: the new result stands here beside this one, with what moved it. Nothing is stored.")


def _before_and_after(view: WhatIf) -> None:
    worse = view.after.default_probability > view.before.default_probability
    with st.grid(2, min_column_width=_TILE) as tiles:
        _metric("Probability of default", view.after.pd_shown, view.pd_change, view.before.pd_shown, worse, worse)
        after = f"{view.after.points_shown} · {view.after.grade}"
        before = f"{view.before.points_shown} · {view.before.grade}"
        _metric("Points and grade", after, view.points_change, before, worse, not worse)
        _metric(
            "Expected loss",
            view.after.loss_shown,
            view.loss_change,
            view.before.loss_shown,
            *(view.loss_change.startswith("+"),) * 2,
        )
    with tiles.cell(), st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown("Recommendation")
        name, icon, colour = RECOMMENDED[view.after.recommendation]
        st.badge(name, icon=icon, color=colour)
        was = RECOMMENDED[view.before.recommendation][0].lower()
        st.caption(f"instead of {was}" if view.recommendation_changes else "as before")


def _metric(label: str, value: str, change: str, before: str, worse: bool, up: bool) -> None:
    moved = change.startswith(("+", "−"))
    st.metric(
        label,
        plain(value),
        change if moved else None,
        delta_color="red" if worse else "green",
        delta_arrow="up" if up else "down",
        delta_description=f"as before, {before}" if value == before and not moved else f"from {before}",
        border=True,
        height="stretch",
    )


def _moved(view: WhatIf) -> None:
    moves = view.by_family
    if moves.moves:
        st.plotly_chart(
            ReadyFigure(moves_chart.figure_of(moves)),
            config=figure.CONFIG,
            key="what_if_moves",
            alt=f"What moved the score. {moves.sum_check}",
        )
        st.caption(DIRECTIONS)
    st.caption(plain(f"Sum check: {moves.sum_check}"))
    with st.expander("Figures that moved", icon=":material/table_rows:"):
        st.table(
            [
                {
                    "Figure": plain(move.label),
                    "Before": plain(move.before),
                    "After": plain(move.after),
                    "Points": plain(move.shown),
                }
                for move in view.by_feature.moves
            ],
            border="horizontal",
            hide_index=True,
            alt="The model's figures that moved, largest effect first",
        )
    st.caption(plain(view.note))
