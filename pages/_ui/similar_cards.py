"""What became of clients like this one, how far the recommendation holds, and where the client is unusual."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.accounts.roles import Action, Page
from core.portfolio.wording import counted, inside_sentence, percent
from core.scoring.extrapolation import Extrapolation
from core.scoring.field_limits import FieldLimit, FieldLimits
from core.scoring.similar import SimilarClients, TooFewSimilar
from pages._ui import cache, guard, state, tables
from pages._ui.case import Case
from pages._ui.words import plain

_MOST_LIMITS = 3  # told in a sentence each; the table holds all
_LOOKS_AGAIN = 0.5  # seconds after which the limits are computed: the page stands first


def extrapolation(view: Extrapolation) -> None:
    """Beside the score: what of this client the model has hardly seen, and what is missing."""
    if view.is_usual:
        st.caption(plain(view.missing.text))
        return
    missing = [] if view.missing.unusual else [view.missing.text]
    unusual([*view.warnings, *missing])


def unusual(told: Sequence[str]) -> None:
    with st.container(gap="xxsmall"):
        st.badge("Unusual for this model", icon=":material/warning:", color="orange")
        for sentence in told:
            st.caption(plain(sentence))


def similar(case: Case, view: SimilarClients | TooFewSimilar) -> None:
    with st.container(border=True):
        st.subheader("Clients like this one, and how far this holds", anchor=False)
        if isinstance(view, TooFewSimilar):
            st.caption(plain(view.outcome))
        else:
            _outcome(view)
        _how_far(case)


def _outcome(view: SimilarClients) -> None:
    defaulted = plain(f"{percent(view.default_rate.value)} defaulted")
    words = plain(view.outcome).replace(defaulted, f"**{defaulted}**", 1)
    named = plain(f"{view.clients:,} most similar")
    st.markdown(f"{words.replace(named, f'**{named}**', 1)} {plain(view.standing)}", help=plain(view.method))


def _how_far(case: Case) -> None:
    """Drawn as a skeleton first: trying every field takes longer than all the rest of the page."""
    soon = state.limits_asked_for() != case.identity
    st.fragment(_limits, run_every=_LOOKS_AGAIN if soon else None)(case, soon)


def _limits(case: Case, soon: bool) -> None:
    """`soon`: the page was drawn without them, and looks again by itself until it is drawn anew."""
    guard.require(Page.SCORE, Action.READ)
    if state.limits_asked_for() != case.identity:
        state.ask_for_limits(case.identity)
        st.skeleton(height=72)
        return
    with st.spinner("Trying every field, to see how far this holds …"), guard.refusals():
        view = cache.limits(case)
    if soon:
        st.rerun(scope="app")
    _told(case, view)


def _told(case: Case, view: FieldLimits) -> None:
    st.markdown(f":material/verified: **How far does this hold.** {plain(in_short(view))}")
    with st.expander("Every field, one changed at a time", icon=":material/rule:"):
        tables.described(
            {plain(f"{item.label}: {item.shown}"): plain(item.text) for item in view.items},
            "How far each field alone can go before the recommendation changes",
        )
        st.caption(plain(view.note))
        certificates = case.desk.certificates(case.score)
        st.markdown("**Figures the model weighs most**")
        tables.described(
            {plain(f"{item.label}"): plain(item.text) for item in certificates.items},
            "How far each figure of the model alone can go before the recommendation changes",
        )
        st.caption(plain(certificates.note))


def in_short(view: FieldLimits) -> str:
    able = [item for item in view.items if item.can_change]
    told = " ".join(item.text for item in able[:_MOST_LIMITS])
    if not able:
        return f"No field of the form alone changes the recommendation, at any of {view.tried:,} values tried."
    firm = [item for item in view.items if not item.can_change]
    return " ".join(filter(None, (told, _firm(firm), f"Tried: {view.tried:,} values.")))


def _firm(items: list[FieldLimit]) -> str:
    if not items:
        return ""
    names = [inside_sentence(item.label) for item in items[:2]]
    more = len(items) - len(names)
    rest = f" and {counted(more, 'more field')}" if more else ""
    return f"No value of {', '.join(names) if more else ' or '.join(names)}{rest} alone changes it."
