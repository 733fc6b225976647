"""The cards around a score: similar clients, limits, what-if and one feature's spread, against what the core says."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.accounts.roles import Role
from core.desk import Desk
from core.scoring.similar import SimilarClients
from pages._ui.words import plain
from tests.app.conftest import Visitor, all_text

ROOT = Path(__file__).resolve().parents[2]
CLIENT = "100009"
LEVER = "AMT_CREDIT"


def page(client: str = CLIENT) -> AppTest:
    test = AppTest.from_file(ROOT / "pages" / "_ui" / "main.py", default_timeout=120)
    test.query_params["client"] = client
    test.run()
    assert not test.exception
    return test


def headings(test: AppTest) -> list[str]:
    return [str(heading.value) for heading in test.subheader]


def lever(test: AppTest, column: str = LEVER, client: str = CLIENT):  # type: ignore[no-untyped-def]
    return next(w for w in test.number_input if str(w.key).startswith(f"what_if_{client}_{column}"))


def reset(test: AppTest) -> AppTest:
    return next(b for b in test.button if b.label == "Back to the application").click().run()


def test_similar_clients_are_told_in_the_words_of_the_core(desk: Desk) -> None:
    similar = desk.similar(desk.score(CLIENT))
    text = all_text(page())
    assert plain(similar.outcome) in text
    if isinstance(similar, SimilarClients):
        assert plain(similar.standing) in text


def test_what_is_missing_stands_next_to_the_score(desk: Desk) -> None:
    assert plain(desk.extrapolation(desk.score(CLIENT)).missing.text) in all_text(page())


def test_the_limits_come_after_the_page_and_stay(desk: Desk) -> None:
    test = page()
    assert "How far does this hold" not in all_text(test)
    test.run()
    assert "How far does this hold" in all_text(test)
    limits = desk.field_limits(desk.application(CLIENT), desk.score(CLIENT), CLIENT)
    shown = next(
        t.value for t in test.table if len(t.value) == len(limits.items) and limits.items[0].label in t.value.index[0]
    )
    assert [str(value) for value in shown.iloc[:, 0]] == [plain(item.text) for item in limits.items]


def test_the_figures_the_model_weighs_most_stand_below_with_their_exact_limits(desk: Desk) -> None:
    test = page().run()
    expected = desk.certificates(desk.score(CLIENT))
    every_field = next(e for e in test.expander if e.label == "Every field, one changed at a time")
    assert "Figures the model weighs most" in [str(m.value).replace("**", "") for m in every_field.markdown]
    _, shown = every_field.table
    assert [str(name) for name in shown.value.index] == [plain(item.label) for item in expected.items]
    assert [str(value) for value in shown.value.iloc[:, 0]] == [plain(item.text) for item in expected.items]
    assert plain(expected.note) in [str(caption.value) for caption in every_field.caption]


def test_a_what_if_shows_what_the_core_computes_beside_the_old_and_reset_takes_it_back(desk: Desk) -> None:
    test = page()
    assert "As it is" in all_text(test)
    before = float(lever(test).value)
    lever(test).set_value(before / 2).run()
    view = desk.what_if_of(CLIENT, {LEVER: before / 2})
    text = all_text(test)
    assert plain(view.headline) in text
    assert plain(f"Sum check: {view.by_family.sum_check}") in text
    shown = {metric.label: metric.value for metric in test.metric[-3:]}
    assert shown["Probability of default"] == plain(view.after.pd_shown)
    assert shown["Expected loss"] == plain(view.after.loss_shown)
    reset(test)
    assert float(lever(test).value) == before
    assert "As it is" in all_text(test)


def test_a_value_outside_the_contract_is_refused_in_words_and_the_page_stands(desk: Desk) -> None:
    test = page()
    lever(test).set_value(-5.0).run()
    assert not test.exception
    assert "These values cannot be scored" in all_text(test)
    assert plain("Credit amount: must lie between 1,000 and 10,000,000, got -5;") in all_text(test)
    assert "Why" in headings(test)


def test_levers_come_first_and_nothing_protected_is_ever_offered(desk: Desk) -> None:
    test = page()
    protected = {column.label["en"] for column in desk.contract.main_columns.values() if column.protected}
    facts = next(choice for choice in test.multiselect if choice.label == "Facts to correct")
    assert protected.isdisjoint(facts.options)
    assert len(facts.options) == sum(not field.lever for field in desk.changeable_fields)
    drawn = {
        w.key for kind in (test.number_input, test.selectbox) for w in kind if w.key and w.key.startswith("what_if_")
    }
    assert drawn == {f"what_if_{CLIENT}_{field.column}" for field in desk.changeable_fields if field.lever}


def test_a_corrected_fact_moves_the_score_too(desk: Desk) -> None:
    test = page()
    next(c for c in test.multiselect if c.label == "Facts to correct").set_value(["EXT_SOURCE_2"]).run()
    test.number_input(key=f"what_if_{CLIENT}_EXT_SOURCE_2").set_value(0.05).run()
    assert plain(desk.what_if_of(CLIENT, {"EXT_SOURCE_2": 0.05}).headline) in all_text(test)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.RISK_MANAGER, Role.DATA_SCIENTIST])
def test_everybody_who_may_read_a_score_may_play_what_if(desk: Desk, visitor: Visitor, role: Role) -> None:
    visitor.role = role
    assert "What if" in headings(page())


def selector(test: AppTest, client: str = CLIENT):  # type: ignore[no-untyped-def]
    """A client who is looked at again has a new one."""
    return next(box for box in test.selectbox if str(box.key).startswith(f"feature_{client}"))


def another_client(test: AppTest, client: str) -> AppTest:
    return test.text_input(key="client").set_value(client).run()


def client_with_another_main_feature(desk: Desk) -> str:
    main = desk.shown_features(desk.score(CLIENT), 1)[0].name
    keys = map(str, range(100_001, 100_400))
    return next(key for key in keys if desk.shown_features(desk.score(key), 1)[0].name != main)


def test_a_feature_is_shown_with_the_clients_own_bar_named(desk: Desk) -> None:
    score = desk.score(CLIENT)
    test = page()
    assert selector(test).value == desk.shown_features(score, 1)[0].name
    last = desk.shown_features(score)[-1].name
    selector(test).set_value(last).run()
    view = desk.distribution(score, last)
    assert plain(view.client_shown) in all_text(test)
    assert all(plain(note) in all_text(test) for note in view.notes)


def test_every_client_is_shown_by_its_own_main_feature_until_somebody_chose_one(desk: Desk) -> None:
    other = client_with_another_main_feature(desk)
    test = page("")
    for client in (CLIENT, other, CLIENT):
        another_client(test, client)
        assert selector(test, client).value == desk.shown_features(desk.score(client), 1)[0].name
    last = desk.shown_features(desk.score(CLIENT))[-1].name
    selector(test).set_value(last).run()
    another_client(test, other)
    assert selector(test, other).value == last


def test_it_is_said_which_clients_a_feature_is_spread_over(desk: Desk) -> None:
    score = desk.score(CLIENT)
    view = desk.distribution(score, desk.shown_features(score, 1)[0].name)
    words = f"Compared with {view.clients:,} clients whose value is known, a sample of those the model learnt from."
    assert plain(words) in all_text(page())


def test_every_feature_of_the_model_can_be_shown(desk: Desk) -> None:
    test = page()
    names = [feature.name for feature in desk.shown_features(desk.score(CLIENT))]
    for name in names[:: max(1, len(names) // 12)]:
        selector(test).set_value(name).run()
        assert not test.exception


@pytest.mark.parametrize(
    ("role", "keys"),
    [
        (Role.OFFICER, ["`N`", "`Ctrl+Enter`", "`Alt+A`", "`X`"]),
        (Role.RISK_MANAGER, ["`N`", "`E`", "`Ctrl+Enter`", "`Alt+A`", "`X`"]),
        (Role.DATA_SCIENTIST, ["`N`", "`X`"]),
    ],
)
def test_the_keys_are_listed_that_the_role_can_use(desk: Desk, visitor: Visitor, role: Role, keys: list[str]) -> None:
    visitor.role = role
    listed = next(t.value for t in page().table if "`N`" in [str(name) for name in t.value.index])
    assert [str(name) for name in listed.index] == keys
