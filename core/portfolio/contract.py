"""The contract: what a portfolio's columns mean. Values only; `contract_file` reads and checks them.

Every text is a table of languages (`{ en = "…" }`), English first, so that a further language is a
further column of text. Nothing outside a contract knows the name of a portfolio's column.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

import msgspec

Text = dict[str, str]  # language -> text


class Kind(StrEnum):
    """How a value is stored, checked and written on the screen."""

    IDENTIFIER = "identifier"
    TARGET = "target"  # 0 or 1
    MONEY = "money"  # in the portfolio's currency
    COUNT = "count"  # whole number, 0 or more
    DAYS = "days"  # whole days relative to the application, negative = before
    MONTHS = "months"  # whole months relative to the application, negative = before
    YEARS = "years"
    RATIO = "ratio"  # a share or quotient, shown as it stands
    SCORE = "score"  # a number in the column's own scale
    FLAG = "flag"  # 0 or 1, or the two choices named
    CATEGORY = "category"  # one of `choices`


WHOLE_KINDS = frozenset({Kind.IDENTIFIER, Kind.TARGET, Kind.COUNT, Kind.DAYS, Kind.MONTHS, Kind.FLAG})
LARGEST_WHOLE = 2**53 - 1  # whole numbers are exact in a double up to here

# What a kind allows where its column says nothing.
_LIMITS_OF_KIND: Mapping[Kind, tuple[float | None, float | None]] = {
    Kind.TARGET: (0, 1),
    Kind.FLAG: (0, 1),
    Kind.COUNT: (0, None),
}


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    pass


class Portfolio(_Part, frozen=True):
    name: str
    title: Text
    currency: Text  # how amounts are labelled; "" when the lender gives none
    key: str
    target: str
    target_meaning: Text


class Via(_Part, frozen=True):
    """A child of a child: the applicant is found through `table` by `column`."""

    table: str
    column: str


class Table(_Part, frozen=True):
    name: str  # staging reads raw_<name>
    files: tuple[str, ...]  # file stems, e.g. two halves of one table
    label: Text
    required: bool = False
    unique: tuple[str, ...] = ()  # columns whose combination occurs once
    via: Via | None = None


class Choice(_Part, frozen=True):
    value: str
    label: Text


class Column(_Part, frozen=True):
    label: Text
    kind: Kind
    description: Text = {}
    unit: Text = {}
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Choice, ...] = ()
    sentinels: tuple[str | float, ...] = ()  # values that mean "not available"; staging turns them into null
    nullable: bool = True
    family: str = ""
    protected: str = ""  # the protected basis ("gender", "age", "family status"), or ""
    direction: int = 0  # +1: more may only raise the PD; -1: more may only lower it; 0: free
    lever: bool = False  # something the applicant could change

    @property
    def is_text(self) -> bool:
        """Whether values are words out of `choices` instead of numbers."""
        return bool(self.choices)

    @cached_property
    def choice_labels(self) -> Mapping[str, Text]:
        return {choice.value: choice.label for choice in self.choices}

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """Smallest and largest allowed number, None = no limit; sentinels lie outside."""
        if self.is_text:
            return (None, None)
        lowest, highest = _LIMITS_OF_KIND.get(self.kind, (None, None))
        return (lowest if self.minimum is None else self.minimum, highest if self.maximum is None else self.maximum)


class Relation(StrEnum):
    """How a field must stand to another of the same application."""

    BELOW = "below"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    ABOVE = "above"
    NOT_WITH = "not_with"  # is not given at all where the other is the word `value`


class CrossCheck(_Part, frozen=True):
    """What two fields of one application must be to each other, where both are given."""

    column: str  # the field that is refused
    relation: Relation
    other: str
    rule: Text  # completes the field's label: "must not be larger than the loan"
    value: str = ""  # of the other, for NOT_WITH alone


class Family(_Part, frozen=True):
    """A group of features that a person would name with one word."""

    label: Text
    raises: Text  # fragment for a sentence: "low external scores"
    reason: Text  # the adverse-action wording, a full sentence


class Pattern(_Part, frozen=True):
    """Family (and protected basis) of all features whose name matches; the first match wins."""

    match: str
    family: str
    protected: str = ""
    table: str = "application"  # the raw table the features come from


class Feature(_Part, frozen=True):
    label: Text
    kind: Kind
    unit: Text = {}
    direction: int = 0


class FormGroup(_Part, frozen=True):
    label: Text
    columns: tuple[str, ...]  # of the main table
    optional: bool = False


class Code(_Part, frozen=True):
    code: str
    label: Text


class ReasonCode(Code, frozen=True):
    """Why a person leaves the recommendation."""

    fits: tuple[str, ...]  # the decisions it can be a reason for


class FirstPolicy(_Part, frozen=True):
    """The policy a new desk starts with; probabilities, not percent."""

    approve_below: float
    decline_from: float
    cost_default_approved: float
    cost_good_refused: float
    loss_given_default: float
    exposure_column: str  # expected loss = PD × LGD × this column
    sign_above_amount: float  # second signature from this amount on
    points_at_odds: float = 600.0
    odds: float = 50.0
    points_to_double: float = 20.0
    grade_cuts: tuple[float, ...] = (0.0025, 0.005, 0.0075, 0.025, 0.10, 0.20)
    grade_letters: str = "ABCDEFG"


class Contract(_Part, frozen=True):
    portfolio: Portfolio
    tables: tuple[Table, ...]
    columns: dict[str, dict[str, Column]]  # table -> column -> meaning
    families: dict[str, Family]
    patterns: tuple[Pattern, ...]
    features: dict[str, Feature]
    form: tuple[FormGroup, ...]
    facts: tuple[str, ...]  # columns shown on the facts card, in order
    decisions: tuple[Code, ...]
    overrides: tuple[ReasonCode, ...]
    policy: FirstPolicy
    cross_checks: tuple[CrossCheck, ...] = ()

    @cached_property
    def main(self) -> Table:
        """The table with one row per application."""
        return next(table for table in self.tables if table.required)

    @property
    def main_columns(self) -> Mapping[str, Column]:
        return self.columns[self.main.name]

    @cached_property
    def columns_as_features(self) -> Mapping[str, Column]:
        """The main table's columns by the names they have as features: their own in lower case."""
        return {name.lower(): column for name, column in self.main_columns.items()}


def text(texts: Text, language: str = "en") -> str:
    """The text in this language, else in English, else empty."""
    return texts.get(language) or texts.get("en", "")
