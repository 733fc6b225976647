"""What the model was not allowed to look at, as a sentence."""

from __future__ import annotations

from collections.abc import Collection

from core.portfolio.contract import Contract
from core.portfolio.feature_meaning import feature_meaning


def unused_bases(contract: Contract, features: Collection[str]) -> str:
    """ "Age, family status and gender are not used by this model."; empty when it uses them all."""
    marked = {column.protected: "" for column in contract.main_columns.values() if column.protected}
    used = {feature_meaning(contract, name).protected for name in features}
    unused = sorted(basis for basis in marked if basis not in used)
    if not unused:
        return ""
    listed = " and ".join([*([", ".join(unused[:-1])] if unused[:-1] else []), unused[-1]])
    return f"{listed[:1].upper()}{listed[1:]} {'are' if len(unused) > 1 else 'is'} not used by this model."
