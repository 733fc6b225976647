"""Tiny portfolios for tests of the SQL: given rows as the import leaves them on disk, and the features they make."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from core import settings as settings_module
from core.portfolio import feature_sql, features
from core.portfolio.contract import Contract
from core.portfolio.features import FeatureStore
from core.progress import silent
from core.settings import Settings

Fields = Mapping[str, object]
Rows = Mapping[str, Sequence[Fields]]  # table -> rows; a column not given is null

AN_APPLICATION: Fields = {
    "SK_ID_CURR": 1,
    "TARGET": 0,
    "AMT_INCOME_TOTAL": 200_000.0,
    "AMT_CREDIT": 500_000.0,
    "AMT_ANNUITY": 25_000.0,
    "AMT_GOODS_PRICE": 450_000.0,
    "CNT_FAM_MEMBERS": 2,
    "CNT_CHILDREN": 0,
    "DAYS_BIRTH": -14_610,
    "DAYS_EMPLOYED": -1_461,
    "EXT_SOURCE_1": 0.5,
    "EXT_SOURCE_2": 0.6,
    "EXT_SOURCE_3": 0.7,
}


def settings_in(folder: Path) -> Settings:
    """A desk of its own with the project's contract and SQL."""
    return settings_module.read({}, folder)


def write_tables(settings: Settings, contract: Contract, rows: Rows, missing: Sequence[str] = ()) -> None:
    """The store of tables with these rows."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings.tables_file.unlink(missing_ok=True)
    with duckdb.connect(str(settings.tables_file)) as connection:
        for table in contract.tables:
            connection.execute(feature_sql.make_raw_table(contract, table.name))
            for row in rows.get(table.name, ()):
                marks = ", ".join("?" * len(row))
                columns = ", ".join(f'"{name}"' for name in row)
                connection.execute(f"insert into raw_{table.name} ({columns}) values ({marks})", list(row.values()))
        connection.execute("create table about (key varchar, value varchar)")
        for key, value in {"fingerprint": repr(rows), "missing_tables": list(missing)}.items():
            connection.execute("insert into about values (?, ?)", [key, json.dumps(value)])


def feature_rows(
    folder: Path, contract: Contract, rows: Rows, missing: Sequence[str] = ()
) -> dict[str, dict[str, float]]:
    """The features that these rows make: client -> feature -> value, NaN = missing."""
    settings = replace(settings_in(folder), threads=1)
    write_tables(settings, contract, rows, missing)
    features.build(settings, contract, silent)
    store = FeatureStore.open(settings.features_file)
    try:
        keys = sorted({str(row["SK_ID_CURR"]) for row in rows["application"]})
        return {key: dict(zip(store.names, store.row(key).tolist(), strict=True)) for key in keys}
    finally:
        store.close()
