"""Raw tables from files into the portfolio: all of them checked and stored, or refused and nothing changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from core.errors import ImportRefused
from core.portfolio import import_checks, import_rules, import_source
from core.portfolio.contract import Contract, text
from core.portfolio.database import building, quoted
from core.portfolio.import_report import ImportReport, TableReport
from core.portfolio.import_rules import checked, clean
from core.portfolio.import_source import Source, shown
from core.portfolio.import_table import RawTable
from core.portfolio.raw_table import raw_name, sql_type
from core.progress import Progress
from core.settings import Settings


def import_tables(
    source: Path, contract: Contract, settings: Settings, replace: bool, progress: Progress
) -> ImportReport:
    """The report on the raw tables at `source` (a folder or the main table's file), which are now the portfolio.

    ImportRefused, and nothing is changed on disk, where they cannot become one, or where there is a
    portfolio already and `replace` is not given.
    """
    if settings.tables_file.exists() and not replace:
        raise ImportRefused(
            f"{settings.data_dir}: there is a portfolio already; add --replace to put this one in its place."
        )
    progress("looking for the raw tables", 0.0)
    found = import_source.find(source, contract)
    tables = _parents_first([RawTable(contract, table, found.files[table.name]) for table in contract.tables])
    files = [file.path for raw in tables for file in raw.files]
    with building(settings.tables_file, readable=files, threads=settings.threads) as connection:
        reports = _import_each(connection, tables, found, progress)
        progress("computing the fingerprint", 0.95)
        report = _whole_report(connection, source, contract, found, reports, _fingerprint(connection, tables))
        _write_about(connection, report, import_rules.fingerprint(contract))
    progress("portfolio imported", 1.0)
    return report


def _parents_first(tables: Sequence[RawTable]) -> list[RawTable]:
    """The main table, then tables that know their applicant, then children of children."""
    return sorted(tables, key=lambda raw: 0 if raw.is_main else 2 if raw.table.via else 1)


def _import_each(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[RawTable], found: Source, progress: Progress
) -> dict[str, TableReport]:
    sizes = {raw.table.name: sum(file.path.stat().st_size for file in raw.files) for raw in tables}
    whole = max(sum(sizes.values()), 1)
    done = 0
    reports: dict[str, TableReport] = {}
    for raw in tables:
        progress(f"reading {raw.label}", 0.95 * done / whole)
        try:
            reports[raw.table.name] = _import_one(connection, raw, found)
        except duckdb.Error as unreadable:
            reason = shown_reason(unreadable)
            raise ImportRefused(f"{raw.file_names}: cannot be read ({reason}); save it again.") from unreadable
        done += sizes[raw.table.name]
    return reports


def shown_reason(error: duckdb.Error) -> str:
    """The first line of what DuckDB says, without the value-laden rest."""
    return shown(str(error).splitlines()[0].split("Error: ", 1)[-1])[1:-1]


def _import_one(connection: duckdb.DuckDBPyConnection, raw: RawTable, found: Source) -> TableReport:
    if not raw.files:
        types = ", ".join(f"{quoted(name)} {sql_type(column)}" for name, column in raw.columns.items())
        connection.execute(f"create table {raw.stored_name} ({types})")
        return TableReport(raw.table.name, raw.label, (), 0, 0, 0.0, 0, ignored_parts=found.parts_of(raw.table))
    raw.refuse_missing_keys()
    relation = checked(raw.rows(connection), tuple(raw.columns.values()))
    row_count, columns = import_checks.findings(connection, raw, relation)
    if raw.is_main:
        import_checks.refuse_unusable_main(raw, row_count, columns)
    import_checks.refuse_wrong_types(raw, columns)
    _store_sorted(connection, raw, relation)
    import_checks.refuse_duplicates(connection, raw)
    stored, applicants, share = _coverage(connection, raw)
    return TableReport(
        table=raw.table.name,
        label=raw.label,
        files=tuple(file.path.name for file in raw.files),
        rows=stored,
        applicants=applicants,
        applicant_share=share,
        orphan_rows=row_count - stored,
        unknown_columns=raw.unknown_columns(),
        missing_columns=raw.missing_columns(),
        partly_missing_columns=raw.partly_missing_columns(),
        bad_values=import_checks.bad_values(columns),
    )


def _store_sorted(connection: duckdb.DuckDBPyConnection, raw: RawTable, relation: str) -> None:
    """Rows of known applicants, in the order of the column they are looked up by: one applicant's lie together."""
    values = ", ".join(f"{clean(i, column)} as {quoted(name)}" for i, (name, column) in enumerate(raw.columns.items()))
    link = quoted(raw.link)
    known = "" if raw.is_main else f"where {link} in (select {link} from {raw.linked_table})"
    order = ", ".join(dict.fromkeys((link, *map(quoted, raw.table.unique))))
    connection.execute(
        f"create table {raw.stored_name} as select * from (select {values} from {relation}) {known} order by {order}"
    )


def _coverage(connection: duckdb.DuckDBPyConnection, raw: RawTable) -> tuple[int, int, float]:
    """Rows, applicants with at least one row, and their share of the main table's applicants."""
    key = quoted(raw.contract.portfolio.key)
    via = f"join {raw.linked_table} using ({quoted(raw.link)})" if raw.table.via else ""
    main = raw_name(raw.contract.main.name)
    rows, applicants, everyone = connection.execute(
        f"select (select count(*) from {raw.stored_name}), "
        f"(select count(distinct {key}) from {raw.stored_name} {via}), (select count(*) from {main})"
    ).fetchall()[0]
    return int(rows), int(applicants), int(applicants) / int(everyone)


def _fingerprint(connection: duckdb.DuckDBPyConnection, tables: Sequence[RawTable]) -> str:
    """SHA-256 over names, types, row counts and, per table, the sum of its rows' hashes.

    A sum has no order, so the same content gives the same fingerprint from CSV and from Parquet. It
    tells contents apart, it is no seal against a forger.
    """
    digest = hashlib.sha256()
    for raw in sorted(tables, key=lambda table: table.table.name):
        names = ", ".join(map(quoted, raw.columns))
        content = connection.execute(f"select count(*), sum(hash({names})::hugeint) from {raw.stored_name}").fetchall()
        types = [(name, sql_type(column)) for name, column in raw.columns.items()]
        digest.update(repr((raw.table.name, bool(raw.files), types, content)).encode())
    return digest.hexdigest()


def _whole_report(
    connection: duckdb.DuckDBPyConnection,
    source: Path,
    contract: Contract,
    found: Source,
    reports: dict[str, TableReport],
    fingerprint: str,
) -> ImportReport:
    target = quoted(contract.portfolio.target)
    applicants, labelled, defaults = connection.execute(
        f"select count(*), count({target}), count(*) filter ({target} = 1) from {raw_name(contract.main.name)}"
    ).fetchall()[0]
    return ImportReport(
        title=text(contract.portfolio.title),
        source=str(source),
        imported_at=datetime.now(UTC).isoformat(timespec="seconds"),
        fingerprint=fingerprint,
        applicants=int(applicants),
        labelled=int(labelled),
        defaults=int(defaults),
        tables=tuple(reports[table.name] for table in contract.tables),
        ignored_files=found.ignored,
    )


def _write_about(connection: duckdb.DuckDBPyConnection, report: ImportReport, rules: str) -> None:
    about = {
        "fingerprint": report.fingerprint,
        "imported_at": report.imported_at,
        "missing_tables": list(report.missing_tables),
        "source": report.source,
        "rules": rules,
        "report": report.as_json(),
    }
    connection.execute("create table about (key varchar primary key, value varchar not null)")
    for key, value in about.items():
        connection.execute("insert into about values (?, ?)", [key, json.dumps(value)])
