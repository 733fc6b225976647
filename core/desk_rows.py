"""The feature rows of an open desk, stored or made of an application typed in, as its model reads them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from core.desk_parts import Parts
from core.errors import PortfolioMissing
from core.portfolio.application import Application, Value
from core.portfolio.feature_row import RowBuilder

Values = NDArray[np.float32]  # (model's features,), missing = NaN


@dataclass(frozen=True)
class ModelRow:
    """One feature row: the values in the model's order, and what a default would put at risk."""

    values: Values
    exposure: float | None  # in the portfolio's currency; None where the row holds no such amount


class DeskRows:
    """Rows over the very tables and features a desk has open; any number of threads may ask."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        names = parts.features.names
        self._columns = _columns_of(parts.model.features, names)
        self._exposure_column = _place_of(parts.policy.exposure_column.lower(), names)
        self._opening = Lock()
        self._builder: RowBuilder | None = None

    def stored(self, client: str) -> ModelRow:
        """The row of a stored applicant; UnknownApplicant where there is none."""
        return self._model_row(self._parts.features.row(client))

    def stored_many(self, clients: Sequence[str]) -> NDArray[np.float32]:
        """The values of these applicants, (rows, model's features)."""
        return np.ascontiguousarray(self._parts.features.matrix(clients)[:, self._columns])

    def typed(self, application: Application, history_of: str | None) -> ModelRow:
        """The row of an application typed in; `history_of`: a stored applicant whose past loans count."""
        return self._model_row(self._opened().row(application, history_of))

    def variants(
        self, application: Application, history_of: str | None, tried: Sequence[tuple[str, Sequence[Value]]]
    ) -> NDArray[np.float32]:
        """The values of the application with one field at a time set to each of these, (rows, model's features)."""
        return np.ascontiguousarray(self._opened().variants(application, history_of, tried)[:, self._columns])

    def close(self) -> None:
        with self._opening:
            if self._builder is not None:
                self._builder.close()
                self._builder = None

    def _opened(self) -> RowBuilder:
        with self._opening:
            if self._builder is None:
                self._builder = self._open()
            return self._builder

    def _open(self) -> RowBuilder:
        """Over the very tables this desk has open: a portfolio imported since then is another one."""
        settings = self._parts.settings
        builder = RowBuilder(self._parts.contract, settings.sql_dir, settings.tables_file)
        if self._parts.tables.changed_on_disk():
            builder.close()
            raise PortfolioMissing(
                "Portfolio: must be the one this desk has open, got one imported since then; open the desk again."
            )
        return builder

    def _model_row(self, row: NDArray[np.float32]) -> ModelRow:
        return ModelRow(row[self._columns], self._exposure(row))

    def _exposure(self, row: NDArray[np.float32]) -> float | None:
        # from the row, because reading the application costs more than the whole score
        amount = math.nan if self._exposure_column is None else float(row[self._exposure_column])
        return amount if 0 <= amount < math.inf else None


def _columns_of(wanted: Sequence[str], stored: Sequence[str]) -> NDArray[np.intp]:
    place = {name: i for i, name in enumerate(stored)}
    return np.array([place[name] for name in wanted], dtype=np.intp)


def _place_of(name: str, stored: Sequence[str]) -> int | None:
    return stored.index(name) if name in stored else None
