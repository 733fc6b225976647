"""Which fields of an application may be changed to see what happens, and an application with some of them changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import ApplicationRefused
from core.portfolio import application as applications
from core.portfolio.application import Application
from core.portfolio.contract import Column, Contract, Kind, text
from core.portfolio.wording import shortened, shown_in_column

_NEVER = (Kind.IDENTIFIER, Kind.TARGET)


@dataclass(frozen=True)
class ChangeableField:
    column: str
    label: str
    group: str  # label of the form's group
    lever: bool  # something the applicant could change; else a fact that may only be corrected
    optional: bool  # of a group that an officer may skip


@dataclass(frozen=True)
class Change:
    """One field that differs between two applications."""

    column: str
    label: str
    before: str  # in the contract's words
    after: str
    lever: bool  # offered to the applicant; else "facts corrected"


def changeable_fields(contract: Contract, language: str = "en") -> tuple[ChangeableField, ...]:
    """The form's fields in its order, and levers outside the form; never a protected one, the key or the outcome."""
    in_form = {name: (text(g.label, language), g.optional) for g in contract.form for name in g.columns}
    in_form |= {n: ("", True) for n, column in contract.main_columns.items() if column.lever and n not in in_form}
    return tuple(
        ChangeableField(name, text(column.label, language), group, column.lever, optional)
        for name, (group, optional) in in_form.items()
        if _may_change(column := contract.main_columns[name])
    )


def changed(contract: Contract, application: Application, changes: Mapping[str, object]) -> Application:
    """The application with these fields changed.

    Raises ApplicationRefused for a field that nobody can change, that the form does not ask for, or a value
    outside the contract. A field that keeps its value is no change, whoever may change it.
    """
    allowed = {field.column for field in changeable_fields(contract)}
    refused = [
        _refusal(contract, name)
        for name, value in changes.items()
        if name not in allowed and not (name in contract.main_columns and value == application.fields.get(name))
    ]
    if refused:
        raise ApplicationRefused("\n".join(refused))
    return applications.check(contract, {**application.fields, **changes})


def changes_between(
    contract: Contract, before: Application, after: Application, language: str = "en"
) -> tuple[Change, ...]:
    """The fields that differ, in the contract's order."""
    return tuple(
        Change(
            column=name,
            label=text(column.label, language),
            before=shown_in_column(before.fields.get(name), column, language),
            after=shown_in_column(after.fields.get(name), column, language),
            lever=column.lever,
        )
        for name, column in contract.main_columns.items()
        if before.fields.get(name) != after.fields.get(name)
    )


def _may_change(column: Column) -> bool:
    return not column.protected and column.kind not in _NEVER


def _refusal(contract: Contract, name: str) -> str:
    column = contract.main_columns.get(name)
    if column is None:
        return f"{shortened(name)}: is no field of the contract, so it cannot be changed; leave it out."
    label = text(column.label)
    if column.protected:
        return f"{label}: cannot be changed, it is a protected basis ({column.protected}); leave it as it is."
    return f"{label}: cannot be changed here, the form does not ask for it; leave it as it is."
