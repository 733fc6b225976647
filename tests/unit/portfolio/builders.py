"""A second lender, tiny and with names of its own: what works for it is tied to no portfolio.

North Bank lends to clients; it keeps earlier loans (each with its number) and the monthly state of those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core import settings as core_settings
from core.portfolio.contract import (
    Choice,
    Code,
    Column,
    Contract,
    Family,
    FirstPolicy,
    FormGroup,
    Kind,
    Pattern,
    Portfolio,
    ReasonCode,
    Table,
    Via,
)
from core.portfolio.database import building
from core.portfolio.importing import import_tables
from core.progress import silent
from core.settings import Settings

Row = Mapping[str, object]


def en(words: str) -> dict[str, str]:
    return {"en": words}


def choices(*values: str) -> tuple[Choice, ...]:
    return tuple(Choice(value=value, label=en(value.capitalize())) for value in values)


CLIENT_COLUMNS = {
    "client_no": Column(label=en("Client number"), kind=Kind.IDENTIFIER, nullable=False),
    "went_bad": Column(label=en("Went bad"), kind=Kind.TARGET),
    "income": Column(label=en("Income"), kind=Kind.MONEY, minimum=0, maximum=1e6, family="means", direction=-1),
    "purpose": Column(label=en("Purpose"), kind=Kind.CATEGORY, choices=choices("car", "home"), sentinels=("n/a",)),
    "age_days": Column(label=en("Age"), kind=Kind.DAYS, minimum=-30000, maximum=-6000, sentinels=(999999,)),
    "children": Column(label=en("Children"), kind=Kind.COUNT, maximum=20),
    "owner": Column(label=en("Owns a home"), kind=Kind.FLAG),
    "rating": Column(label=en("Rating"), kind=Kind.SCORE, minimum=0, maximum=1),
}
LOAN_COLUMNS = {
    "loan_no": Column(label=en("Loan number"), kind=Kind.IDENTIFIER, nullable=False),
    "client_no": Column(label=en("Client number"), kind=Kind.IDENTIFIER, nullable=False),
    "amount": Column(label=en("Amount"), kind=Kind.MONEY, minimum=0, maximum=1e6),
}
STATE_COLUMNS = {
    "loan_no": Column(label=en("Loan number"), kind=Kind.IDENTIFIER, nullable=False),
    "month": Column(label=en("Month"), kind=Kind.MONTHS, minimum=-120, maximum=0, nullable=False),
    "state": Column(label=en("State"), kind=Kind.CATEGORY, choices=choices("paid", "late")),
}


def a_contract() -> Contract:
    return Contract(
        portfolio=Portfolio(
            name="north_bank",
            title=en("North Bank"),
            currency=en("EUR"),
            key="client_no",
            target="went_bad",
            target_meaning=en("Ninety days late."),
        ),
        tables=(
            Table(name="clients", files=("clients_old", "clients_new"), label=en("Clients"), required=True),
            Table(name="states", files=("loan_states",), label=en("States"), via=Via(table="loans", column="loan_no")),
            Table(name="loans", files=("Loans",), label=en("Earlier loans"), unique=("loan_no",)),
        ),
        columns={"clients": CLIENT_COLUMNS, "states": STATE_COLUMNS, "loans": LOAN_COLUMNS},
        families={"means": Family(label=en("Means"), raises=en("low means"), reason=en("Your means are low."))},
        patterns=(Pattern(match="*", family="means", table="clients"),),
        features={},
        form=(FormGroup(label=en("The loan"), columns=("income", "purpose")),),
        facts=("income",),
        decisions=(Code(code="approve", label=en("Approve")),),
        overrides=(ReasonCode(code="other", label=en("Other"), fits=("approve", "decline")),),
        policy=FirstPolicy(
            approve_below=1 / 11,
            decline_from=0.15,
            cost_default_approved=10,
            cost_good_refused=1,
            loss_given_default=0.45,
            exposure_column="income",
            sign_above_amount=1e6,
        ),
    )


def a_client(client_no: object, **fields: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "client_no": client_no,
        "went_bad": 0,
        "income": 30000.5,
        "purpose": "car",
        "age_days": -12000,
        "children": 1,
        "owner": 1,
        "rating": 0.25,
    }
    return usual | fields


CLIENTS: tuple[Row, ...] = (
    a_client(3),
    a_client(1, went_bad=1, income=None, purpose="n/a"),
    a_client(2, went_bad=None, age_days=999999),
)
LOANS: tuple[Row, ...] = (
    {"loan_no": 30, "client_no": 3, "amount": 5.5},
    {"loan_no": 11, "client_no": 1, "amount": 10.0},
    {"loan_no": 10, "client_no": 1, "amount": None},
)
STATES: tuple[Row, ...] = (
    {"loan_no": 11, "month": -1, "state": "paid"},
    {"loan_no": 10, "month": -2, "state": "late"},
    {"loan_no": 11, "month": 0, "state": None},
)


def write_csv(path: Path, rows: Sequence[Row]) -> Path:
    """The rows as a comma-separated file; None is an empty cell."""
    lines = [",".join(rows[0])] + [",".join("" if v is None else str(v) for v in row.values()) for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_parquet(path: Path, rows: Sequence[Row]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
    return path


def a_source(folder: Path, clients: Sequence[Row] = CLIENTS, *, complete: bool = True) -> Path:
    """A folder with North Bank's raw tables as CSV."""
    write_csv(folder / "clients_old.csv", clients)
    if complete:
        write_csv(folder / "loans.csv", LOANS)
        write_csv(folder / "loan_states.csv", STATES)
    return folder


def some_settings(folder: Path) -> Settings:
    """Settings of a desk of its own in `folder`."""
    return replace(core_settings.read({}, data_dir=folder), threads=1)


def a_whole_desk(folder: Path, clients: Sequence[Row] = CLIENTS) -> Settings:
    """North Bank with the raw tables it was imported from, feature rows, and a raw file that no contract knows."""
    own = some_settings(folder)
    a_source(own.raw_dir, clients)
    numbers = [int(str(client["client_no"])) for client in clients]
    write_parquet(own.raw_dir / "truth.parquet", [{"CLIENT_NO": n, "truth": n / 10} for n in sorted(numbers)])
    import_tables(own.raw_dir, a_contract(), own, False, silent)
    with building(own.features_file) as file:
        file.execute("create table feature_rows (applicant_key bigint, target tinyint, features float[2])")
        for n in sorted(numbers):
            file.execute("insert into feature_rows values (?, null, [?, null])", [n, n * 2.0])
        file.execute("create table feature_names as select * from (values (0, 'a'), (1, 'b')) as n (position, name)")
        file.execute("create table about (key varchar, value varchar)")
        file.execute("insert into about values ('tables_fingerprint', '\"f\"'), ('sql_fingerprint', '\"s\"')")
    return own
