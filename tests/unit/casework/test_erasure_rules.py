"""The reason of an erasure stays on the chain: it says why, and never whom."""

from __future__ import annotations

import pytest

from core.casework.erasure_rules import check_reason
from core.errors import ErasureRefused


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("x" * 10, "x" * 10),
        ("x" * 500, "x" * 500),
        ("  Asked for by\n letter,  Art. 17 ", "Asked for by letter, Art. 17"),
        ("Demandé par écrit, dossier 2026-17", "Demandé par écrit, dossier 2026-17"),
    ],
)
def test_a_reason_is_kept_as_one_line(typed: str, kept: str) -> None:
    assert check_reason(typed, "100001") == kept


@pytest.mark.parametrize("typed", ["", "x" * 9, "x  x  x  x", "x" * 501])
def test_a_reason_has_10_to_500_characters(typed: str) -> None:
    with pytest.raises(ErasureRefused, match=f"10 to 500 characters, got {len(' '.join(typed.split()))}"):
        check_reason(typed, "")


def test_a_reason_holds_no_invisible_characters() -> None:
    with pytest.raises(ErasureRefused, match="visible characters only"):
        check_reason("asked for\u202e by letter", "")


@pytest.mark.parametrize(
    "typed",
    [
        "client 100001 asked for it",
        "client100001asked for it",
        "client 100 001 asked for it",
        "client 100,001 asked for it",
        "client 100-001 asked for it",
        "client 00100001 asked for it",
        "client 1 0 0 0 0 1 asked for it",
        "ticket 7100001 asked for it",
        "client １００００１ asked for it",
        "client ١٠٠٠٠١ asked for it",
    ],
)
def test_a_reason_with_the_clients_number_is_refused_however_it_is_written(typed: str) -> None:
    with pytest.raises(ErasureRefused, match="must not hold the client's number"):
        check_reason(typed, "100001")


@pytest.mark.parametrize("typed", ["client 100002 asked for it", "ticket 10000, page 2: asked for it"])
def test_other_numbers_may_stand_in_a_reason(typed: str) -> None:
    assert check_reason(typed, "100001") == typed


@pytest.mark.parametrize(("typed", "refused"), [("client 7 asked", True), ("Article 17 of the law", False)])
def test_a_short_number_is_recognised_only_by_itself(typed: str, refused: bool) -> None:
    if refused:
        with pytest.raises(ErasureRefused):
            check_reason(typed, "7")
    else:
        assert check_reason(typed, "7") == typed
