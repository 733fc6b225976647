"""What an event is called and what it says in one plain sentence, from its public part alone.

The table knows every kind of the chain; a kind it does not know is shown under its own name rather than left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.accounts.events import Kind
from core.casework import kinds
from core.casework.erasure_person import ERASURE_BEGUN
from core.casework.json_fields import number, text, texts, whole
from core.casework.override_sides import REFERRAL, SIDE_WORDS
from core.casework.retention import APPLICATIONS
from core.ledger.event import Public
from core.portfolio.wording import counted, percent

NOBODY = "somebody unknown"
THE_HEAD = "head"  # what a download is about


class Group(StrEnum):
    """What an auditor looks for."""

    SIGN_INS = "Sign-ins"
    REFUSED_SIGN_INS = "Refused sign-ins"
    ROLES = "Role changes"
    PEOPLE = "Accounts"
    DECISIONS = "Decisions"
    SCORES = "Scores"
    POLICIES_AND_MODELS = "Policies and models"
    EXPORTS_AND_DOWNLOADS = "Exports and downloads"
    OUTCOMES = "Outcomes"
    ERASURES = "Erasures"
    VERIFICATION = "Verification"


Sentence = Callable[[str, Public], str]  # of the event's subject and public part


@dataclass(frozen=True)
class KindWords:
    kind: str
    group: Group
    label: str
    sentence: Sentence


def _person(doing: str) -> Sentence:
    """What was done to a person; `{rule}` is the role or name that the event tells."""

    def sentence(subject: str, public: Public) -> str:
        rule = text(public, "rule").replace("_", " ")
        return f"{_opened(doing.format(who=subject or NOBODY, rule=rule), subject)}."

    return sentence


def _refused(doing: str) -> Sentence:
    def sentence(subject: str, public: Public) -> str:
        return _ended(_opened(doing.format(who=subject or NOBODY), subject), text(public, "rule"))

    return sentence


def _scored(subject: str, public: Public) -> str:
    return f"Recommended {_words(public, 'recommendation')}{_at_probability(public)}."


def _score_refused(subject: str, public: Public) -> str:
    return _ended("No score was made", text(public, "rule"))


def _decided(subject: str, public: Public) -> str:
    decision, recommended = _words(public, "decision"), _words(public, "recommendation")
    code = _words(public, "override_code")
    side = text(public, "override_side")
    if side:
        against = SIDE_WORDS[REFERRAL] if side == REFERRAL else f"against the recommended {recommended}"
        reason = f" for the reason {code}" if code else ""
        return f"Decided {decision} {against}{reason}{_at_probability(public)}."
    agreed = "as recommended" if decision == recommended else f"where {recommended} was recommended"
    return f"Decided {decision}, {agreed}{_at_probability(public)}."


def _outcome(subject: str, public: Public) -> str:
    return f"Turned out {_words(public, 'outcome')}{_on(public)}."


def _corrected(subject: str, public: Public) -> str:
    before = whole(public, "corrects")
    instead = f", in the place of event {before:,}" if before else ""
    return f"Turned out {_words(public, 'outcome')}{_on(public)}{instead}."


def _erasure_begun(subject: str, public: Public) -> str:
    return _ended("Ordered that a person be forgotten", text(public, "reason"))


def _retention_begun(subject: str, public: Public) -> str:
    what = counted(len(texts(public, APPLICATIONS)), "application")
    return _ended(f"Ordered that {what} be forgotten", text(public, "reason"))


def _erased(subject: str, public: Public) -> str:
    by_time = text(public, "rule") == "retention"
    what = "Destroyed the key of an application whose time was over" if by_time else "A person was forgotten"
    return _ended(what, text(public, "reason"))


def _exported(subject: str, public: Public) -> str:
    rows, words = whole(public, "rows"), text(public, "filter")
    count = counted(rows, "row") if rows is not None else "Rows"
    name = text(public, "file") or text(public, "format")  # early events tell no name
    return _ended(f"{count} of {subject or 'the record'} left the desk{f' as {name}' if name else ''}", words)


def _downloaded(subject: str, public: Public) -> str:
    """The file ends with the event of its own download; early events count those in front of it."""
    name = text(public, "file")
    ends = "; it ends with this event" if subject == THE_HEAD else ""
    return f"The {subject or 'file'} was downloaded{f' as {name}' if name else ''}{ends}."


def _verified(subject: str, public: Public) -> str:
    if public.get("sound") is True:
        return _ended(f"The chain of {whole(public, 'events') or 0:,} events was found sound", text(public, "warning"))
    return _ended("The chain was found not sound", text(public, "finding"))


def _model(subject: str, public: Public) -> str:
    return f"From here on the model {subject} scores."


def _policy(subject: str, public: Public) -> str:
    below, decline = number(public, "approve_below"), number(public, "decline_from")
    cuts = (
        ""
        if below is None or decline is None
        else (f", which approves below {percent(below)} and declines from {percent(decline)}")
    )
    return f"From here on the policy {subject} recommends{cuts}."


WORDS: tuple[KindWords, ...] = (
    KindWords(Kind.SIGNED_IN, Group.SIGN_INS, "Signed in", _person("{who} signed in")),
    KindWords(Kind.SIGN_IN_REFUSED, Group.REFUSED_SIGN_INS, "Sign-in refused", _refused("{who} was not let in")),
    KindWords(Kind.SIGNED_OUT, Group.SIGN_INS, "Signed out", _person("{who} signed out")),
    KindWords(Kind.PERSON_ADDED, Group.PEOPLE, "Person added", _person("{who} was given an account")),
    KindWords(Kind.PERSON_DISABLED, Group.PEOPLE, "Person disabled", _person("The account of {who} was disabled")),
    KindWords(Kind.PERSON_ENABLED, Group.PEOPLE, "Person enabled", _person("The account of {who} was enabled again")),
    KindWords(Kind.PASSWORD_RESET, Group.PEOPLE, "Password reset", _person("{who} was given a new password")),
    KindWords(Kind.PASSWORD_CHANGED, Group.PEOPLE, "Password changed", _person("{who} chose a new password")),
    KindWords(Kind.ROLE_GRANTED, Group.ROLES, "Role granted", _person("{who} was made {rule}")),
    KindWords(Kind.ROLE_REVOKED, Group.ROLES, "Role revoked", _person("{who} is no longer {rule}")),
    KindWords(Kind.CHANGE_REFUSED, Group.PEOPLE, "Change refused", _refused("A change to {who} was refused")),
    KindWords(kinds.SCORED, Group.SCORES, "Scored", _scored),
    KindWords(kinds.SCORE_REFUSED, Group.SCORES, "Score refused", _score_refused),
    KindWords(kinds.DECIDED, Group.DECISIONS, "Decided", _decided),
    KindWords(kinds.OUTCOME, Group.OUTCOMES, "Outcome", _outcome),
    KindWords(kinds.CORRECTED, Group.OUTCOMES, "Outcome corrected", _corrected),
    KindWords(ERASURE_BEGUN, Group.ERASURES, "Erasure ordered", _erasure_begun),
    KindWords(kinds.RETENTION_BEGUN, Group.ERASURES, "Retention ordered", _retention_begun),
    KindWords(kinds.ERASED, Group.ERASURES, "Erased", _erased),
    KindWords(kinds.EXPORTED, Group.EXPORTS_AND_DOWNLOADS, "Exported", _exported),
    KindWords(kinds.DOWNLOADED, Group.EXPORTS_AND_DOWNLOADS, "Downloaded", _downloaded),
    KindWords(kinds.VERIFIED, Group.VERIFICATION, "Verified", _verified),
    KindWords(kinds.MODEL_ACTIVATED, Group.POLICIES_AND_MODELS, "Model in force", _model),
    KindWords(kinds.POLICY_ACTIVATED, Group.POLICIES_AND_MODELS, "Policy in force", _policy),
)
_BY_KIND: Mapping[str, KindWords] = {str(words.kind): words for words in WORDS}


def kinds_of(group: Group) -> tuple[str, ...]:
    return tuple(str(words.kind) for words in WORDS if words.group is group)


def label_of(kind: str) -> str:
    """The kind as people call it."""
    return _BY_KIND[kind].label if kind in _BY_KIND else kind.replace("_", " ").capitalize()


def sentence_of(kind: str, subject: str, public: Public) -> str:
    """What happened; empty for a kind that the table does not know."""
    return _BY_KIND[kind].sentence(subject, public) if kind in _BY_KIND else ""


def _words(public: Public, name: str) -> str:
    """A code as words: approve_changed_terms is "approve changed terms"."""
    return text(public, name).replace("_", " ") or "nothing"


def _at_probability(public: Public) -> str:
    probability = number(public, "default_probability")
    return "" if probability is None else f" at a PD of {percent(probability)}"


def _on(public: Public) -> str:
    day = text(public, "observed_on")
    return f" on {day}" if day else ""


def _opened(what: str, name: str) -> str:
    """A sentence begins with a capital, a user name with its own letter."""
    return what if name and what.startswith(name) else f"{what[0].upper()}{what[1:]}"


def _ended(what: str, why: str) -> str:
    """What happened, and behind a colon why."""
    return f"{what}: {why.rstrip('. ')}." if why else f"{what}."
