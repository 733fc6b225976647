"""Rules about what the desk shows and decides by: families, features, form, facts, the first policy."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import pairwise

from core.portfolio.contract import Contract, Kind
from core.portfolio.contract_rule import Finding, Rule, is_worded, repeated


def _families_worded(contract: Contract) -> Iterator[Finding]:
    for name, family in contract.families.items():
        for part in ("label", "raises", "reason"):
            if not is_worded(getattr(family, part)):
                yield Finding(f"families.{name}.{part}", "none")


def _families_distinct(contract: Contract) -> Iterator[Finding]:
    for label in repeated(family.label.get("en", "") for family in contract.families.values()):
        yield Finding("families", f"the label {label!r} twice")


def _patterns_lead_somewhere(contract: Contract) -> Iterator[Finding]:
    tables = {table.name for table in contract.tables}
    for position, pattern in enumerate(contract.patterns):
        if pattern.family not in contract.families:
            yield Finding(f"patterns[{position}].family", repr(pattern.family))
        if pattern.table not in tables:
            yield Finding(f"patterns[{position}].table", repr(pattern.table))


def _features_matched(contract: Contract) -> Iterator[Finding]:
    for name in contract.features:
        if not any(fnmatchcase(name, pattern.match) for pattern in contract.patterns):
            yield Finding(f"features.{name}", "no pattern")


def _features_are_numbers(contract: Contract) -> Iterator[Finding]:
    for name, feature in contract.features.items():
        if feature.kind in {Kind.CATEGORY, Kind.IDENTIFIER, Kind.TARGET}:
            yield Finding(f"features.{name}.kind", f"a {feature.kind}")


def _features_are_no_columns(contract: Contract) -> Iterator[Finding]:
    for name in contract.features.keys() & {column.lower() for column in contract.main_columns}:
        yield Finding(f"features.{name}", "the name of a column of the main table")


def _features_labelled(contract: Contract) -> Iterator[Finding]:
    for name, feature in contract.features.items():
        if not is_worded(feature.label):
            yield Finding(f"features.{name}.label", "none")


def _feature_labels_distinct(contract: Contract) -> Iterator[Finding]:
    known = [column.label for column in contract.main_columns.values()]
    known += [feature.label for feature in contract.features.values()]
    for label in repeated(label.get("en", "") for label in known):
        yield Finding("features", f"the label {label!r} twice")


def _feature_directions(contract: Contract) -> Iterator[Finding]:
    for name, feature in contract.features.items():
        if feature.direction not in (-1, 0, 1):
            yield Finding(f"features.{name}.direction", str(feature.direction))


def _form_asks_columns(contract: Contract) -> Iterator[Finding]:
    for position, group in enumerate(contract.form):
        for name in group.columns:
            column = contract.main_columns.get(name)
            if column is None or column.kind in {Kind.IDENTIFIER, Kind.TARGET}:
                yield Finding(f"form[{position}].columns", repr(name))


def _form_asks_once(contract: Contract) -> Iterator[Finding]:
    for name in repeated(name for group in contract.form for name in group.columns):
        yield Finding("form", repr(name))


def _form_groups_labelled(contract: Contract) -> Iterator[Finding]:
    for position, group in enumerate(contract.form):
        if not is_worded(group.label):
            yield Finding(f"form[{position}].label", "none")


def _form_asks_what_must_be_given(contract: Contract) -> Iterator[Finding]:
    asked = {name for group in contract.form if not group.optional for name in group.columns}
    for name, column in contract.main_columns.items():
        if not column.nullable and column.kind is not Kind.IDENTIFIER and name not in asked:
            yield Finding("form", f"no field for {name!r}")


def _facts_are_columns(contract: Contract) -> Iterator[Finding]:
    for position, name in enumerate(contract.facts):
        if name not in contract.main_columns or name in contract.facts[:position]:
            yield Finding(f"facts[{position}]", repr(name))


def _cuts_in_order(contract: Contract) -> Iterator[Finding]:
    policy = contract.policy
    if not 0 < policy.approve_below <= policy.decline_from < 1:
        yield Finding("policy.approve_below", f"{policy.approve_below:g} and {policy.decline_from:g}")


def _costs_positive(contract: Contract) -> Iterator[Finding]:
    for part in ("cost_default_approved", "cost_good_refused", "odds", "points_to_double"):
        if not getattr(contract.policy, part) > 0:
            yield Finding(f"policy.{part}", f"{getattr(contract.policy, part):g}")


def _loss_is_a_share(contract: Contract) -> Iterator[Finding]:
    if not 0 <= contract.policy.loss_given_default <= 1:
        yield Finding("policy.loss_given_default", f"{contract.policy.loss_given_default:g}")


def _exposure_is_money(contract: Contract) -> Iterator[Finding]:
    column = contract.main_columns.get(contract.policy.exposure_column)
    if column is None or column.kind is not Kind.MONEY:
        yield Finding("policy.exposure_column", repr(contract.policy.exposure_column))


def _signing_limit_not_negative(contract: Contract) -> Iterator[Finding]:
    if contract.policy.sign_above_amount < 0:
        yield Finding("policy.sign_above_amount", f"{contract.policy.sign_above_amount:g}")


def _grade_cuts_increase(contract: Contract) -> Iterator[Finding]:
    bounds = (0.0, *contract.policy.grade_cuts, 1.0)
    if not all(lower < upper for lower, upper in pairwise(bounds)):
        yield Finding("policy.grade_cuts", ", ".join(f"{cut:g}" for cut in contract.policy.grade_cuts))


def _grades_have_letters(contract: Contract) -> Iterator[Finding]:
    policy = contract.policy
    if len(policy.grade_letters) != len(policy.grade_cuts) + 1 or repeated(policy.grade_letters):
        yield Finding("policy.grade_letters", f"{policy.grade_letters!r} for {len(policy.grade_cuts)} cuts")


DESK_RULES = (
    Rule("a family must have an English label, a fragment (raises) and a reason", _families_worded),
    Rule("families must have different labels", _families_distinct),
    Rule("a pattern must name a family of [families] and a table of [[tables]]", _patterns_lead_somewhere),
    Rule("a feature must match a pattern, which gives its family", _features_matched),
    Rule("an engineered feature must be a number or a flag", _features_are_numbers),
    Rule("an engineered feature must have a name of its own", _features_are_no_columns),
    Rule("a feature must have an English label", _features_labelled),
    Rule("a feature and the columns of the main table must have different labels", _feature_labels_distinct),
    Rule("a direction must be -1, 0 or 1", _feature_directions),
    Rule("the form may only ask for columns of the main table, neither key nor target", _form_asks_columns),
    Rule("the form must ask for a column once only", _form_asks_once),
    Rule("a group of the form must have an English label", _form_groups_labelled),
    Rule("a column that must be given must stand in a group that is not optional", _form_asks_what_must_be_given),
    Rule("a fact must be a column of the main table, named once", _facts_are_columns),
    Rule("cuts must satisfy 0 < approve_below <= decline_from < 1", _cuts_in_order),
    Rule("must be above 0", _costs_positive),
    Rule("must lie between 0 and 1", _loss_is_a_share),
    Rule("must be an amount of money in the main table", _exposure_is_money),
    Rule("must not be negative", _signing_limit_not_negative),
    Rule("cuts of the grades must increase strictly between 0 and 1", _grade_cuts_increase),
    Rule("there must be one distinct letter more than cuts", _grades_have_letters),
)
