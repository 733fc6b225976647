"""A raw CSV file, zipped or not, searched for numbers and written anew without some of its rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from core.portfolio.erasing_keys import whole_number
from core.portfolio.import_source import columns_of


@dataclass(frozen=True)
class CsvRows:
    """The rows of one file, each with the very text it has there."""

    path: Path
    opened: Callable[..., IO[str]]  # what opens such a file, and the new one

    def count(self, column: str, values: frozenset[int]) -> int:
        """How many rows have one of these values in the column."""
        place = self._place(column)
        return sum(whole_number(row[place]) in values for _, row in self._rows())

    def pairs(self, first: str, second: str) -> Iterable[tuple[int | None, int | None]]:
        """The numbers of two columns, row by row."""
        one, other = self._place(first), self._place(second)
        return ((whole_number(row[one]), whole_number(row[other])) for _, row in self._rows())

    def write_without(self, column: str, values: frozenset[int], part: Path) -> None:
        """Every line that stays is the very line it was."""
        place = self._place(column)
        with self.opened(part, "wt", encoding="utf-8", newline="") as new:
            lines = self._lines()
            header, _ = next(lines)
            new.write(header)
            new.writelines(line for line, row in lines if whole_number(row[place]) not in values)

    def _place(self, column: str) -> int:
        return columns_of(self.path).index(column)

    def _rows(self) -> Iterator[tuple[str, list[str]]]:
        return islice(self._lines(), 1, None)

    def _lines(self) -> Iterator[tuple[str, list[str]]]:
        """The header and every row after it: its very text, and its values."""
        with self.opened(self.path, "rt", encoding="utf-8", newline="") as source:
            read = _Read(source)
            for row in csv.reader(read, strict=True):
                text = read.taken()
                if row:
                    yield text, row


class _Read:
    """The lines of a file, remembered until they are taken: what stands between two rows of a CSV."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self._read: list[str] = []

    def __iter__(self) -> _Read:
        return self

    def __next__(self) -> str:
        line = next(self._source)
        self._read.append(line)
        return line

    def taken(self) -> str:
        lines, self._read = "".join(self._read), []
        return lines
