"""What the contract says about one feature of the mart, whether a column gives it or SQL makes it."""

from __future__ import annotations

from fnmatch import fnmatchcase

import msgspec

from core.portfolio.contract import Contract, Kind, text


class FeatureMeaning(msgspec.Struct, frozen=True, kw_only=True):
    """One feature, in one language."""

    name: str
    label: str
    family: str
    kind: Kind
    unit: str
    protected: str
    direction: int
    choices: tuple[str, ...]  # category levels: value i is stored as float(i)
    table: str  # the raw table it comes from
    choice_labels: tuple[str, ...] = ()  # what a person reads for each level


def feature_meaning(contract: Contract, name: str, language: str = "en") -> FeatureMeaning:
    """The meaning of a feature of the mart; a main-table column keeps its own under its lower-case name.

    Raises KeyError for a feature that no column, entry or pattern covers.
    """
    column = contract.columns_as_features.get(name)
    if column is not None:
        return FeatureMeaning(
            name=name,
            label=text(column.label, language),
            family=column.family,
            kind=column.kind,
            unit=text(column.unit, language),
            protected=column.protected,
            direction=column.direction,
            choices=tuple(choice.value for choice in column.choices),
            table=contract.main.name,
            choice_labels=tuple(text(choice.label, language) for choice in column.choices),
        )
    pattern = next((p for p in contract.patterns if fnmatchcase(name, p.match)), None)
    own = contract.features.get(name)
    if own is None or pattern is None:
        raise KeyError(name)
    return FeatureMeaning(
        name=name,
        label=text(own.label, language),
        family=pattern.family,
        kind=own.kind,
        unit=text(own.unit, language),
        protected=pattern.protected,
        direction=own.direction,
        choices=(),
        table=pattern.table,
    )
