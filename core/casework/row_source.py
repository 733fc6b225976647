"""The SQL and the portfolio of now, opened to make feature rows from the raw applications of then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from core.casework.pinned import RowSource
from core.portfolio import feature_sql
from core.portfolio.contract import Contract
from core.portfolio.feature_batch import RowBatch
from core.portfolio.tables import Tables
from core.settings import Settings


@contextmanager
def open_row_source(settings: Settings, contract: Contract) -> Iterator[RowSource]:
    """Open until the block ends; PortfolioMissing where there is no portfolio that fits the contract."""
    with closing(Tables.open(settings.tables_file, contract)) as tables:
        sql = feature_sql.fingerprint(feature_sql.read(settings.sql_dir, contract), contract)
        with closing(RowBatch(contract, settings.sql_dir, settings.tables_file, settings.threads)) as rows:
            yield RowSource(rows, sql, tables.about.fingerprint)
