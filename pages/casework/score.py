"""One client by number: what is recommended, how likely a default is, and why."""

import streamlit as st

from core.accounts.roles import Action, Page
from core.scoring.contribution_rows import contribution_rows
from core.scoring.key_figures import key_figures
from core.scoring.pd_scale import pd_scale
from core.scoring.protected import unused_bases
from core.scoring.sentence import headline
from core.scoring.waterfall import waterfall
from pages._ui import cache, cards, forms, guard, state, tables

guard.require(Page.SCORE, Action.READ)
desk = guard.desk()
narrow = state.narrow_screen()
heading, controls = cards.header()
with controls:
    client = forms.client_number(cache.waiting(desk))
if not client:
    cards.title(heading, "Score", "One client by number: what is recommended, how likely a default is, and why.")
    with cards.nobody_yet():
        forms.try_one(cache.examples(desk), "center")
    st.stop()

cards.title(heading, f"Client {client}", cards.portfolio(desk.contract))
with guard.refusals(offer=lambda: forms.try_one(cache.examples(desk))):
    score = desk.score(client)
    facts = desk.facts(client)
    figures = key_figures(score, desk.policy, desk.peers(score.default_probability), desk.contract)
    not_used = unused_bases(desk.contract, desk.model.features)


@st.fragment
def why() -> None:
    """A part of its own: switching units draws nothing else anew."""
    guard.require(Page.SCORE, Action.READ)
    with guard.refusals(), cards.why():
        question = forms.why()
        view = waterfall(score, question.unit, question.grouping, question.bars, desk.policy.scale)
        cards.waterfall(view, narrow)
        forms.bars()
        cards.sum_check(view, not_used)
        with forms.as_table() as part:
            if part.open:
                tables.contributions(contribution_rows(score, question.grouping, desk.policy.scale), question.grouping)


cards.verdict(score, headline(score), pd_scale(desk.policy, score.default_probability), narrow)
cards.figures(figures, narrow)
left, right = cards.two_thirds()
with left:
    why()
with right:
    cards.facts(facts)
    cards.reasons(score.reasons)
with right if narrow else left:
    cards.behind_the_number(score, desk.model.card, desk.contract)
