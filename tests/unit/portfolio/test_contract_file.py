"""A contract with an error is refused with file, key and rule; every problem at once."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import ContractError
from core.portfolio import contract_file
from core.portfolio.contract import Contract
from core.portfolio.contract_code_rules import CODE_RULES
from core.portfolio.contract_column_rules import COLUMN_RULES
from core.portfolio.contract_desk_rules import DESK_RULES
from core.portfolio.contract_rules import broken_rules
from core.portfolio.contract_table_rules import TABLE_RULES
from core.portfolio.feature_meaning import feature_meaning

Raw = dict[str, Any]

SMALL = (Path(__file__).parent / "small_contract.toml").read_text(encoding="utf-8")


def broken(change: Callable[[Raw], object]) -> list[tuple[str, str]]:
    """Key and rule of every problem after this change to a contract that is right."""
    raw = copy.deepcopy(tomllib.loads(SMALL))
    change(raw)
    return [(p.key, p.rule) for p in broken_rules(msgspec.convert(raw, Contract, strict=True))]


def refusal(tmp_path: Path, text: str) -> list[str]:
    """The lines of the refusal of this text; the file's folder left out."""
    file = tmp_path / "contract.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        contract_file.read(file)
    return str(caught.value).replace(f"{tmp_path}/", "").splitlines()


def put(path: str, value: object) -> Callable[[Raw], None]:
    """A change that sets the value at this dotted path."""
    *parents, last = path.split(".")

    def change(raw: Raw) -> None:
        place: Any = raw
        for part in parents:
            place = place[int(part)] if isinstance(place, list) else place[part]
        place[last] = value

    return change


def drop(path: str) -> Callable[[Raw], None]:
    *parents, last = path.split(".")

    def change(raw: Raw) -> None:
        place: Any = raw
        for part in parents:
            place = place[int(part)] if isinstance(place, list) else place[part]
        del place[int(last) if isinstance(place, list) else last]

    return change


def test_the_small_contract_is_right(tmp_path: Path) -> None:
    file = tmp_path / "contract.toml"
    file.write_text(SMALL, encoding="utf-8")
    contract = contract_file.read(file)
    assert contract.main.name == "main"
    assert feature_meaning(contract, "loan_count").family == "money"


A, B = {"value": "a", "label": {"en": "A"}}, {"value": "b", "label": {"en": "B"}}
LOW_SIDE_REASON = {"code": "proof", "label": {"en": "Proof"}, "fits": ["approve"]}
HIGH_SIDE_REASON = {"code": "doubt", "label": {"en": "Doubt"}, "fits": ["decline"]}
COLUMN = {"label": {"en": "Extra"}, "kind": "count", "family": "money"}


def cross_check(
    column: str = "income", other: str = "wage", rule: dict[str, str] | None = None
) -> Callable[[Raw], None]:
    """One cross check, in a contract whose main table has a second amount."""

    def change(raw: Raw) -> None:
        raw["columns"]["main"]["wage"] = raw["columns"]["main"]["income"] | {"label": {"en": "Wage"}}
        told = {"en": "must not be larger"} if rule is None else rule
        raw["cross_checks"] = [{"column": column, "relation": "at_most", "other": other, "rule": told}]
        raw["form"][0]["columns"].append("wage")

    return change


def not_with(column: str = "age", other: str = "car", value: str = "N") -> Callable[[Raw], None]:
    """One cross check by which a field is left out where another holds this word."""

    def change(raw: Raw) -> None:
        told = {"en": "must be left out"}
        raw["cross_checks"] = [
            {"column": column, "relation": "not_with", "other": other, "value": value, "rule": told},
        ]

    return change


# One row per rule and side: what is changed, where it is reported.
BREACHES: tuple[tuple[Callable[[Raw], None], str, str], ...] = (
    (put("tables.0.required", False), "tables", "exactly one table must be required"),
    (put("tables.1.required", True), "tables", "exactly one table must be required"),
    (put("tables.2.files", ["loan"]), "tables.files", "must be named once only"),
    (put("tables.2.files", []), "tables.month.files", "a table must name at least one file"),
    (put("columns.month", {}), "columns.month", "a table must have columns"),
    (put("columns.other", {"x": COLUMN}), "columns.other", "columns must belong to a table"),
    (put("tables.0.unique", ["clients"]), "tables.main.unique", "must be columns of the table"),
    (put("tables.2.via", {"table": "lone", "column": "loan"}), "tables.month.via.table", "every row must lead"),
    (put("tables.2.via", {"table": "month", "column": "loan"}), "tables.month.via.table", "every row must lead"),
    (put("tables.2.via", {"table": "loan", "column": "client"}), "tables.month.via.column", "every row must lead"),
    (drop("tables.2.via"), "columns.month", "every row must lead to an applicant"),
    (put("portfolio.key", "loan"), "columns.main", "every row must lead to an applicant"),
    (put("portfolio.target", "badly"), "portfolio.target", "must be a column of the main table of that kind"),
    (put("portfolio.target", "income"), "portfolio.target", "must be a column of the main table of that kind"),
    (put("columns.main.client.kind", "count"), "portfolio.key", "must be a column of the main table of that kind"),
    (put("columns.main.age.label", {"en": " "}), "columns.main.age.label", "a column must have an English label"),
    (put("columns.main.age.label", {"fr": "Âge"}), "columns.main.age.label", "a column must have an English label"),
    (put("columns.main.age.label", {"en": "Income"}), "columns.main", "columns of one table must have different"),
    (put("columns.main.income.minimum", 11), "columns.main.income.minimum", "the minimum must not exceed"),
    (put("columns.main.job.minimum", 0), "columns.main.job", "words have choices, not a range"),
    (put("columns.main.job.choices", []), "columns.main.job.choices", "a category must have choices"),
    (put("columns.main.income.choices", [A]), "columns.main.income.choices", "only a category or a flag has choices"),
    (put("columns.main.car.choices", [A]), "columns.main.car.choices", "only a category or a flag has choices"),
    (put("columns.main.job.choices", [A, B, A]), "columns.main.job.choices", "choices must differ"),
    (put("columns.main.job.choices", [A, {**B, "label": {"en": "A"}}]), "columns.main.job.choices", "choices must"),
    (put("columns.main.age.sentinels", ["XNA"]), "columns.main.age.sentinels", "a sentinel must be of the column's"),
    (put("columns.main.age.sentinels", [-5]), "columns.main.age.sentinels", "a sentinel must be of the column's type"),
    (put("columns.main.job.sentinels", ["a"]), "columns.main.job.sentinels", "a sentinel must be of the column's"),
    (put("columns.main.job.sentinels", [1]), "columns.main.job.sentinels", "a sentinel must be of the column's type"),
    (put("columns.main.income.direction", 2), "columns.main.income.direction", "a direction must be -1, 0 or 1"),
    (put("columns.main.job.direction", 1), "columns.main.job.direction", "only an ordered column has a direction"),
    (put("columns.main.bad.direction", 1), "columns.main.bad.direction", "only an ordered column has a direction"),
    (put("columns.main.age.lever", True), "columns.main.age.lever", "a protected basis, key or target is no lever"),
    (put("columns.main.bad.lever", True), "columns.main.bad.lever", "a protected basis, key or target is no lever"),
    (put("columns.main.age.family", "other"), "columns.main.age.family", "must be a family of [families]"),
    (drop("columns.month.month.family"), "columns.month.month.family", "must be a family of [families]"),
    (cross_check(other="absent"), "cross_checks[0]", "a cross check must compare two numbers"),
    (cross_check(other="income"), "cross_checks[0]", "a cross check must compare two numbers"),
    (cross_check(other="age"), "cross_checks[0]", "a cross check must compare two numbers"),
    (cross_check(other="job"), "cross_checks[0]", "a cross check must compare two numbers"),
    (cross_check(column="bad", other="client"), "cross_checks[0]", "a cross check must compare two numbers"),
    (cross_check(column="income", other="wage", rule={}), "cross_checks[0].rule", "a cross check must say its rule"),
    (not_with(column="income"), "cross_checks[0]", "what must be left out may be left out"),
    (not_with(column="bad"), "cross_checks[0]", "what must be left out may be left out"),
    (not_with(column="absent"), "cross_checks[0]", "what must be left out may be left out"),
    (not_with(other="absent"), "cross_checks[0]", "what must be left out may be left out"),
    (not_with(other="age"), "cross_checks[0]", "what must be left out may be left out"),
    (not_with(column="car"), "cross_checks[0]", "what must be left out may be left out"),
    (not_with(value="absent"), "cross_checks[0]", "what must be left out may be left out"),
    (put("families.work.label", {}), "families.work.label", "a family must have an English label"),
    (put("families.work.raises", {"en": ""}), "families.work.raises", "a family must have an English label"),
    (put("families.work.reason", {"en": "\n"}), "families.work.reason", "a family must have an English label"),
    (put("families.work.label", {"en": "Money"}), "families", "families must have different labels"),
    (put("patterns.0.family", "other"), "patterns[0].family", "a pattern must name a family"),
    (put("patterns.0.table", "other"), "patterns[0].table", "a pattern must name a family"),
    (put("patterns.0.match", "loans_*"), "features.loan_count", "a feature must match a pattern"),
    (put("features.loan_count.kind", "category"), "features.loan_count.kind", "an engineered feature must be a number"),
    (
        put("columns.main.LOAN_COUNT", COLUMN),
        "features.loan_count",
        "an engineered feature must have a name of its own",
    ),
    (put("features.loan_count.label", {}), "features.loan_count.label", "a feature must have an English label"),
    (put("features.loan_count.label", {"en": "Income"}), "features", "a feature and the columns of the main table"),
    (put("features.loan_count.direction", -2), "features.loan_count.direction", "a direction must be -1, 0 or 1"),
    (put("form.1.columns", ["age", "wage"]), "form[1].columns", "the form may only ask for columns"),
    (put("form.1.columns", ["bad"]), "form[1].columns", "the form may only ask for columns"),
    (put("form.1.columns", ["age", "income"]), "form", "the form must ask for a column once only"),
    (put("form.1.label", {}), "form[1].label", "a group of the form must have an English label"),
    (put("form.0.columns", ["car"]), "form", "a column that must be given must stand in a group"),
    (put("form.0.optional", True), "form", "a column that must be given must stand in a group"),
    (put("facts", ["wage"]), "facts[0]", "a fact must be a column of the main table"),
    (put("facts", ["age", "age"]), "facts[1]", "a fact must be a column of the main table"),
    (put("overrides", []), "overrides", "there must be a reason for an override each way"),
    (put("overrides.0.fits", ["approve"]), "overrides", "there must be a reason for an override each way"),
    (put("overrides.0.fits", ["decline"]), "overrides", "there must be a reason for an override each way"),
    (put("overrides.0.fits", []), "overrides[0].fits", "a reason must fit decisions of [[decisions]]"),
    (put("overrides.0.fits", ["approve", "aprove"]), "overrides[0].fits", "a reason must fit decisions"),
    (put("overrides.0.fits", ["approve", "refer"]), "overrides[0].fits", "a reason must fit decisions"),
    (put("overrides.0.fits", ["decline", "decline"]), "overrides[0].fits", "a reason must fit decisions"),
    (put("overrides.0.code", ""), "overrides[0]", "codes must be distinct and labelled"),
    (put("decisions.1.code", "approve"), "decisions", "codes must be distinct and labelled"),
    (put("decisions.1.label", {"en": "Approve"}), "decisions", "codes must be distinct and labelled"),
    (drop("decisions.1"), "decisions", "approve, refer and decline must be among the decisions"),
    (put("policy.approve_below", 0), "policy.approve_below", "cuts must satisfy"),
    (put("policy.approve_below", 0.21), "policy.approve_below", "cuts must satisfy"),
    (put("policy.decline_from", 1), "policy.approve_below", "cuts must satisfy"),
    (put("policy.cost_default_approved", 0), "policy.cost_default_approved", "must be above 0"),
    (put("policy.cost_good_refused", -1), "policy.cost_good_refused", "must be above 0"),
    (put("policy.odds", 0), "policy.odds", "must be above 0"),
    (put("policy.points_to_double", 0), "policy.points_to_double", "must be above 0"),
    (put("policy.loss_given_default", 1.01), "policy.loss_given_default", "must lie between 0 and 1"),
    (put("policy.exposure_column", "age"), "policy.exposure_column", "must be an amount of money"),
    (put("policy.exposure_column", "wage"), "policy.exposure_column", "must be an amount of money"),
    (put("policy.sign_above_amount", -1), "policy.sign_above_amount", "must not be negative"),
    (put("policy.grade_cuts", [0.1, 0.1]), "policy.grade_cuts", "cuts of the grades must increase strictly"),
    (put("policy.grade_cuts", [0.1, 1.0]), "policy.grade_cuts", "cuts of the grades must increase strictly"),
    (put("policy.grade_letters", "ABCDEF"), "policy.grade_letters", "there must be one distinct letter more"),
    (put("policy.grade_letters", "ABCDEFF"), "policy.grade_letters", "there must be one distinct letter more"),
)


@pytest.mark.parametrize(("change", "key", "rule"), BREACHES)
def test_each_rule_is_reported_at_its_key(change: Callable[[Raw], None], key: str, rule: str) -> None:
    assert any(found == key and text.startswith(rule) for found, text in broken(change)), broken(change)


def test_every_rule_has_a_breach_in_the_table_above() -> None:
    breached = {text for change, _, _ in BREACHES for _, text in broken(change)}
    assert {rule.text for rule in (*TABLE_RULES, *COLUMN_RULES, *DESK_RULES, *CODE_RULES)} == breached


@pytest.mark.parametrize(
    "change",
    [
        put("policy.approve_below", 0.2),  # no referrals
        cross_check(),
        not_with(),
        put("policy.loss_given_default", 1),
        put("policy.sign_above_amount", 0),
        put("columns.main.income.minimum", 10),
        put("columns.main.age.sentinels", [0]),
        put("facts", []),
        put("overrides", [LOW_SIDE_REASON, HIGH_SIDE_REASON]),
    ],
)
def test_the_last_allowed_value_of_a_rule_is_accepted(change: Callable[[Raw], None]) -> None:
    assert broken(change) == []


FITS = 'fits = ["approve", "decline"]\n'


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "overrides[0].fits: must be given; got nothing"),
        ('fits = "approve"\n', "overrides[0].fits: must be a list; got 'approve'"),
        (
            'fits = ["approve", "decline", "withdrawn"]\n',
            "overrides[0].fits: a reason must fit decisions of [[decisions]] that need one (not refer, not withdrawn), "
            "each named once; got 'withdrawn'",
        ),
        (
            'fits = ["approve"]\n',
            "overrides: there must be a reason for an override each way: to approve, and to decline; "
            "got none that fits 'decline'",
        ),
    ],
)
def test_a_reason_without_the_decisions_it_fits_is_refused_in_words(tmp_path: Path, written: str, said: str) -> None:
    assert [line.strip() for line in refusal(tmp_path, SMALL.replace(FITS, written))[1:]] == [said]


def test_unknown_keys_wrong_types_and_missing_keys_are_refused_together(tmp_path: Path) -> None:
    text = (
        SMALL.replace('kind = "money"', 'kind = "cash"')
        .replace("lever = true", "levr = true")
        .replace("optional = true", "optional = 1")
        .replace("cost_good_refused = 1\n", "")
        .replace("loss_given_default = 0.45", 'loss_given_default = "45 %"')
        .replace("sign_above_amount = 5", "sign_above_amount = nan")
    )
    lines = refusal(tmp_path, text)
    assert lines[0] == "contract.toml is refused: 6 problems, to be corrected in the file."
    assert sorted(line.split(":")[0].strip() for line in lines[1:]) == [
        "columns.main.income.kind",
        "columns.main.income.levr",
        "form[1].optional",
        "policy.cost_good_refused",
        "policy.loss_given_default",
        "policy.sign_above_amount",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            'kind = "count"',
            'kind = "cash"',
            "features.loan_count.kind: must be one of identifier, target, money, count",
        ),
        ('facts = ["income"]', 'facts = "income"', "facts: must be a list; got 'income'"),
        ('facts = ["income"]', "facts = [1]", "facts[0]: expected `str`, got `int`"),
        ('facts = ["income"]', "", "facts: must be given; got nothing"),
        ('facts = ["income"]', 'facts = ["income"]\nfoo = 1', "foo: unknown key; the keys here are portfolio, tables"),
        ('title = { en = "Small" }', "title = 1", "portfolio.title: must be a table; got 1"),
        ('title = { en = "Small" }', "title = { en = 1 }", "portfolio.title.en: expected `str`, got `int`"),
        ("minimum = 1\n", "minimum = true\n", "columns.main.income.minimum: expected `float`, got `bool`"),
        ("minimum = 1\n", "minimum = inf\n", "columns.main.income.minimum: must be a finite number; got inf"),
        ("direction = -1", "direction = 0.5", "columns.main.income.direction: expected `int`, got `float`"),
        ('column = "loan" }', 'colum = "loan" }', "tables[2].via.colum: unknown key; the keys here are table, column"),
        (
            "maximum = 10\n",
            "maximum = 0\n",
            "columns.main.income.minimum: the minimum must not exceed the maximum; got",
        ),
    ],
)
def test_a_refusal_names_key_rule_and_what_was_got(tmp_path: Path, old: str, new: str, line: str) -> None:
    assert old in SMALL
    assert any(found.strip().startswith(line) for found in refusal(tmp_path, SMALL.replace(old, new, 1))[1:])


def test_text_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    (line,) = refusal(tmp_path, SMALL + "\n[policy]\n")
    assert line.startswith(
        "contract.toml: the contract must be valid TOML, got: Cannot declare ('policy',) twice (at line"
    )


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"nowhere\.toml: the contract cannot be read"):
        contract_file.read(tmp_path / "nowhere.toml")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "contract.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ContractError, match="must be UTF-8 text"):
        contract_file.read(file)


LINES = SMALL.splitlines()
LITERALS = ["", "1", "-1", "nan", "1e400", '"x"', "true", "[]", "[[]]", "{}", '{ en = "x" }', "1979-05-27", '["a", 1]']


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(LINES) - 1), st.sampled_from(["drop", "repeat", *LITERALS])),
        min_size=1,
        max_size=4,
    )
)
def test_a_damaged_contract_is_read_or_refused_and_nothing_else(tmp_path: Path, changes: list[tuple[int, str]]) -> None:
    lines = list(LINES)
    for position, change in changes:
        line = lines[position]
        lines[position] = {"drop": "", "repeat": f"{line}\n{line}"}.get(change, f"{line.partition('=')[0]} = {change}")
    file = tmp_path / "contract.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    with suppress(ContractError):
        assert contract_file.read(file).main.name
