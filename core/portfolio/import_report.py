"""What an import found: per table rows, applicants covered, unknown and missing columns, bad values by rule."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class BadValues:
    """Values of one column that broke one rule and are now null."""

    column: str
    rule: str
    count: int
    example: str | None  # as the file spells it; None where the value is missing


@dataclass(frozen=True)
class TableReport:
    table: str
    label: str
    files: tuple[str, ...]  # none: the table is missing
    rows: int
    applicants: int  # with at least one row
    applicant_share: float  # 0..1 of the main table's applicants
    orphan_rows: int  # left out: their applicant is not in the main table
    unknown_columns: tuple[str, ...] = ()  # ignored
    missing_columns: tuple[str, ...] = ()  # null in every row
    partly_missing_columns: tuple[str, ...] = ()  # null in the rows of some files
    bad_values: tuple[BadValues, ...] = ()
    ignored_parts: tuple[str, ...] = ()  # files that look like a part of a missing table

    @property
    def missing(self) -> bool:
        return not self.files


@dataclass(frozen=True)
class ImportReport:
    title: str
    source: str
    imported_at: str  # UTC, ISO 8601
    fingerprint: str
    applicants: int
    labelled: int
    defaults: int
    tables: tuple[TableReport, ...]
    ignored_files: tuple[str, ...]

    @property
    def unlabelled(self) -> int:
        return self.applicants - self.labelled

    @property
    def missing_tables(self) -> tuple[str, ...]:
        return tuple(report.table for report in self.tables if report.missing)

    def as_json(self) -> dict[str, object]:
        fields = asdict(self)
        return fields | {"unlabelled": self.unlabelled, "missing_tables": list(self.missing_tables)}

    def lines(self) -> list[str]:
        """The report for a person, aligned."""
        outcomes = f"{self.labelled:,} with an outcome ({self.defaults:,} defaults), {self.unlabelled:,} without"
        found = [f"{self.title}: {self.applicants:,} applicants, {outcomes}", f"from {self.source}", ""]
        return found + self._table_lines() + self._note_lines()

    def _table_lines(self) -> list[str]:
        width = max(len(report.label) for report in self.tables)
        head = f"{'table':<{width}} {'rows':>12} {'applicants':>12} {'share':>8}"
        return [head] + [
            f"{r.label:<{width}} {'missing':>12}"
            if r.missing
            else f"{r.label:<{width}} {r.rows:>12,} {r.applicants:>12,} {r.applicant_share:>8.1%}"
            for r in self.tables
        ]

    def _note_lines(self) -> list[str]:
        notes = [f"{report.label}: {note}" for report in self.tables for note in _notes(report)]
        if self.ignored_files:
            notes.append(f"ignored files: {', '.join(self.ignored_files)}")
        return ["", *notes] if notes else []


def _notes(report: TableReport) -> list[str]:
    notes = []
    if report.missing:
        parts = f" ({', '.join(report.ignored_parts)} is not the whole table)" if report.ignored_parts else ""
        return [f"missing{parts}; its features will be null"]
    if report.orphan_rows:
        notes.append(f"{report.orphan_rows:,} rows of unknown applicants left out")
    for words, columns in (
        ("unknown columns ignored", report.unknown_columns),
        ("missing columns, now null", report.missing_columns),
        ("columns missing from some files, null there", report.partly_missing_columns),
    ):
        if columns:
            notes.append(f"{words}: {', '.join(columns)}")
    notes += [_bad_note(bad) for bad in report.bad_values]
    return notes


def _bad_note(bad: BadValues) -> str:
    if bad.example is None:
        return f"{bad.column}: {bad.count:,} {bad.rule}"
    return f"{bad.column}: {bad.count:,} {bad.rule}, now null (for example {bad.example!r})"
