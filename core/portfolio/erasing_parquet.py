"""A raw Parquet file searched for numbers and written anew without some of its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.portfolio.erasing_keys import whole_number

BATCH = 200_000  # rows held at once

Chunked: TypeAlias = "pa.ChunkedArray[pa.Scalar[pa.DataType]] | pa.Array[pa.Scalar[pa.DataType]]"


@dataclass(frozen=True)
class ParquetRows:
    """The rows of one file."""

    path: Path

    def count(self, column: str, values: frozenset[int]) -> int:
        """How many rows have one of these values in the column."""
        with pq.ParquetFile(self.path) as source:
            batches = source.iter_batches(BATCH, columns=[column])
            return sum(int(_among(batch.column(0), values).sum()) for batch in batches)

    def pairs(self, first: str, second: str) -> Iterable[tuple[int | None, int | None]]:
        """The numbers of two columns, row by row."""
        table = pq.read_table(self.path, columns=[first, second])
        return zip(_whole_numbers(table[first]), _whole_numbers(table[second]), strict=True)

    def write_without(self, column: str, values: frozenset[int], part: Path) -> None:
        """Columns and types stay as they were."""
        with pq.ParquetFile(self.path) as source:
            place = source.schema_arrow.get_field_index(column)
            with pq.ParquetWriter(part, source.schema_arrow, compression="zstd", store_schema=False) as new:
                for batch in source.iter_batches(BATCH):
                    new.write_batch(batch.filter(pa.array(~_among(batch.column(place), values))))


def _among(column: Chunked, values: frozenset[int]) -> NDArray[np.bool_]:
    for same_kind, wide in ((pa.types.is_integer, pa.int64()), (pa.types.is_floating, pa.float64())):
        if same_kind(column.type):
            hits = pc.is_in(column.cast(wide), value_set=pa.array(sorted(values), pa.int64()).cast(wide))
            return np.asarray(hits, dtype=bool)
    return np.fromiter((number in values for number in _whole_numbers(column)), dtype=bool, count=len(column))


def _whole_numbers(column: Chunked) -> list[int | None]:
    return [whole_number(value.as_py()) for value in column]
