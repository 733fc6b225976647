import unicodedata
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accounts.passwords import READABLE, PasswordHasher, check_new, password_bytes, readable_password
from core.errors import AccountRefused

HASHER = PasswordHasher(4)


@pytest.mark.parametrize("password", ["a" * 12, "a" * 72, "é" * 6, "é" * 36, "            "])
def test_passwords_of_12_to_72_bytes_are_taken_without_rules_of_composition(password: str) -> None:
    assert check_new(password, "ana") == password.encode()


@pytest.mark.parametrize(
    "password", ["", "a" * 11, "é" * 5, "a" * 73, "é" * 37, "a" * 20 + "\0", "\ud800" * 12, None, 7]
)
def test_other_passwords_are_refused(password: object) -> None:
    with pytest.raises(AccountRefused, match="Password: at"):
        check_new(password, "ana")


@pytest.mark.parametrize("password", ["administrator", "Administrator", " ADMINISTRATOR "])
def test_the_user_name_is_no_password(password: str) -> None:
    with pytest.raises(AccountRefused, match="differ from the user name"):
        check_new(password, "administrator")


@given(st.text(min_size=73, max_size=100) | st.text(alphabet="äöü", min_size=3, max_size=5))
def test_no_refusal_ever_shows_the_password(password: str) -> None:
    with pytest.raises(AccountRefused) as refusal:
        check_new(password, "ana")
    assert password not in str(refusal.value)


def test_a_password_is_the_same_on_a_keyboard_that_decomposes() -> None:
    composed, decomposed = "café-au-lait-é", unicodedata.normalize("NFD", "café-au-lait-é")
    assert composed != decomposed
    assert password_bytes(composed) == password_bytes(decomposed)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=18))
def test_a_hash_matches_its_own_password(password: str) -> None:
    encoded = password_bytes(password)
    assert encoded is not None
    assert HASHER.matches(encoded, HASHER.hash(encoded))


def test_a_hash_matches_no_other_password_nor_nobodys() -> None:
    assert not HASHER.matches(b"another password", HASHER.hash(b"correct horse battery"))
    assert not HASHER.matches(b"correct horse battery", None)


def test_the_hash_is_bcrypt_at_the_given_cost() -> None:
    assert HASHER.hash(b"correct horse battery").startswith("$2b$04$")


@pytest.mark.parametrize(("cost", "outdated"), [(4, False), (5, True)])
def test_a_hash_of_another_cost_is_outdated(cost: int, outdated: bool) -> None:
    assert PasswordHasher(cost).is_outdated(HASHER.hash(b"correct horse battery")) is outdated


def test_random_passwords_are_readable_groups_that_may_be_chosen() -> None:
    password = readable_password(Random(1))
    assert [len(group) for group in password.split("-")] == [5, 5, 5, 5]
    assert set(password) <= {*READABLE, "-"}
    assert set("ilo01").isdisjoint(READABLE)
    assert check_new(password, "ana")
    assert password != readable_password(Random(2))
