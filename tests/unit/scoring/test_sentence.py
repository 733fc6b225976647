from __future__ import annotations

import math
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.recommendation import Recommendation
from core.portfolio.wording import percent
from core.scoring.score import FamilyContribution, Reason, Score
from core.scoring.sentence import headline
from tests.unit.scoring.builders import POLICY, a_score

LOW_SCORES = Reason("outside", "External scores", "low external scores", "…", 1.9)
SHORT_WORK = Reason("work", "Employment", "short employment", "…", 0.4)
THIRD = Reason("home", "Household", "a large household", "…", 0.2)


def a_verdict(pd: float, recommendation: Recommendation, reasons: tuple[Reason, ...]) -> Score:
    return replace(
        a_score(),
        default_probability=pd,
        recommendation=recommendation,
        reasons=reasons,
        families=(
            FamilyContribution("home", "Household", 0.3),
            FamilyContribution("outside", "External scores", -0.9),
            FamilyContribution("ibans", "IBAN checks", -0.4),
            FamilyContribution("loan", "Loan terms", -0.1),
        ),
    )


def test_a_decline_names_distance_and_the_two_main_reasons() -> None:
    assert headline(a_verdict(0.318, Recommendation.DECLINE, (LOW_SCORES, SHORT_WORK, THIRD))) == (
        "Decline recommended: PD 31.8 %, 22.7 percentage points above the 9.1 % cut-off, "
        "mainly low external scores and short employment"
    )


def test_a_referral_names_both_limits() -> None:
    assert headline(a_verdict(0.112, Recommendation.REFER, (LOW_SCORES,))) == (
        "Refer recommended: PD 11.2 %, 2.1 percentage points above the 9.1 % cut-off "
        "and below the 15.0 % from which decline is recommended, mainly low external scores"
    )


@pytest.mark.parametrize(
    ("pd", "words"),
    [
        (0.1494, "PD 14.9 %, 5.8 percentage points above the 9.1 % cut-off and below the 15.0 %"),
        (0.1496, "PD 15.0 %, 5.9 percentage points above the 9.1 % cut-off and just below the 15.0 %"),
    ],
)
def test_a_referral_close_to_the_limit_of_decline_is_not_said_to_be_below_its_own_number(pd: float, words: str) -> None:
    assert words in headline(a_verdict(pd, Recommendation.REFER, ()))


@given(pd=st.floats(1e-6, 1 - 1e-6))
def test_the_distance_is_the_difference_of_the_numbers_shown(pd: float) -> None:
    words = headline(a_verdict(pd, POLICY.recommend(pd), ()))
    if "just" in words.split("cut-off")[0] or "exactly" in words:
        assert percent(pd) == "9.1 %"
        return
    shown, distance = re.findall(r"([<>] )?(\d+\.\d) (?:%,|percentage)", words)[:2]
    seen = Decimal(percent(pd).strip("<> %")) if not shown[0] else round(Decimal(100 * pd), 1)
    assert Decimal(distance[1]) == abs(seen - Decimal("9.1"))


def test_an_approval_names_what_speaks_for_it_and_the_main_risk() -> None:
    assert headline(a_verdict(0.032, Recommendation.APPROVE, (SHORT_WORK,))) == (
        "Approve recommended: PD 3.2 %, 5.9 percentage points below the 9.1 % cut-off, "
        "mainly thanks to external scores and IBAN checks; main risk: short employment"
    )


@pytest.mark.parametrize(
    ("unknown", "nothing", "words"),
    [(True, True, "nothing known about IBAN checks"), (True, False, "missing facts about IBAN checks")],
)
def test_an_approval_thanks_to_what_is_missing_claims_no_more_than_is_true(
    unknown: bool, nothing: bool, words: str
) -> None:
    verdict = a_verdict(0.032, Recommendation.APPROVE, ())
    families = (FamilyContribution("ibans", "IBAN checks", -0.4, unknown, nothing),)
    assert headline(replace(verdict, families=families)).endswith(f", mainly thanks to {words}")


WORK = FamilyContribution("work", "Employment", -0.9, unknown=True)
HOUSEHOLD = FamilyContribution("home", "Household and education", -0.4)
CONTACT = FamilyContribution("contact", "Contact and documents", -0.4, unknown=True)


@pytest.mark.parametrize(
    ("families", "words"),
    [
        ((WORK, HOUSEHOLD), "household and education as well as missing facts about employment"),
        ((HOUSEHOLD, WORK), "household and education as well as missing facts about employment"),
        ((WORK, CONTACT), "missing facts about employment as well as missing facts about contact and documents"),
        ((replace(WORK, unknown=False), HOUSEHOLD), "employment as well as household and education"),
    ],
)
def test_what_is_missing_comes_last_so_that_nothing_given_seems_to_be_missing(
    families: tuple[FamilyContribution, ...], words: str
) -> None:
    verdict = replace(a_verdict(0.032, Recommendation.APPROVE, ()), families=families)
    assert headline(verdict).endswith(f", mainly thanks to {words}")


def test_a_reason_that_facts_are_missing_comes_last_too() -> None:
    missing = replace(SHORT_WORK, raises="missing facts about employment")
    schooling = replace(THIRD, raises="the level of education and the household")
    verdict = replace(a_verdict(0.318, Recommendation.DECLINE, (missing, schooling)), families=(WORK, HOUSEHOLD))
    assert headline(verdict).endswith(
        ", mainly the level of education and the household as well as missing facts about employment"
    )


def test_an_approval_without_anything_that_raises_or_lowers_risk_just_ends() -> None:
    bare = replace(a_verdict(0.032, Recommendation.APPROVE, ()), families=())
    assert headline(bare) == "Approve recommended: PD 3.2 %, 5.9 percentage points below the 9.1 % cut-off"


@pytest.mark.parametrize("recommendation", [Recommendation.DECLINE, Recommendation.REFER])
def test_without_a_principal_factor_the_sentence_says_so(recommendation: Recommendation) -> None:
    assert headline(a_verdict(0.14, recommendation, ())).endswith(", with no single principal factor")


@pytest.mark.parametrize(
    ("pd", "recommendation", "words"),
    [
        (math.nextafter(1 / 11, 0), Recommendation.APPROVE, "PD 9.1 %, just below the 9.1 % cut-off"),
        (1 / 11, Recommendation.REFER, "PD 9.1 %, exactly at the 9.1 % cut-off"),
        (math.nextafter(1 / 11, 1), Recommendation.REFER, "PD 9.1 %, just above the 9.1 % cut-off"),
    ],
)
def test_next_to_the_cut_the_sentence_says_the_side_not_a_zero(
    pd: float, recommendation: Recommendation, words: str
) -> None:
    assert words in headline(a_verdict(pd, recommendation, ()))
