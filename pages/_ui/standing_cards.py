"""Where this client stands: one feature's spread over the clients the model learnt from, this client marked."""

from __future__ import annotations

import streamlit as st

from core.accounts.roles import Action, Page
from pages._ui import distribution_chart, figure, guard, standing_state
from pages._ui.case import Case
from pages._ui.ready_figure import ReadyFigure
from pages._ui.words import plain


@st.fragment
def standing(case: Case, narrow: bool) -> None:
    """A part of its own: another feature draws nothing else anew."""
    guard.require(Page.SCORE, Action.READ)
    with guard.refusals(), st.container(border=True):
        # of words that all clients share: Streamlit keeps the widgets of every client as long as the session lasts
        titles = {each.name: each.title for each in case.desk.shown_features(case.score)}
        st.subheader("Where this client stands", anchor=False)
        names = list(titles)
        asked = standing_state.chosen()
        chosen = st.selectbox(
            "Feature",
            names,
            index=names.index(asked) if asked in titles else 0,
            key=standing_state.key(case.identity),
            on_change=standing_state.choose,
            args=(case.identity,),
            format_func=titles.__getitem__,
            label_visibility="collapsed",
            help="Those that moved this score most come first.",
        )
        view = case.desk.distribution(case.score, chosen or names[0])
        where = f": {view.place}" if view.place else ""
        st.markdown(f"**{plain(view.client_shown)}**{plain(where)}")
        known = f"{view.clients:,} clients whose value is known"
        st.caption(plain(f"Compared with {known}, a sample of those the model learnt from."))
        if view.bins:
            st.plotly_chart(
                ReadyFigure(distribution_chart.figure_of(view, narrow)),
                config=figure.CONFIG,
                key="distribution",
                alt=f"Spread of {view.label} over the clients; this client: {view.client_shown} {view.place}",
            )
        here = [distribution_chart.in_words(one) for one in view.bins if one.holds_client]
        st.caption(plain(". ".join([f"This client's bar, {words}" for words in here] + [" ".join(view.notes)])))
