"""The tables of a portfolio, one applicant at a time."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import duckdb
import msgspec
import pytest

from core.errors import PortfolioMissing, UnknownApplicant
from core.portfolio.contract import Column, Contract, Kind
from core.portfolio.importing import import_tables
from core.portfolio.tables import Tables
from core.progress import silent
from tests.unit.portfolio.builders import a_client, a_contract, a_source, choices, some_settings


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    settings = some_settings(folder)
    import_tables(a_source(folder / "source"), a_contract(), settings, False, silent)
    return settings.tables_file


@pytest.fixture
def tables(file: Path) -> Iterator[Tables]:
    opened = Tables.open(file, a_contract())
    yield opened
    opened.close()


def test_keys_come_in_ascending_order(tables: Tables) -> None:
    assert tables.keys() == ["1", "2", "3"]
    assert tables.keys(2) == ["1", "2"]
    assert tables.keys(0) == []


def test_keys_can_be_those_with_or_without_an_outcome(tables: Tables) -> None:
    assert tables.keys(labelled=True) == ["1", "3"]
    assert tables.keys(labelled=False) == ["2"]
    assert tables.keys(1, labelled=True) == ["1"]


def test_an_application_has_every_column_of_the_contract_as_plain_values(tables: Tables) -> None:
    found = tables.application("3")

    assert found == a_client(3)
    assert [type(value) for value in found.values()] == [int, int, float, str, int, int, int, float]
    assert tables.application(" 1 ")["income"] is None


def test_many_applications_come_in_the_order_they_were_asked_for_and_an_unknown_one_refuses_them_all(
    tables: Tables,
) -> None:
    assert tables.applications(["3", " 1 ", "2", "3"]) == [tables.application(key) for key in ("3", "1", "2", "3")]
    assert tables.applications([]) == []
    with pytest.raises(UnknownApplicant, match="'4' is not in this portfolio"):
        tables.applications(["1", "4", "2"])


def test_history_counts_the_rows_of_each_child_table(tables: Tables) -> None:
    assert tables.history("1") == {"States": 3, "Earlier loans": 2}
    assert tables.history("2") == {"States": 0, "Earlier loans": 0}


@pytest.mark.parametrize(
    "key", ["4", "0", "", "abc", "-1", "1e5", "1.0", "1_0", "9" * 18, "9" * 19, "1" + "0" * 30, "٣", "1; drop table x"]
)
def test_an_unknown_or_malformed_key_is_answered_calmly(tables: Tables, key: str) -> None:
    with pytest.raises(UnknownApplicant, match=r"Client number .* is not in this portfolio; .*applicants"):
        tables.application(key)
    with pytest.raises(UnknownApplicant):
        tables.history(key)


def test_about_says_where_the_tables_come_from(tables: Tables) -> None:
    assert tables.about.missing_tables == ()
    assert tables.about.source.endswith("source")
    assert len(tables.about.fingerprint) == 64


def test_threads_get_their_own_answers(tables: Tables) -> None:
    wrong: list[str] = []

    def ask(key: str) -> None:
        wrong.extend(key for _ in range(50) if tables.application(key)["client_no"] != int(key))

    threads = [threading.Thread(target=ask, args=(key,)) for key in ("1", "2", "3")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_missing_or_damaged_file_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "tables.duckdb").write_bytes(b"nonsense" * 4000)

    for path in (tmp_path / "tables.duckdb", tmp_path / "none.duckdb"):
        with pytest.raises(PortfolioMissing, match=r"run: make run .* python -m core import --from"):
            Tables.open(path, a_contract())


def test_tables_of_another_contract_are_refused(file: Path) -> None:
    contract = a_contract()
    loans = contract.columns["loans"] | {"purpose_code": Column(label={"en": "Code"}, kind=Kind.COUNT)}
    other = msgspec.structs.replace(contract, columns=contract.columns | {"loans": loans})

    with pytest.raises(PortfolioMissing, match="table loans has other columns"):
        Tables.open(file, other)


def test_a_replaced_portfolio_is_noticed_and_read_after_opening_again(tmp_path: Path) -> None:
    settings = replace(some_settings(tmp_path), threads=1)
    import_tables(a_source(tmp_path / "one"), a_contract(), settings, False, silent)
    old = Tables.open(settings.tables_file, a_contract())
    assert not old.changed_on_disk()

    import_tables(a_source(tmp_path / "two", [a_client(8)], complete=False), a_contract(), settings, True, silent)

    assert old.changed_on_disk()
    assert old.keys() == ["1", "2", "3"]
    new = Tables.open(settings.tables_file, a_contract())
    assert new.keys() == ["8"]
    new.close()
    old.close()


def _with_age(contract: Contract, age: Column) -> Contract:
    columns = {**contract.columns, "clients": {**contract.columns["clients"], "age_days": age}}
    return msgspec.structs.replace(contract, columns=columns)


AGE = a_contract().main_columns["age_days"]


@pytest.mark.parametrize(
    ("age", "same"),
    [
        (AGE, True),
        (msgspec.structs.replace(AGE, label={"en": "Years lived"}, description={"en": "words only"}), True),
        (msgspec.structs.replace(AGE, maximum=-6001), False),
        (msgspec.structs.replace(AGE, minimum=None), False),
        (msgspec.structs.replace(AGE, sentinels=(999998,)), False),
        (msgspec.structs.replace(AGE, nullable=False), False),
    ],
)
def test_tables_whose_values_were_checked_by_other_rules_must_be_imported_again(
    age: Column, same: bool, file: Path
) -> None:
    now = _with_age(a_contract(), age)
    with nullcontext() if same else pytest.raises(PortfolioMissing, match=r"import again: .* --replace"):
        Tables.open(file, now).close()


def test_other_choices_are_other_rules(file: Path) -> None:
    now = a_contract()
    purpose = msgspec.structs.replace(now.main_columns["purpose"], choices=choices("car", "home", "boat"))
    columns = {**now.columns, "clients": {**now.columns["clients"], "purpose": purpose}}
    with pytest.raises(PortfolioMissing, match="import again"):
        Tables.open(file, msgspec.structs.replace(now, columns=columns))


def test_tables_of_a_time_before_the_rules_were_kept_must_be_imported_again(file: Path, tmp_path: Path) -> None:
    old = Path(shutil.copy(file, tmp_path / "tables.duckdb"))
    with duckdb.connect(str(old)) as connection:
        connection.execute("delete from about where key = 'rules'")
    with pytest.raises(PortfolioMissing, match="import again"):
        Tables.open(old, a_contract())
    with duckdb.connect(str(old)) as free:  # refused while another connection of this process has it attached
        free.execute("create table writable (x integer)")
