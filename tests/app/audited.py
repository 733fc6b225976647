"""The Audit page as a test opens it, on a ledger that the test writes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core import settings
from core.accounts.sign_in import sign_in
from pages._ui import cache
from tests.app.conftest import BROWSER

ROOT = Path(__file__).resolve().parents[2]


def page(screen: str = "admin/audit") -> AppTest:
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120).run()
    test.switch_page(f"../{screen}.py").run()
    assert not test.exception
    return test


def click(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click().run()
    assert not test.exception
    return test


def labels(test: AppTest) -> set[str]:
    return {button.label for button in [*test.button, *test.download_button]}


def listed(test: AppTest, column: str) -> list[object]:
    """The cells of one column of the list."""
    (table,) = test.dataframe
    return [cell[0] if column == "Kind" else cell for cell in table.value[column]]


def in_full(test: AppTest, sequence: int) -> AppTest:
    """The page after this event was picked in the list."""
    test.session_state["audit_picked"] = sequence
    return test.run()


def fail_to_sign_in(user_name: str, address: str) -> None:
    sign_in(cache.accounts(), user_name, "not the password", address, datetime.now(UTC), BROWSER)


def journal_file() -> Path:
    (file,) = (settings.read().ledger_dir / "journal").iterdir()
    return file
