"""How a refused score is named on the chain: by kind and rule, never by the values that were refused."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import ApplicationRefused, SolventError
from core.portfolio.application_json import Rule

RULES: Mapping[str, str] = {
    "ApplicationRefused": "fields must be inside the contract",
    "UnknownApplicant": "the client must be in the portfolio",
    "FeatureRowRefused": "the feature row must fit the model",
    "ExplanationRefused": "the explanation must add up and name every principal reason",
    "ModelRefused": "the model must be whole and fit the contract",
    "ModelMissing": "there must be a model",
    "PortfolioMissing": "there must be a portfolio",
}
OTHER_RULE = "the score must be possible"


_KNOWN = frozenset({*RULES.values(), *(rule.in_the_record for rule in Rule)})


def refusal_words(error: SolventError) -> tuple[str, str]:
    """Kind and rule of a refusal, in fixed words alone: its message may repeat what was typed."""
    kind = type(error).__name__
    broken = error.rule if isinstance(error, ApplicationRefused) else ""
    return kind, broken or RULES.get(kind, OTHER_RULE)


def told_rule(rule: str) -> str:
    """The rule, where it is one of the known ones; other words could hold a refused value."""
    return rule if rule in _KNOWN else OTHER_RULE
