"""The Score page through the entry script: every state a visitor can meet, with a whole desk behind it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from core import settings
from core.desk import open_desk
from core.portfolio.wording import percent
from core.scoring.contribution_rows import contribution_rows
from core.scoring.sentence import headline
from core.scoring.waterfall import Grouping, Unit, waterfall
from pages._ui.words import plain
from tests.desks import APPLICANTS, WAITING

ROOT = Path(__file__).resolve().parents[2]
FIRST_WAITING = str(100_000 + APPLICANTS + 1)


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    yield
    st.cache_resource.clear()


@pytest.fixture
def desk(small_desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOLVENT_DATA", str(small_desk))
    return small_desk


@pytest.fixture
def own_desk(small_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that a test may damage."""
    shutil.copytree(small_desk, tmp_path / "desk")
    monkeypatch.setenv("SOLVENT_DATA", str(tmp_path / "desk"))
    return tmp_path / "desk"


def page(client: str = "") -> AppTest:
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120)
    if client:
        test.query_params["client"] = client
    test.run()
    assert not test.exception
    return test


def all_text(test: AppTest) -> str:
    return "\n".join(
        str(element.value) for kind in (test.header, test.subheader, test.markdown, test.caption) for element in kind
    )


def figures(test: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in test.metric}


def test_the_first_visit_says_what_to_do_and_offers_numbers_that_exist(desk: Path) -> None:
    test = page()
    assert [h.value for h in test.header] == ["Score"]
    assert "Type a client number and press Enter" in all_text(test)
    offered = [button for button in test.button if button.key and button.key.startswith("try_")]
    assert [button.label for button in offered] == ["100001", "100002", "100003", "100004"]
    offered[1].click().run()
    assert [h.value for h in test.header] == ["Client 100002"]


def test_a_client_number_shows_the_score_that_the_core_computes(desk: Path) -> None:
    score = open_desk(settings.read()).score("100005")
    test = page("100005")
    assert plain(headline(score)) in all_text(test)
    assert figures(test)["Probability of default"] == plain(percent(score.default_probability))
    assert figures(test)["Points and grade"] == f"{round(score.points)} · {score.grade}"


def test_a_typed_number_and_a_linked_one_show_the_same(desk: Path) -> None:
    linked, typed = page("100007"), page()
    typed.text_input(key="client").set_value("100007").run()
    assert figures(typed) == figures(linked)
    assert all_text(typed).split(", scored and explained")[0] == all_text(linked).split(", scored and explained")[0]


def test_spaces_around_a_number_do_not_matter(desk: Path) -> None:
    test = page()
    test.text_input(key="client").set_value("  100007 ").run()
    assert [h.value for h in test.header] == ["Client 100007"]
    assert len(test.metric) == 4


def test_the_next_waiting_application_is_the_first_without_an_outcome_then_the_one_after_it(desk: Path) -> None:
    test = page()
    next_waiting = next(button for button in test.button if button.label == "Next waiting")
    next_waiting.click().run()
    assert [h.value for h in test.header] == [f"Client {FIRST_WAITING}"]
    next(button for button in test.button if button.label == "Next waiting").click().run()
    assert [h.value for h in test.header] == [f"Client {int(FIRST_WAITING) + 1}"]


def test_after_the_last_waiting_application_comes_the_first(desk: Path) -> None:
    test = page(str(int(FIRST_WAITING) + WAITING - 1))
    next(button for button in test.button if button.label == "Next waiting").click().run()
    assert [h.value for h in test.header] == [f"Client {FIRST_WAITING}"]


def back_from_another_page(test: AppTest, address: dict[str, str]) -> AppTest:
    """As the browser's history leads back: the client's field is emptied, and the address says what it says."""
    test.session_state["client"] = ""
    test.session_state["away_from_score"] = True
    test.query_params.clear()
    for name, value in address.items():
        test.query_params[name] = value
    return test.run()


def test_whoever_comes_back_from_another_page_finds_the_client_of_before(desk: Path) -> None:
    test = back_from_another_page(page("100005"), {"record": "1"})
    assert [h.value for h in test.header] == ["Client 100005"]
    assert "record" not in test.query_params


def test_a_client_whom_the_address_names_is_shown_whoever_was_there_before(desk: Path) -> None:
    test = page("100005")
    test.session_state["last_client"] = "100006"
    test.session_state["away_from_score"] = True
    assert [h.value for h in test.run().header] == ["Client 100005"]


def test_the_entry_form_in_the_address_brings_no_client_back(desk: Path) -> None:
    test = back_from_another_page(page("100005"), {"entry": "form"})
    assert "Client 100005" not in [h.value for h in test.header]


def test_a_client_who_is_no_longer_in_the_portfolio_is_not_brought_back(desk: Path) -> None:
    test = page("100005")
    test.session_state["last_client"] = "999999999"
    assert "Whom shall we look at?" in [s.value for s in back_from_another_page(test, {}).subheader]


def test_an_unknown_number_is_not_brought_back(desk: Path) -> None:
    test = page("999999999")
    assert "Whom shall we look at?" in [s.value for s in back_from_another_page(test, {}).subheader]


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("grouping", list(Grouping))
def test_each_unit_and_grouping_writes_out_the_sum_of_the_core(desk: Path, unit: Unit, grouping: Grouping) -> None:
    opened = open_desk(settings.read())
    view = waterfall(opened.score("100009"), unit, grouping, 10, opened.policy.scale)
    test = page("100009")
    test.segmented_control(key="unit").set_value(unit).run()
    test.segmented_control(key="grouping").set_value(grouping).run()
    assert plain(f"Sum check: {view.sum_check}.") in all_text(test)


def test_fewer_bars_put_more_families_together(desk: Path) -> None:
    opened = open_desk(settings.read())
    test = page("100009")
    test.segmented_control(key="bars").set_value(6).run()
    view = waterfall(opened.score("100009"), Unit.POINTS, Grouping.FAMILY, 6, opened.policy.scale)
    assert plain(f"Sum check: {view.sum_check}.") in all_text(test)


def test_the_table_holds_every_contribution_and_is_drawn_only_when_opened(desk: Path) -> None:
    score = open_desk(settings.read()).score("100009")
    test = page("100009")
    assert len(test.dataframe) == 0
    test.session_state["grouping"] = Grouping.FEATURE
    test.session_state["as_table"] = True
    test.run()
    table = test.dataframe[0].value
    assert len(table) == len(score.contributions) + 3
    assert [table["Feature"].iloc[at] for at in (0, -2, -1)] == ["Model base", "Calibration", "This client"]
    for column, end in (("Points", score.points), ("PD path", 100 * score.default_probability)):
        assert table[column].iloc[:-1].sum() == pytest.approx(table[column].iloc[-1], abs=1e-9)
        assert table[column].iloc[-1] == pytest.approx(end, abs=0.005)
    assert table["Log-odds"].iloc[:-2].sum() == pytest.approx(score.margin, abs=1e-3)


def test_the_table_writes_its_numbers_as_the_chart_does(desk: Path) -> None:
    opened = open_desk(settings.read())
    rows = contribution_rows(opened.score("100009"), Grouping.FAMILY, opened.policy.scale)
    test = page("100009")
    test.session_state["as_table"] = True
    test.run()
    shown = convert_arrow_bytes_to_pandas_df(test.dataframe[0].proto.arrow_data.styler.display_values)
    assert shown["Points"].tolist() == [row.points.shown for row in rows]
    assert shown["PD path"].tolist() == [row.probability.shown for row in rows]
    assert any("−" in number for number in shown["Points"])


def test_the_page_says_which_bases_are_not_used_and_what_default_means(desk: Path) -> None:
    text = all_text(page("100009"))
    assert "Age, family status and gender are not used by this model" in text
    assert plain("This is not the Basel definition of default, 90 days past due") in text
    assert open_desk(settings.read()).contract.portfolio.currency == {"en": ""}
    assert plain("Amounts are in the currency of the portfolio's tables; their publisher does not name it.") in text


def test_at_most_four_reasons_each_in_the_words_of_the_contract(desk: Path) -> None:
    score = open_desk(settings.read()).score("100009")
    text = all_text(page("100009"))
    assert 1 <= len(score.reasons) <= 4
    assert all(plain(reason.text) in text for reason in score.reasons)


def test_the_facts_are_shown_in_the_contracts_words(desk: Path) -> None:
    opened = open_desk(settings.read())
    facts = page("100009").table[0].value
    assert [str(label) for label in facts.index] == [plain(fact.label) for fact in opened.facts("100009")]


def test_the_facts_name_the_clients_they_are_compared_with(desk: Path) -> None:
    text = all_text(page("100009"))
    assert "Compared with clients whose value is known, a sample of those the model learnt from" in text


@pytest.mark.parametrize(
    "number", ["999999999", "0", "-5", "1e5", "12.5", "abc", "1; drop table x", "9" * 40, "１２３"]
)
def test_an_unknown_or_malformed_number_is_a_calm_sentence_with_known_numbers_to_try(desk: Path, number: str) -> None:
    test = page(number)
    assert "No such client" in [s.value for s in test.subheader]
    assert "is not in this portfolio" in all_text(test).replace("\\", "")
    assert next(b.label for b in test.button if b.key and b.key.startswith("try_")) == "100001"
    assert not test.metric


@pytest.mark.parametrize("length", [41, 1_000_000])
def test_a_number_that_is_too_long_is_refused_in_a_sentence_and_not_repeated(desk: Path, length: int) -> None:
    test = page("100005")
    test.text_input(key="client").set_value("7" * length).run()
    assert "No such client" in [s.value for s in test.subheader]
    assert "A client number has at most 40 characters" in all_text(test)
    assert "777" not in all_text(test)
    assert test.text_input(key="client").value == ""
    assert "A client number has at most" not in all_text(test.run())


def test_a_number_in_the_address_that_is_too_long_is_not_repeated(desk: Path) -> None:
    test = page("7" * 41)
    assert "No such client" in [s.value for s in test.subheader]
    assert "A client number has at most 40 characters" in all_text(test)
    assert "777" not in all_text(test)


@pytest.mark.parametrize("number", ["<script>alert(1)</script>", "**bold**", ":red[x]", "[a](http://b)", "$x$", "`a`"])
def test_what_a_visitor_typed_is_shown_as_text_and_never_as_markup(desk: Path, number: str) -> None:
    test = page(number)
    title = test.header[0].value
    assert title == f"Client {plain(number)}"
    assert number not in title


def test_without_a_portfolio_the_page_names_what_is_missing_and_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLVENT_DATA", str(tmp_path))
    test = page("100001")
    assert "There is no portfolio yet" in [s.value for s in test.subheader]
    assert "make run" in all_text(test)
    assert not test.text_input


def test_without_a_model_the_page_names_what_is_missing_and_the_remedy(own_desk: Path) -> None:
    shutil.rmtree(own_desk / "models")
    test = page("100001")
    assert "There is no model yet" in [s.value for s in test.subheader]
    assert plain("python -m core train") in all_text(test)


@pytest.mark.parametrize("file", ["model.txt", "calibration.json", "card.json", "bins.json", "SHA256SUMS"])
def test_a_damaged_model_is_refused_by_name_and_nothing_is_scored(own_desk: Path, file: str) -> None:
    damaged = next((own_desk / "models").glob(f"*/{file}"))
    damaged.write_bytes(damaged.read_bytes()[:-2] + b"~\n")
    test = page("100001")
    assert "The model was refused" in [s.value for s in test.subheader]
    assert not test.metric


def test_a_model_that_appears_while_the_page_is_open_is_used_at_the_next_run(own_desk: Path) -> None:
    (own_desk / "models").rename(own_desk / "away")
    test = page("100001")
    assert not test.metric
    (own_desk / "away").rename(own_desk / "models")
    test.run()
    assert len(test.metric) == 4


def test_the_sidebar_says_which_model_and_policy_are_in_force(desk: Path) -> None:
    opened = open_desk(settings.read())
    badges = "\n".join(str(m.value) for m in page().sidebar.markdown)
    assert plain(opened.model.version) in badges
    assert plain(opened.policy.version) in badges
