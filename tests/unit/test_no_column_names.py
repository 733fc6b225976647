"""No code knows a portfolio's columns: a second lender is a second folder under data/, not a second program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from core.portfolio import contract_file

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = sorted(ROOT.glob("data/*/contract.toml"))
GENERATOR = "core/portfolio/synthetic"  # writes the synthetic tables of one known lender: the one exception
OUR_WORDS = re.compile(r"\bKind\.\w+|^    [A-Z]+ = \"[a-z]+\".*$", re.MULTILINE)  # members of enums are no columns


def sources() -> list[Path]:
    files = [*ROOT.glob("core/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "app.py"]
    return [f for f in files if f.is_file() and not f.relative_to(ROOT).as_posix().startswith(GENERATOR)]


@lru_cache
def forbidden(contract: Path) -> frozenset[str]:
    """Each column name in upper case, and in lower case unless it is an ordinary word."""
    return frozenset(_names(contract))


def _names(contract: Path) -> Iterator[str]:
    for columns in contract_file.read(contract).columns.values():
        for name in columns:
            yield name
            if "_" in name:
                yield name.lower()


def found(text: str, names: frozenset[str]) -> set[str]:
    words = set(re.findall(r"\w+", OUR_WORDS.sub("", text)))
    return words & names


def test_there_is_a_contract_and_there_is_code_to_look_at() -> None:
    assert ROOT / "data" / "home_credit" / "contract.toml" in CONTRACTS
    assert len(sources()) > 10


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda path: path.parent.name)
def test_no_column_of_a_contract_is_named_in_core_or_pages(contract: Path) -> None:
    names = forbidden(contract)
    hits = {f.relative_to(ROOT).as_posix(): found(f.read_text(encoding="utf-8"), names) for f in sources()}
    assert {file: sorted(words) for file, words in hits.items() if words} == {}


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ('x = fields["TARGET"]', {"TARGET"}),
        ("kind is Kind.TARGET", set()),
        ('    TARGET = "target"  # 0 or 1', set()),
        ('select = "select sk_id_curr from t"', {"sk_id_curr"}),
        ("SK_ID_CURR_2 = 1", set()),
        ("the target of this", set()),
        ("status = 3", set()),
        ('"STATUS"', {"STATUS"}),
    ],
)
def test_the_search_sees_names_and_only_names(text: str, hit: set[str]) -> None:
    assert found(text, forbidden(ROOT / "data" / "home_credit" / "contract.toml")) == hit
