"""The only reader of the environment: read once, cast, frozen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


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


def read(environment: Mapping[str, str] | None = None, data_dir: Path | None = None) -> Settings:
    """The settings of this process; `data_dir` (the command line's `--data`) keeps a second desk apart."""
    env = os.environ if environment is None else environment
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
        threads=_threads(env.get("SOLVENT_THREADS", "2")),
    )


def _portfolio(name: str) -> str:
    if not (ROOT / "data" / name / "contract.toml").is_file() or "/" in name or name.startswith("."):
        raise SettingsError(f"SOLVENT_PORTFOLIO: no folder data/{name} with a contract.toml; name one that exists.")
    return name


def _threads(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        raise SettingsError(f"SOLVENT_THREADS: expected a whole number from 1 to 256, got {text!r}.")
    return int(text)
