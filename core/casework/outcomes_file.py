"""A CSV file of outcomes as lines of text: what it must look like before any line of it is judged."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import OutcomeRefused

MOST_BYTES = 20_000_000
MOST_LINES = 100_000
APPLICATION, APPLICANT, OUTCOME, OBSERVED_ON, REASON = "application", "applicant", "outcome", "observed_on", "reason"
COLUMNS = (APPLICATION, APPLICANT, OUTCOME, OBSERVED_ON, REASON)
_SEPARATORS = ",;\t"
_OTHER_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK\x03\x04": "a workbook", b"PAR1": "Parquet"}


@dataclass(frozen=True)
class Line:
    """One line as it stands in the file, without blanks around its cells."""

    number: int  # of the file, the names are in line 1
    application: str
    applicant: str  # the client's number
    outcome: str
    observed_on: str
    reason: str
    surplus: int = 0  # cells that have no name above them


@dataclass(frozen=True)
class OutcomeFile:
    lines: tuple[Line, ...]
    ignored_columns: tuple[str, ...]


def read_outcomes(content: bytes, key: str = "") -> OutcomeFile:
    """The lines; `key` is the portfolio's own name of the client number. OutcomeRefused for the file as a whole."""
    text = _text(content)
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names = [_name(cell, key) for cell in next(rows, [])]
        _check(names)
        lines = tuple(_lines(rows, names))
    except csv.Error as error:
        raise OutcomeRefused(
            f"File of outcomes: line {rows.line_num} must be CSV, got '{error}'; save the file as CSV again."
        ) from None
    return OutcomeFile(lines, tuple(name for name in names if name and name not in COLUMNS))


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise OutcomeRefused(
            f"File of outcomes: at most {MOST_BYTES:,} bytes, got {len(content):,}; split it into several files."
        )
    for mark, name in _OTHER_ENCODINGS.items():
        if content.startswith(mark):
            raise OutcomeRefused(f"File of outcomes: CSV in UTF-8 is read, got {name}; save it as CSV UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise OutcomeRefused(
            f"File of outcomes: CSV in UTF-8 is read, got another encoding in line {line}; save it as CSV UTF-8."
        ) from None
    if "\x00" in text:
        raise OutcomeRefused("File of outcomes: CSV is text, got zero bytes; save it as CSV UTF-8.")
    return text


def _name(cell: str, key: str) -> str:
    name = cell.strip().casefold().replace(" ", "_")
    return APPLICANT if key and name == key.casefold() else name


def _check(names: Sequence[str]) -> None:
    missing = [name for name in (OUTCOME, OBSERVED_ON) if name not in names]
    if APPLICATION not in names and APPLICANT not in names:
        missing.insert(0, f"{APPLICATION} or {APPLICANT}")
    twice = [name for name in COLUMNS if names.count(name) > 1]
    if missing or twice:
        got = f"none called {', '.join(missing)}" if missing else f"{', '.join(twice)} twice"
        raise OutcomeRefused(
            f"File of outcomes: its first line must name {APPLICATION} (or {APPLICANT}), {OUTCOME}, {OBSERVED_ON} "
            f"and, for corrections, {REASON}; got {got}; correct the first line."
        )


def _lines(rows: Iterator[list[str]], names: Sequence[str]) -> Iterator[Line]:
    """Empty lines are passed over; a cell over several lines counts its last one."""
    number = 1
    for count, row in enumerate(rows, start=1):
        if count > MOST_LINES:
            raise OutcomeRefused(
                f"File of outcomes: at most {MOST_LINES:,} lines, got more; split it into several files."
            )
        number += 1 + sum(cell.count("\n") for cell in row)
        cells = dict(zip(names, (cell.strip() for cell in row), strict=False))
        if any(cell.strip() for cell in row):
            application, applicant, outcome, observed_on, reason = (cells.get(name, "") for name in COLUMNS)
            surplus = sum(bool(cell.strip()) for cell in row[len(names) :])
            yield Line(number, application, applicant, outcome, observed_on, reason, surplus)
