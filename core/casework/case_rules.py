"""Whether this case may be decided now, by this person, on this score."""

from __future__ import annotations

from core.accounts.roles import Role
from core.casework.case_state import CHANGED_TERMS, REFER, Stage, done_words
from core.casework.decision_question import KNOWN_DECISIONS, Question, Rule, shown
from core.casework.versions import Versions
from core.errors import ScoreStale


def _is_closed(question: Question) -> bool:
    return question.state.stage is Stage.CLOSED


def _closed(question: Question) -> str:
    return (
        f"Application {_application(question)}: a closed case is not decided again, and this one was "
        f"{_last_words(question)}; read its record in the history."
    )


def _is_anothers(question: Question) -> bool:
    return question.state.stage is Stage.REFERRED and question.role is not Role.RISK_MANAGER


def _anothers(question: Question) -> str:
    return (
        f"Application {_application(question)}: a referred case is decided by a risk manager, and this one was "
        f"{_last_words(question)}; ask a risk manager."
    )


def _is_stale(question: Question) -> bool:
    made_by = Versions(question.scored.model_version, question.scored.policy_version)
    return made_by != question.in_force


def _stale(question: Question) -> str:
    scored, now = question.scored, question.in_force
    return (
        f"Score {question.choice.score}: it must come from the model and policy in force, {now.model_version} and "
        f"{now.policy_version}, got {scored.model_version} and {scored.policy_version}; "
        "score the application again and decide on that score."
    )


def _is_overtaken(question: Question) -> bool:
    """Whether the application was scored again since, with another result."""
    latest = question.state.score
    return (
        latest is not None
        and latest.sequence > question.choice.score
        and latest.public.get("margin") != question.scored.margin
    )


def _overtaken(question: Question) -> str:
    latest = question.state.score
    assert latest is not None, "only a later score overtakes"
    return (
        f"Score {question.choice.score}: it must be the application's latest, and the application was scored again "
        f"with another result (event {latest.sequence:,}); decide on that score."
    )


def _is_unknown(question: Question) -> bool:
    codes = {code.code for code in question.contract.decisions}
    return question.choice.decision not in codes.intersection(KNOWN_DECISIONS)


def _unknown(question: Question) -> str:
    possible = ", ".join(code.code for code in question.possible)
    return f"Decision: must be one of {possible}, got {shown(question.choice.decision)}; choose one of these."


def _changes_terms(question: Question) -> bool:
    return question.choice.decision == CHANGED_TERMS


def _changed_terms(question: Question) -> str:
    return (
        "Decision: changed terms cannot be recorded yet, so only what was asked for is approved or declined; "
        "enter the application with its new terms and decide on that."
    )


def _refers_again(question: Question) -> bool:
    return question.state.stage is Stage.REFERRED and question.choice.decision == REFER


def _referred_again(question: Question) -> str:
    return (
        f"Application {_application(question)}: it waits for a decision already, {_last_words(question)}; "
        "approve it or decline it."
    )


def _application(question: Question) -> str:
    decision = question.state.decision
    return "" if decision is None else decision.application


def _last_words(question: Question) -> str:
    decision = question.state.decision
    return "" if decision is None else done_words(decision)


CASE_RULES = (
    Rule(_is_closed, _closed),
    Rule(_is_anothers, _anothers),
    Rule(_is_stale, _stale, ScoreStale),
    Rule(_is_overtaken, _overtaken, ScoreStale),
    Rule(_is_unknown, _unknown),
    Rule(_changes_terms, _changed_terms),
    Rule(_refers_again, _referred_again),
)
