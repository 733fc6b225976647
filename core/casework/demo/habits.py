"""What a person of the believable past chooses to do with a score; the rules of deciding judge it afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.casework.case_state import APPROVE, DECLINE, REFER, WITHDRAWN
from core.casework.decision_question import Choice
from core.casework.demo import notes
from core.casework.demo.officers import Officer
from core.policy.recommendation import Recommendation
from core.portfolio.contract import ReasonCode
from core.scoring.score import Score

WITHDRAWS = 0.022  # of all applications the client takes so many back
_NOTES_WHEN_AGREEING = 0.12
_NOTES_WHEN_REFERRING = 0.7


@dataclass(frozen=True)
class Seen:
    """What is before the person, and what only time will tell."""

    score: Score
    sequence: int  # of the scored event
    defaults: bool
    codes: Sequence[ReasonCode]


def first_choice(rng: np.random.Generator, officer: Officer, seen: Seen) -> Choice:
    """What an officer chooses for an application that nobody decided on yet."""
    if rng.random() < WITHDRAWS:
        return _choice(rng, seen, WITHDRAWN, notes.note(rng, notes.WITHDRAWING))
    if seen.score.recommendation is not Recommendation.APPROVE and rng.random() < _low_side(officer, seen):
        return _against(rng, seen, APPROVE)
    if seen.score.recommendation is not Recommendation.DECLINE and rng.random() < _high_side(officer, seen):
        return _against(rng, seen, DECLINE)
    if seen.score.recommendation is Recommendation.REFER or rng.random() < officer.refers:
        told = rng.random() < _NOTES_WHEN_REFERRING
        return _choice(rng, seen, REFER, notes.note(rng, notes.REFERRING) if told else "")
    told = rng.random() < _NOTES_WHEN_AGREEING
    return _choice(rng, seen, seen.score.recommendation.value, notes.note(rng, notes.AGREEING) if told else "")


def settling_choice(rng: np.random.Generator, manager: Officer, seen: Seen) -> Choice:
    """What a risk manager says to a referred application: the riskier, the seldomer yes."""
    if rng.random() < WITHDRAWS:
        return _choice(rng, seen, WITHDRAWN, notes.note(rng, notes.WITHDRAWING))
    score = seen.score
    approves = 0.8 - 0.5 * min(score.default_probability / max(score.decline_from, 1e-9), 1.4)
    approves *= 1 / manager.judgement if seen.defaults else 1.05
    decision = APPROVE if rng.random() < approves else DECLINE
    return _choice(rng, seen, decision, notes.note(rng, notes.SETTLING))


def _low_side(officer: Officer, seen: Seen) -> float:
    """Readier just above a limit, and where the client does repay in the end."""
    beyond = seen.score.default_probability / seen.score.cut - 1
    return officer.low_side * 1.5 / (1 + beyond) * _judged(officer, right=not seen.defaults)


def _high_side(officer: Officer, seen: Seen) -> float:
    """Readier just below a limit, and where the client does default in the end."""
    near = min(seen.score.default_probability / seen.score.cut, 1.3)
    return officer.high_side * (0.35 + 1.2 * near) * _judged(officer, right=seen.defaults)


def _judged(officer: Officer, right: bool) -> float:
    return officer.judgement if right else 1.0


def _against(rng: np.random.Generator, seen: Seen, decision: str) -> Choice:
    """An override, or what is decided instead of a recommended referral."""
    code, note = notes.reason(rng, decision, seen.codes)
    return _choice(rng, seen, decision, note, code)


def _choice(rng: np.random.Generator, seen: Seen, decision: str, note: str, code: str = "") -> Choice:
    return Choice(seen.sequence, decision, code, note, rng.bytes(16).hex())
