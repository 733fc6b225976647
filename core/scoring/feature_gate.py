"""The gate before the model: a booster accepts shuffled, renamed and infinite features silently, we do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import FeatureRowRefused
from core.portfolio.feature_meaning import FeatureMeaning

FeatureRow = NDArray[np.float32]  # (features,), missing = NaN
FeatureMatrix = NDArray[np.float32]  # (rows, features), missing = NaN

_REMEDY = "build the row again from the portfolio's SQL, or train again"


class FeatureGate:
    """Lets through rows that have exactly the model's features, in its order, as finite or missing float32."""

    def __init__(self, meanings: Sequence[FeatureMeaning]) -> None:
        self._names = tuple(meaning.name for meaning in meanings)
        self._coded = np.array([i for i, meaning in enumerate(meanings) if meaning.choices], dtype=np.intp)
        self._levels = np.array([len(meanings[i].choices) for i in self._coded], dtype=np.float32)

    def check_row(self, row: FeatureRow, names: Sequence[str]) -> None:
        """Returns when the row may be scored, else raises FeatureRowRefused naming the first feature at fault."""
        self._check_names(names)
        self._check_shape(row, (len(self._names),))
        self._check_values(row)

    def check_matrix(self, matrix: FeatureMatrix, names: Sequence[str]) -> None:
        self._check_names(names)
        self._check_shape(matrix, (matrix.shape[0] if matrix.ndim else 0, len(self._names)))
        for row in matrix[self._rows_at_fault(matrix)]:
            self._check_values(row)

    def _check_names(self, names: Sequence[str]) -> None:
        if names is self._names or tuple(names) == self._names:
            return
        repeated = [name for name, times in Counter(names).items() if times > 1]
        if repeated:
            raise FeatureRowRefused(f"Feature '{repeated[0]}': each feature comes once, got it twice; {_REMEDY}.")
        for place, (expected, got) in enumerate(zip(self._names, names, strict=False), start=1):
            if expected != got:
                raise FeatureRowRefused(
                    f"Feature '{expected}': the model expects it in place {place}, got '{got}'; {_REMEDY}."
                )
        if len(names) < len(self._names):
            missing = self._names[len(names)]
            raise FeatureRowRefused(
                f"Feature '{missing}': the model expects {len(self._names)} features, got {len(names)}, "
                f"this one is missing; {_REMEDY}."
            )
        known = len(self._names)
        raise FeatureRowRefused(
            f"Feature '{names[known]}': unknown to the model, which has {known} features; {_REMEDY}."
        )

    def _check_shape(self, values: FeatureRow | FeatureMatrix, shape: tuple[int, ...]) -> None:
        if values.shape != shape:
            raise FeatureRowRefused(f"Feature row: its shape must be {shape}, got {values.shape}; {_REMEDY}.")
        if values.dtype != np.float32:
            raise FeatureRowRefused(f"Feature row: its numbers must be float32, got {values.dtype}; {_REMEDY}.")

    def _check_values(self, row: FeatureRow) -> None:
        infinite = np.isinf(row)
        if infinite.any():
            place = int(np.argmax(infinite))
            raise FeatureRowRefused(
                f"Feature '{self._names[place]}': must be a finite number or missing, got {row[place]}; {_REMEDY}."
            )
        unseen = self._unseen_levels(row)
        if unseen.any():
            at = int(np.argmax(unseen))
            place = int(self._coded[at])
            raise FeatureRowRefused(
                f"Feature '{self._names[place]}': must be one of the contract's {int(self._levels[at])} choices "
                f"or missing, got code {row[place]}; {_REMEDY}."
            )

    def _rows_at_fault(self, matrix: FeatureMatrix) -> NDArray[np.bool_]:
        return np.asarray(np.isinf(matrix).any(axis=1) | self._unseen_levels(matrix).any(axis=1))

    def _unseen_levels(self, values: FeatureRow | FeatureMatrix) -> NDArray[np.bool_]:
        """True where a category's code is none of the contract's; a missing one is fine."""
        codes = values[..., self._coded]
        return np.asarray((codes < 0) | (codes >= self._levels) | (codes != np.floor(codes)) & ~np.isnan(codes))
