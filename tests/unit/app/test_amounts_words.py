"""The page says once in which unit its amounts are."""

import pytest

from pages._ui.score_cards import amounts_words


@pytest.mark.parametrize(
    ("currency", "words"),
    [
        ("EUR", "Amounts are in EUR."),
        ("", "Amounts are in the currency of the portfolio's tables; their publisher does not name it."),
    ],
)
def test_a_currency_is_named_where_the_contract_names_one(currency: str, words: str) -> None:
    assert amounts_words(currency) == words
