"""One client by number, or an application typed in: what is recommended, how likely a default is, and why."""

from core.accounts.roles import Action, Page, may
from core.scoring.key_figures import key_figures
from core.scoring.pd_scale import pd_scale
from core.scoring.sentence import headline
from pages._ui import (
    asking,
    before_cards,
    cards,
    decide_cards,
    decide_form,
    guard,
    recorded,
    score_cards,
    screen,
    similar_cards,
    standing_cards,
    what_if_cards,
    why_cards,
)

guard.require(Page.SCORE, Action.READ)
person = guard.somebody()
desk = guard.desk()
narrow = screen.is_narrow()
case = asking.case(desk, person)
with guard.refusals():
    score = case.score
    facts = desk.facts_of(case.application)
    figures = key_figures(score, desk.policy, desk.peers(score.default_probability), desk.contract)
    similar, unusual = desk.similar(score), desk.extrapolation(score)
    scale = pd_scale(desk.policy, score.default_probability)
    written = recorded.score(case, person)

with score_cards.verdict(score, headline(score), scale, similar, narrow):
    similar_cards.extrapolation(unusual)
score_cards.figures(figures, narrow)
left, right = cards.two_thirds()
with left:
    why_cards.why(desk, score, narrow)
    before_cards.before(written, narrow)
    similar_cards.similar(case, similar)
with right:
    score_cards.facts(facts)
    if may(person.role, Page.SCORE, Action.DECIDE):
        decide_cards.decide(case, written)
    score_cards.reasons(score.reasons)
if may(person.role, Page.SCORE, Action.WHAT_IF):
    what_if_cards.what_if(case)
left, right = cards.two_thirds()
with left:
    standing_cards.standing(case, narrow)
with right:
    score_cards.behind_the_number(score, desk.model.card, desk.contract)
    cards.keyboard((*asking.keys(person), *decide_form.keys(person), *what_if_cards.keys(person)))
