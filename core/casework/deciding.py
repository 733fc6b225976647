"""The rules of a decision as one table; they hold whoever calls, with or without a page."""

from __future__ import annotations

import re

from core.casework.case_rules import CASE_RULES
from core.casework.case_state import CaseState, Stage
from core.casework.decision_question import Choice, Question
from core.casework.override_rules import OVERRIDE_RULES
from core.casework.recording import Ruling
from core.errors import DecisionRefused

RULES = (*CASE_RULES, *OVERRIDE_RULES)  # in this order: the first that is broken is told
REQUEST = re.compile(r"[A-Za-z0-9_-]{16,64}")


def judge(question: Question) -> Ruling:
    """What is to be recorded; DecisionRefused (ScoreStale for an old score) by the first rule that is broken."""
    for rule in RULES:
        if rule.broken(question):
            raise rule.refusal(rule.words(question))
    return Ruling(
        decision=question.choice.decision,
        override_code=question.choice.override_code,
        override_side=question.override_side,
        note=question.note,
        settles=_settled(question.state),
        request=question.choice.idempotency_key,
    )


def check_request(choice: Choice) -> None:
    """A form without a key of its own could be sent twice."""
    if not REQUEST.fullmatch(choice.idempotency_key):
        raise DecisionRefused(
            "Decision: its form must carry a key of 16 to 64 letters, digits, - and _, "
            f"got {len(choice.idempotency_key)} characters; open the application again."
        )


def _settled(state: CaseState) -> int | None:
    return state.decision.sequence if state.decision is not None and state.stage is Stage.REFERRED else None
