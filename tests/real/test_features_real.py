"""The features of the real sample: one applicant alone equals the training table, and nothing depends on the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from core import settings as settings_module
from core.portfolio import contract_file, features
from core.portfolio.application import Application
from core.portfolio.contract import Contract
from core.portfolio.feature_meaning import feature_meaning
from core.portfolio.feature_row import RowBuilder
from core.portfolio.features import FeatureStore
from core.portfolio.importing import import_tables
from core.portfolio.tables import Tables
from core.progress import silent
from core.settings import Settings

pytestmark = pytest.mark.real

BATCH, SINGLY, PERTURBED = 1_000, 50, 10
BETTER = {"AMT_INCOME_TOTAL": 1.25, "EXT_SOURCE_1": 1.1, "EXT_SOURCE_2": 1.1, "EXT_SOURCE_3": 1.1}


@dataclass(frozen=True)
class RealDesk:
    settings: Settings
    contract: Contract
    store: FeatureStore
    builder: RowBuilder
    tables: Tables
    keys: list[str]  # a fixed sample of clients

    def application(self, key: str, **changed: float) -> Application:
        return Application(fields={**self.tables.application(key), **changed})


@pytest.fixture(scope="module")
def desk(real_data: Path, tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Iterator[RealDesk]:
    settings = settings_module.read({}, tmp_path_factory.mktemp("real"))
    contract = contract_file.read(project_root / "data" / "home_credit" / "contract.toml")
    import_tables(real_data / "home_credit" / "subset10k", contract, settings, False, silent)
    features.build(settings, contract, silent)
    store = FeatureStore.open(settings.features_file)
    builder = RowBuilder(contract, settings.sql_dir, settings.tables_file)
    tables = Tables.open(settings.tables_file, contract)
    keys = np.random.default_rng(9).permutation(tables.keys(None))[:BATCH].tolist()
    yield RealDesk(settings, contract, store, builder, tables, keys)
    for opened in (store, builder, tables):
        opened.close()


def test_fifty_clients_alone_equal_their_stored_rows_bit_for_bit(desk: RealDesk) -> None:
    different = [
        key
        for key in desk.keys[:SINGLY]
        if desk.builder.row(desk.application(key), key).tobytes() != desk.store.row(key).tobytes()
    ]
    assert different == []


def test_a_thousand_clients_in_one_batch_equal_the_training_table_bit_for_bit(desk: RealDesk, tmp_path: Path) -> None:
    settings = replace(desk.settings, data_dir=tmp_path)
    _copy_clients(desk, settings)
    features.build(settings, desk.contract, silent)
    batch = FeatureStore.open(settings.features_file)
    assert batch.matrix(desk.keys).tobytes() == desk.store.matrix(desk.keys).tobytes()
    batch.close()


def test_building_twice_gives_the_same_bytes(desk: RealDesk, tmp_path: Path) -> None:
    again = replace(desk.settings, data_dir=tmp_path)
    again.tables_file.symlink_to(desk.settings.tables_file)
    features.build(again, desk.contract, silent)
    second = FeatureStore.open(again.features_file)
    assert second.training_set().features.tobytes() == desk.store.training_set().features.tobytes()
    second.close()


def test_more_income_and_better_scores_move_no_feature_against_its_direction(desk: RealDesk) -> None:
    against = {
        (column, name)
        for key in desk.keys[:PERTURBED]
        for column in BETTER
        for name in _moved_against_direction(desk, key, column)
    }
    assert against == set()


def test_features_of_real_clients_are_finite_or_missing(desk: RealDesk) -> None:
    assert not np.isinf(desk.store.training_set().features).any()


def _moved_against_direction(desk: RealDesk, key: str, column: str) -> set[str]:
    before = desk.store.row(key)
    value = desk.tables.application(key)[column]
    if value is None:
        return set()
    better = float(value) * BETTER[column]
    after = desk.builder.row(desk.application(key, **{column: better}), key)
    moved = np.flatnonzero((before != after) & ~(np.isnan(before) & np.isnan(after)))
    directions = {name: feature_meaning(desk.contract, name).direction for name in desk.store.names}
    names = [desk.store.names[place] for place in moved]
    return {
        name for place, name in zip(moved, names, strict=True) if not _lowers(before, after, place, directions[name])
    }


def _lowers(before: features.Row, after: features.Row, place: int, direction: int) -> bool:
    return bool((after[place] - before[place]) * direction < 0)


def _copy_clients(desk: RealDesk, settings: Settings) -> None:
    """A store of tables that holds the sample's clients and nobody else."""
    contract, chosen = desk.contract, ", ".join(desk.keys)
    with duckdb.connect(str(settings.tables_file)) as copy:
        copy.execute(f"attach '{desk.settings.tables_file}' as whole (read_only)")
        copy.execute("create table about as select * from whole.about")
        for table in contract.tables:
            where = f"{contract.portfolio.key} in ({chosen})"
            if table.via:
                where = f"{table.via.column} in (select {table.via.column} from raw_{table.via.table})"
            copy.execute(f"create table raw_{table.name} as select * from whole.raw_{table.name} where {where}")
