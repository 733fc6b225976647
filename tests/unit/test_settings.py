from pathlib import Path

import pytest

from core import settings
from core.errors import SettingsError


def test_without_an_environment_the_desk_lies_in_the_project() -> None:
    found = settings.read({})
    assert found.data_dir == settings.ROOT / "data" / "home_credit"
    assert found.models_dir == settings.ROOT / "models" / "home_credit"
    assert found.tables_file.name == "tables.duckdb"
    assert found.language == "en"


def test_a_second_desk_keeps_everything_but_contract_and_sql_apart(tmp_path: Path) -> None:
    found = settings.read({}, data_dir=tmp_path)
    for place in (found.raw_dir, found.tables_file, found.features_file, found.models_dir, found.reports_dir):
        assert place.is_relative_to(tmp_path)
    assert found.contract_file == settings.ROOT / "data" / "home_credit" / "contract.toml"


def test_the_command_lines_folder_wins_over_the_environments(tmp_path: Path) -> None:
    found = settings.read({"SOLVENT_DATA": str(tmp_path / "a")}, data_dir=tmp_path / "b")
    assert found.data_dir == tmp_path / "b"


def test_the_environment_can_name_the_folder(tmp_path: Path) -> None:
    assert settings.read({"SOLVENT_DATA": str(tmp_path)}).data_dir == tmp_path


@pytest.mark.parametrize("name", ["elsewhere", "../home_credit", "."])
def test_a_portfolio_without_a_contract_is_refused_by_name(name: str) -> None:
    with pytest.raises(SettingsError, match="SOLVENT_PORTFOLIO"):
        settings.read({"SOLVENT_PORTFOLIO": name})


@pytest.mark.parametrize("threads", ["1", "256"])
def test_threads_are_taken_within_their_limits(threads: str) -> None:
    assert settings.read({"SOLVENT_THREADS": threads}).threads == int(threads)


@pytest.mark.parametrize("threads", ["0", "257", "two", "-1", "", "1.5"])
def test_threads_outside_their_limits_are_refused_with_key_value_and_type(threads: str) -> None:
    with pytest.raises(SettingsError, match=r"SOLVENT_THREADS: expected a whole number from 1 to 256"):
        settings.read({"SOLVENT_THREADS": threads})


@pytest.mark.parametrize(
    ("key", "field", "lowest", "highest"),
    [
        ("SOLVENT_IDLE_MINUTES", "session_idle_minutes", 1, 1_440),
        ("SOLVENT_SESSION_HOURS", "session_hours", 1, 168),
        ("SOLVENT_PASSWORD_COST", "password_cost", 10, 16),
        ("SOLVENT_RETENTION_DAYS", "retention_days", 90, 36_525),
    ],
)
def test_limits_of_sign_in_and_retention_are_taken_and_refused_at_both_sides(
    key: str, field: str, lowest: int, highest: int
) -> None:
    assert [getattr(settings.read({key: str(value)}), field) for value in (lowest, highest)] == [lowest, highest]
    for value in (lowest - 1, highest + 1):
        with pytest.raises(SettingsError, match=f"{key}: expected a whole number from {lowest} to {highest}"):
            settings.read({key: str(value)})


def test_applications_are_kept_for_seven_years_unless_said_otherwise() -> None:
    """2,557 days: seven years with two leap days."""
    assert settings.read({}).retention_days == 7 * 365 + 2


def test_trusted_proxies_are_addresses_and_networks() -> None:
    found = settings.read({"SOLVENT_TRUSTED_PROXIES": "10.0.0.7, 192.168.0.0/16,::1"}).trusted_proxies
    assert [str(network) for network in found] == ["10.0.0.7/32", "192.168.0.0/16", "::1/128"]
    assert settings.read({}).trusted_proxies == ()


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.7/8", "10.0.0.300"])
def test_a_proxy_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="SOLVENT_TRUSTED_PROXIES: expected addresses or networks"):
        settings.read({"SOLVENT_TRUSTED_PROXIES": text})


def test_accounts_lie_with_the_desk(tmp_path: Path) -> None:
    found = settings.read({}, data_dir=tmp_path)
    assert found.accounts_file == tmp_path / "accounts.sqlite"
    assert found.first_accounts_file == tmp_path / "first_accounts.txt"
