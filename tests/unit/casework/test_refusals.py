"""What stands in the record of a refused score: the rule that was broken, never what broke it."""

from __future__ import annotations

import pytest

from core.casework.audit_words import sentence_of
from core.casework.refusals import OTHER_RULE, refusal_words, told_rule
from core.errors import ApplicationRefused, SolventError, UnknownApplicant
from core.portfolio.application_json import LARGEST_BYTES, Rule, read_fields


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "No score was made: the application's text must not be empty."),
        (b" " * (LARGEST_BYTES + 1), "No score was made: the application's text must not be larger than"),
        (b"\xff", "No score was made: the application's text must be UTF-8 text."),
        (b"hello", "No score was made: the application's text must be JSON."),
        (b"9" * 5000, "No score was made: the application's text must hold numbers of reasonable length."),
        (b"[" * 20_000, "No score was made: the application's text must be flat."),
        (b"[]", "No score was made: the application's text must be one object."),
        (b'{"SECRET": []}', "No score was made: the application's text must hold single values."),
        (b'{"SECRET": 1, "SECRET": 1}', "No score was made: the application's text must name each field once."),
        (b'{"SECRET": NaN}', "No score was made: the application's text must hold finite numbers; a missing value is"),
    ],
)
def test_each_rule_of_the_form_is_recorded_without_anything_that_was_sent(content: bytes, said: str) -> None:
    with pytest.raises(ApplicationRefused) as refused:
        read_fields(content)
    kind, rule = refusal_words(refused.value)
    assert kind == "ApplicationRefused"
    assert told_rule(rule) == rule
    assert "SECRET" not in rule
    assert sentence_of("score_refused", kind, {"refusal": kind, "rule": rule}).startswith(said)


def test_other_refusals_are_recorded_by_their_kind_and_unknown_words_are_not() -> None:
    assert refusal_words(ApplicationRefused("Income: got 77777")) == (
        "ApplicationRefused",
        "fields must be inside the contract",
    )
    assert refusal_words(UnknownApplicant("77777")) == ("UnknownApplicant", "the client must be in the portfolio")
    assert refusal_words(SolventError("77777")) == ("SolventError", OTHER_RULE)
    assert told_rule("Income: got 77777") == OTHER_RULE
    assert told_rule(Rule.FLAT.in_the_record) == "the application's text must be flat"
