"""What a decision that leaves the recommendation needs: a reason that fits it and a note, both fit to be kept."""

from __future__ import annotations

import unicodedata

from core.casework.case_state import APPROVE
from core.casework.decision_question import Question, Rule, shown
from core.casework.override_sides import REFERRAL
from core.portfolio.contract import text

SHORTEST_NOTE, LONGEST_NOTE = 10, 2_000  # characters
_TURNS_TEXT_ROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _lacks_reason(question: Question) -> bool:
    codes = {code.code for code in question.contract.overrides}
    return bool(question.override_side) and question.choice.override_code not in codes


def _reason_missing(question: Question) -> str:
    got = shown(question.choice.override_code) if question.choice.override_code else "none"
    refer = ", or refer it" if question.override_side == REFERRAL else ""
    return f"Reason: {_leaving(question)} needs a reason from the list, got {got}; {_choose(question)}{refer}."


def _has_unfit_reason(question: Question) -> bool:
    return bool(question.override_side) and question.choice.override_code not in {c.code for c in question.fitting}


def _unfit_reason(question: Question) -> str:
    code = next(code for code in question.contract.overrides if code.code == question.choice.override_code)
    return (
        f"Reason: {_leaving(question)} needs one that fits {_doing(question)}, got “{text(code.label)}”; "
        f"{_choose(question)}."
    )


def _has_idle_reason(question: Question) -> bool:
    return not question.override_side and bool(question.choice.override_code)


def _idle_reason(question: Question) -> str:
    return (
        "Reason: only a decision that overrides the recommendation or is made instead of a referral has one, "
        f"got {shown(question.choice.override_code)}; leave the reason out."
    )


def _lacks_note(question: Question) -> bool:
    return question.needs_note and len(question.note) < SHORTEST_NOTE


def _note_missing(question: Question) -> str:
    why = (
        "why nobody else had to look" if question.override_side == REFERRAL else "what the recommendation does not know"
    )
    return (
        f"Note: {_leaving(question)} needs a note of at least {SHORTEST_NOTE} characters, got {len(question.note)}; "
        f"write down {why}."
    )


def _is_long(question: Question) -> bool:
    return len(question.note) > LONGEST_NOTE


def _too_long(question: Question) -> str:
    return f"Note: must have at most {LONGEST_NOTE:,} characters, got {len(question.note):,}; shorten it."


def _is_unreadable(question: Question) -> bool:
    return any(_is_control(sign) for sign in question.note)


def _unreadable(question: Question) -> str:
    sign = next(sign for sign in question.note if _is_control(sign))
    return f"Note: must be text without control characters, got U+{ord(sign):04X}; type it without that."


def _is_control(sign: str) -> bool:
    """Signs that cannot be seen but change what is, half characters among them; line breaks and tabs are fine."""
    return sign in _TURNS_TEXT_ROUND or (sign not in "\n\t\r" and unicodedata.category(sign) in ("Cc", "Cs"))


def _leaving(question: Question) -> str:
    """How the decision leaves the recommendation."""
    if question.override_side == REFERRAL:
        return f"{_doing(question)} instead of a referral"
    return f"{_doing(question)} where {question.scored.recommendation} is recommended"


def _doing(question: Question) -> str:
    return "approving" if question.choice.decision == APPROVE else "declining"


def _choose(question: Question) -> str:
    return f"choose one of {', '.join(f'“{text(code.label)}”' for code in question.fitting)}"


OVERRIDE_RULES = (
    Rule(_lacks_reason, _reason_missing),
    Rule(_has_unfit_reason, _unfit_reason),
    Rule(_has_idle_reason, _idle_reason),
    Rule(_lacks_note, _note_missing),
    Rule(_is_long, _too_long),
    Rule(_is_unreadable, _unreadable),
)
