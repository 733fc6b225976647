"""What tests do on the Audit page in a browser: wait for it, press, take a file along."""

from __future__ import annotations

import csv
from pathlib import Path

from playwright.sync_api import Download, Page, expect


def drawn(page: Page) -> None:
    expect(page.get_by_text("newest first")).to_be_visible()
    expect(page.locator("[data-testid=stDataFrame] canvas").first).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def downloaded(page: Page, name: str, to: Path) -> Download:
    with page.expect_download() as arriving:
        press(page, name)
    arriving.value.save_as(to)
    return arriving.value


def exported(page: Page, to: Path, form: str = "CSV") -> str:
    """The name of the file that the visitor gets."""
    press(page, "Export")
    name = downloaded(page, form, to).suggested_filename
    page.keyboard.press("Escape")
    return name


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as opened:
        return list(csv.DictReader(opened))
