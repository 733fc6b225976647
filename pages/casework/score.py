"""One client by number, or an application typed in: what is recommended, how likely a default is, and why."""

import streamlit as st

from core.accounts.roles import Action, Page, may
from core.scoring.contribution_rows import contribution_rows
from core.scoring.key_figures import key_figures
from core.scoring.pd_scale import pd_scale
from core.scoring.protected import unused_bases
from core.scoring.sentence import headline
from core.scoring.waterfall import waterfall
from pages._ui import (
    asking,
    before_cards,
    cards,
    decide_cards,
    forms,
    guard,
    recorded,
    similar_cards,
    standing_cards,
    state,
    tables,
    what_if_cards,
)

guard.require(Page.SCORE, Action.READ)
person = guard.somebody()
desk = guard.desk()
narrow = state.narrow_screen()
case = asking.case(desk, person)
with guard.refusals():
    score, model = case.score, desk.model
    facts = desk.facts_of(case.application)
    figures = key_figures(score, desk.policy, desk.peers(score.default_probability), desk.contract)
    not_used = unused_bases(desk.contract, model.features)
    similar, unusual = desk.similar(score), desk.extrapolation(score)
    scale = pd_scale(desk.policy, score.default_probability)
    written = recorded.score(case, person)


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


with cards.verdict(score, headline(score), scale, similar, narrow):
    similar_cards.extrapolation(unusual)
cards.figures(figures, narrow)
left, right = cards.two_thirds()
with left:
    why()
    before_cards.before(written)
    similar_cards.similar(case, similar)
with right:
    cards.facts(facts)
    if may(person.role, Page.SCORE, Action.DECIDE):
        decide_cards.decide(case, written)
    cards.reasons(score.reasons)
if may(person.role, Page.SCORE, Action.WHAT_IF):
    what_if_cards.what_if(case, narrow)
left, right = cards.two_thirds()
with left:
    standing_cards.standing(case, narrow)
with right:
    cards.behind_the_number(score, model.card, desk.contract)
    cards.keyboard(
        (
            (forms.NEXT_KEY, "next waiting"),
            (decide_cards.AGREE_KEY, "agree"),
            *asking.KEYS,
            (what_if_cards.RESET_KEY, "what if: back"),
        )
    )
