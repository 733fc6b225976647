"""The only reader of the environment: read once, cast, frozen."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from core.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:]*:[0-9a-f:]*")
_PATH_PART = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Settings:
    """Where one desk keeps its things. Contract and SQL always come from the project."""

    portfolio: str
    contract_file: Path
    sql_dir: Path
    data_dir: Path
    models_dir: Path
    reports_dir: Path
    language: str
    threads: int
    session_idle_minutes: int = 30  # a session unused for this long has ended
    session_hours: int = 10  # and so has one this old: a working day
    password_cost: int = 12  # bcrypt's log2 of rounds
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()  # only these may say whom they speak for
    allowed_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "::1")  # names under which the desk may be asked
    retention_days: int = 2_557  # how long applications can be read: seven years
    apart_master_key: Path | None = None  # where the master key lies, when not in the desk's own folder
    base_path: str = ""  # where the desk lies below its host, such as /solvent; empty: at the top

    @property
    def raw_dir(self) -> Path:
        return self.data_dir / "raw"

    @property
    def tables_file(self) -> Path:
        """The imported raw tables: one immutable DuckDB file, replaced whole."""
        return self.data_dir / "tables.duckdb"

    @property
    def features_file(self) -> Path:
        """The feature rows: one immutable DuckDB file, replaced whole."""
        return self.data_dir / "features.duckdb"

    @property
    def accounts_file(self) -> Path:
        """People, sessions and who did what to them: SQLite that only the owner can read."""
        return self.data_dir / "accounts.sqlite"

    @property
    def ledger_dir(self) -> Path:
        """Journal, store, keys and head of the one chain of events; only the owner can look inside."""
        return self.data_dir / "ledger"

    @property
    def master_key_file(self) -> Path:
        """What opens the applications' keys; to be backed up apart from them."""
        return self.apart_master_key or self.data_dir / "master.key"

    @property
    def policies_dir(self) -> Path:
        """Every policy that was ever in force, named by its content, and which one is active."""
        return self.data_dir / "policies"

    @property
    def channel_file(self) -> Path:
        """The socket over which commands reach the process that has the desk open."""
        return self.data_dir / "desk.sock"

    @property
    def first_accounts_file(self) -> Path:
        """The first random passwords, for the owner to hand out and delete."""
        return self.data_dir / "first_accounts.txt"


def read(environment: Mapping[str, str] | None = None, data_dir: Path | None = None) -> Settings:
    """The settings of this process; `data_dir` (the command line's `--data`) keeps a second desk apart."""
    env = os.environ if environment is None else environment
    said = tuple(sorted((key, value) for key, value in env.items() if key.startswith("SOLVENT_")))
    return _read(said, data_dir, Path.cwd())


@lru_cache(maxsize=16)  # a page asks a dozen times a run
def _read(said: tuple[tuple[str, str], ...], data_dir: Path | None, _relative_to: Path) -> Settings:
    env = dict(said)
    portfolio = _portfolio(env.get("SOLVENT_PORTFOLIO", "home_credit"))
    apart = data_dir or (Path(env["SOLVENT_DATA"]) if env.get("SOLVENT_DATA") else None)
    home = ROOT / "data" / portfolio
    return Settings(
        portfolio=portfolio,
        contract_file=home / "contract.toml",
        sql_dir=home / "sql",
        data_dir=apart.resolve() if apart else home,
        models_dir=apart.resolve() / "models" if apart else ROOT / "models" / portfolio,
        reports_dir=apart.resolve() / "reports" if apart else ROOT / "reports",
        language=env.get("SOLVENT_LANGUAGE", "en"),
        threads=_whole(env, "SOLVENT_THREADS", 2, 1, 256),
        session_idle_minutes=_whole(env, "SOLVENT_IDLE_MINUTES", Settings.session_idle_minutes, 1, 1_440),
        session_hours=_whole(env, "SOLVENT_SESSION_HOURS", Settings.session_hours, 1, 168),
        password_cost=_whole(env, "SOLVENT_PASSWORD_COST", Settings.password_cost, 10, 16),
        trusted_proxies=_networks(env, "SOLVENT_TRUSTED_PROXIES"),
        allowed_hosts=_hosts(env, "SOLVENT_ALLOWED_HOSTS"),
        retention_days=_whole(env, "SOLVENT_RETENTION_DAYS", Settings.retention_days, 90, 36_525),
        apart_master_key=Path(env["SOLVENT_MASTER_KEY_FILE"]).resolve() if env.get("SOLVENT_MASTER_KEY_FILE") else None,
        base_path=_base_path(env, "SOLVENT_BASE_PATH"),
    )


def _portfolio(name: str) -> str:
    if not (ROOT / "data" / name / "contract.toml").is_file() or "/" in name or name.startswith("."):
        raise SettingsError(f"SOLVENT_PORTFOLIO: no folder data/{name} with a contract.toml; name one that exists.")
    return name


def _whole(env: Mapping[str, str], key: str, default: int, lowest: int, highest: int) -> int:
    text = env.get(key, str(default))
    if not text.isdecimal() or len(text) > 9 or not lowest <= int(text) <= highest:
        raise SettingsError(f"{key}: expected a whole number from {lowest} to {highest}, got {text!r}.")
    return int(text)


def _networks(env: Mapping[str, str], key: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The addresses and networks of a list with commas, such as 10.0.0.7, 192.168.0.0/16."""
    words = [word.strip() for word in env.get(key, "").split(",") if word.strip()]
    try:
        return tuple(ip_network(word) for word in words)
    except ValueError as error:
        raise SettingsError(f"{key}: expected addresses or networks with commas between them; {error}.") from None


def _hosts(env: Mapping[str, str], key: str) -> tuple[str, ...]:
    """Names and addresses without ports, such as desk.bank.example, 10.0.0.7; this machine's own always belong."""
    words = tuple(word.strip().lower() for word in env.get(key, "").split(",") if word.strip())
    wrong = [word for word in words if not _HOST.fullmatch(word)]
    if wrong:
        raise SettingsError(f"{key}: expected host names without scheme and port, with commas; got {wrong[0]!r}.")
    return tuple(dict.fromkeys((*Settings.allowed_hosts, *words)))


def _base_path(env: Mapping[str, str], key: str) -> str:
    parts = [part for part in env.get(key, "").split("/") if part]
    if any(not _PATH_PART.fullmatch(part) for part in parts):
        raise SettingsError(f"{key}: expected a path of letters, digits, - and _, such as /solvent; got {env[key]!r}.")
    return "".join(f"/{part}" for part in parts)
