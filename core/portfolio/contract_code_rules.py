"""Rules about what a person chooses from: the codes of decisions, and of the reasons for leaving a recommendation."""

from __future__ import annotations

from collections.abc import Iterator

from core.portfolio.contract import Code, Contract
from core.portfolio.contract_rule import Finding, Rule, is_worded, repeated

_NEEDED_DECISIONS = ("approve", "refer", "decline")
_WITHOUT_REASON = ("refer", "withdrawn")  # nobody has to say why
_EACH_WAY = ("approve", "decline")


def _codes_distinct(contract: Contract) -> Iterator[Finding]:
    for key, codes in (("decisions", contract.decisions), ("overrides", contract.overrides)):
        for code in repeated(code.code for code in codes):
            yield Finding(key, f"the code {code!r} twice")
        for label in repeated(code.label.get("en", "") for code in codes):
            yield Finding(key, f"the label {label!r} twice")
        yield from _codes_worded(key, codes)


def _codes_worded(key: str, codes: tuple[Code, ...]) -> Iterator[Finding]:
    for position, code in enumerate(codes):
        if not code.code.strip() or not is_worded(code.label):
            yield Finding(f"{key}[{position}]", "an empty code or label")


def _decisions_complete(contract: Contract) -> Iterator[Finding]:
    for needed in _NEEDED_DECISIONS:
        if needed not in {code.code for code in contract.decisions}:
            yield Finding("decisions", f"no {needed!r}")


def _reasons_fit_decisions(contract: Contract) -> Iterator[Finding]:
    possible = {code.code for code in contract.decisions}.difference(_WITHOUT_REASON)
    for position, reason in enumerate(contract.overrides):
        key = f"overrides[{position}].fits"
        if not reason.fits:
            yield Finding(key, "none")
        for decision in reason.fits:
            if decision not in possible:
                yield Finding(key, repr(decision))
        for decision in repeated(reason.fits):
            yield Finding(key, f"{decision!r} twice")


def _reasons_each_way(contract: Contract) -> Iterator[Finding]:
    for decision in _EACH_WAY:
        if not any(decision in reason.fits for reason in contract.overrides):
            yield Finding("overrides", f"none that fits {decision!r}")


CODE_RULES = (
    Rule("codes must be distinct and labelled", _codes_distinct),
    Rule("approve, refer and decline must be among the decisions", _decisions_complete),
    Rule(
        "a reason must fit decisions of [[decisions]] that need one (not refer, not withdrawn), each named once",
        _reasons_fit_decisions,
    ),
    Rule("there must be a reason for an override each way: to approve, and to decline", _reasons_each_way),
)
