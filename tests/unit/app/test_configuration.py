"""How the application is served and how it looks: fixed by .streamlit/config.toml."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest

from core.accounts.roles import Role
from pages._ui import palette, registry

ROOT = Path(__file__).resolve().parents[3]
AA = 4.5  # WCAG 2.1, contrast of text


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("server", "address", "localhost"),
        ("browser", "gatherUsageStats", False),
        ("client", "showErrorDetails", "none"),
        ("client", "toolbarMode", "minimal"),
        ("client", "disableDataExport", True),
        ("runner", "magicEnabled", False),
    ],
)
def test_the_application_serves_this_machine_only_and_tells_nobody_anything(
    config: dict[str, Any], section: str, key: str, value: object
) -> None:
    assert config[section][key] == value


def test_the_agent_interface_stays_off_and_cross_site_protection_on(config: dict[str, Any]) -> None:
    assert not {"enableAgentApi", "enableXsrfProtection", "enableCORS"} & set(config["server"])


def test_every_font_of_the_theme_lies_in_the_project_with_its_licence(config: dict[str, Any]) -> None:
    static = ROOT / "pages" / "_ui" / "static"
    faces = [face["url"].removeprefix("app/static/") for face in config["theme"]["fontFaces"]]
    assert all((static / face).is_file() for face in faces)
    assert "SIL Open Font License" in (static / "Inter-LICENSE.txt").read_text()


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _mixed(over: str, under: str, share: float) -> str:
    pairs = [(int(over[i : i + 2], 16), int(under[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_text_on_the_page_can_be_read(config: dict[str, Any], appearance: str) -> None:
    theme = config["theme"][appearance]
    page = theme["backgroundColor"]
    assert contrast(theme["textColor"], page) >= AA
    assert contrast(_mixed(theme["textColor"], page, 0.6), page) >= AA  # captions
    for colour in ("red", "green", "orange", "gray", "blue"):
        assert contrast(theme[f"{colour}TextColor"], theme[f"{colour}BackgroundColor"]) >= AA, colour
        assert contrast(theme[f"{colour}TextColor"], page) >= AA, colour


@pytest.mark.parametrize("appearance", ["light", "dark"])
@pytest.mark.parametrize(
    "placeholder", [palette.RAISES_RISK, palette.LOWERS_RISK, palette.REFER, palette.TEXT, palette.QUIET]
)
def test_words_in_figures_can_be_read(config: dict[str, Any], appearance: str, placeholder: str) -> None:
    theme = config["theme"][appearance]
    colour = theme["chartCategoricalColors"][int(placeholder[1:]) - 1]
    assert contrast(colour, theme["backgroundColor"]) >= AA


def test_both_themes_give_a_colour_to_every_meaning(config: dict[str, Any]) -> None:
    meanings = [value for name, value in vars(palette).items() if name.isupper() and isinstance(value, str)]
    assert len(set(meanings)) == len(meanings) == 10
    for appearance in ("light", "dark"):
        assert len(config["theme"][appearance]["chartCategoricalColors"]) == 10


def test_every_screen_of_the_menu_exists_under_an_address_of_its_own() -> None:
    assert all((registry.PAGES / screen.script).is_file() for screen in registry.SCREENS)
    assert len(set(registry.addresses())) == len(registry.SCREENS)


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        (Role.OFFICER, ["Score", "History"]),
        (Role.RISK_MANAGER, ["Score", "History", "Audit"]),
        (Role.DATA_SCIENTIST, ["Score", "History"]),
        (Role.AUDITOR, ["History", "Audit"]),
        (Role.ADMINISTRATOR, ["People", "Audit", "Retention"]),
    ],
)
def test_each_role_has_the_pages_of_the_house_table_that_exist(role: Role, pages: list[str]) -> None:
    assert [screen.title for screen in registry.screens_of(role)] == pages


def test_only_the_cache_module_caches() -> None:
    users = [f.name for f in (ROOT / "pages").rglob("*.py") if "st.cache_" in f.read_text() and f.name != "cache.py"]
    assert users == []


def test_a_page_stays_short_and_its_first_line_is_the_guard_of_that_page() -> None:
    for screen in registry.SCREENS:
        source = (registry.PAGES / screen.script).read_text()
        assert len(source.splitlines()) <= 65
        first = next(node for node in ast.parse(source).body[1:] if not isinstance(node, ast.Import | ast.ImportFrom))
        expected = f"guard.require(Page.{screen.page.name}, Action.{screen.opens.name})"
        assert ast.unparse(first).removeprefix("person = ") == expected
        fragments = source.count("@st.fragment")
        assert source.count(f"guard.require(Page.{screen.page.name}") >= 1 + fragments
