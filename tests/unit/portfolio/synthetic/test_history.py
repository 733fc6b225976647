"""The history of the synthetic clients adds up: nothing before its beginning, nothing after its end."""

from __future__ import annotations

import pandas as pd

NO_DATE = 365243
MONTH = 30.4375


def test_every_child_row_belongs_to_an_applicant(
    people: pd.DataFrame,
    bureau: pd.DataFrame,
    previous: pd.DataFrame,
    statements: pd.DataFrame,
    instalments: pd.DataFrame,
    cards: pd.DataFrame,
) -> None:
    for child in (bureau, previous, statements, instalments, cards):
        assert child["SK_ID_CURR"].isin(people.index).all()


def test_a_loan_elsewhere_is_opened_by_an_adult_before_now(people: pd.DataFrame, bureau: pd.DataFrame) -> None:
    age_then = people["years"].reindex(bureau["SK_ID_CURR"]).to_numpy() + bureau["DAYS_CREDIT"] / 365.25
    assert (bureau["DAYS_CREDIT"] <= 0).all()
    assert age_then.min() >= 18


def test_a_loan_elsewhere_is_closed_after_it_was_opened_and_owes_nothing(bureau: pd.DataFrame) -> None:
    closed = bureau[bureau["CREDIT_ACTIVE"] != "Active"]
    running = bureau[bureau["CREDIT_ACTIVE"] == "Active"]
    assert closed["DAYS_ENDDATE_FACT"].between(closed["DAYS_CREDIT"], -1).all()
    assert running["DAYS_ENDDATE_FACT"].isna().all()
    assert (closed["AMT_CREDIT_SUM_DEBT"].fillna(0) == 0).all()
    assert (closed["CREDIT_DAY_OVERDUE"] == 0).all()
    assert (bureau["AMT_CREDIT_SUM_OVERDUE"] <= bureau["AMT_CREDIT_SUM_DEBT"].fillna(1e12) + 5).all()
    assert bureau["DAYS_CREDIT_UPDATE"].between(bureau["DAYS_CREDIT"], 0).all()


def test_monthly_standings_lie_within_the_life_of_their_loan(bureau: pd.DataFrame, bureau_months: pd.DataFrame) -> None:
    loan = bureau.set_index("SK_ID_BUREAU").loc[bureau_months["SK_ID_BUREAU"]]
    month = bureau_months["MONTHS_BALANCE"].to_numpy()
    assert (month <= 0).all()
    assert (month * MONTH >= loan["DAYS_CREDIT"].to_numpy() - MONTH).all()
    assert not bureau_months.duplicated(["SK_ID_BUREAU", "MONTHS_BALANCE"]).any()
    closed = bureau_months["STATUS"].to_numpy() == "C"
    ended = loan["DAYS_ENDDATE_FACT"].to_numpy()
    assert (month[closed] * MONTH >= ended[closed] - MONTH).all()


def test_only_paid_out_loans_have_dates_and_in_order(previous: pd.DataFrame) -> None:
    dated = previous[previous["DAYS_FIRST_DUE"].notna()]
    assert (dated["NAME_CONTRACT_STATUS"] == "Approved").all()
    first = dated[dated["DAYS_FIRST_DUE"] != NO_DATE]
    assert (first["DAYS_FIRST_DUE"] > first["DAYS_DECISION"]).all()
    ended = first[first["DAYS_LAST_DUE"] != NO_DATE]
    assert (ended["DAYS_LAST_DUE"] >= ended["DAYS_FIRST_DUE"]).all()
    assert (ended["DAYS_TERMINATION"] > ended["DAYS_LAST_DUE"]).all()
    assert (ended["DAYS_TERMINATION"] < 0).all()
    assert (ended["DAYS_LAST_DUE"] <= ended["DAYS_LAST_DUE_1ST_VERSION"]).all()


def test_an_earlier_application_was_made_by_an_adult_before_now(people: pd.DataFrame, previous: pd.DataFrame) -> None:
    age_then = people["years"].reindex(previous["SK_ID_CURR"]).to_numpy() + previous["DAYS_DECISION"] / 365.25
    assert (previous["DAYS_DECISION"] < 0).all()
    assert age_then.min() >= 18


def test_only_a_refusal_has_a_reason(previous: pd.DataFrame) -> None:
    refused = previous["NAME_CONTRACT_STATUS"] == "Refused"
    unused = previous["NAME_CONTRACT_STATUS"] == "Unused offer"
    assert (previous.loc[~refused & ~unused, "CODE_REJECT_REASON"] == "XAP").all()
    assert (previous.loc[refused, "CODE_REJECT_REASON"] != "XAP").all()


def test_statements_and_instalments_belong_to_a_paid_out_loan_of_the_same_client(
    previous: pd.DataFrame, statements: pd.DataFrame, instalments: pd.DataFrame, cards: pd.DataFrame
) -> None:
    for child in (statements, instalments, cards):
        loan = previous.loc[child["SK_ID_PREV"]]
        assert (loan["SK_ID_CURR"].to_numpy() == child["SK_ID_CURR"].to_numpy()).all()
        assert (loan["NAME_CONTRACT_STATUS"] == "Approved").all()
    assert (previous.loc[cards["SK_ID_PREV"], "NAME_CONTRACT_TYPE"] == "Revolving loans").all()
    assert (previous.loc[statements["SK_ID_PREV"], "NAME_CONTRACT_TYPE"] != "Revolving loans").all()


def test_a_statement_counts_down_from_the_agreed_terms(previous: pd.DataFrame, statements: pd.DataFrame) -> None:
    known = statements.dropna(subset=["CNT_INSTALMENT", "CNT_INSTALMENT_FUTURE"])
    assert (known["CNT_INSTALMENT_FUTURE"] <= known["CNT_INSTALMENT"]).all()
    assert (statements["MONTHS_BALANCE"] < 0).all()
    assert not statements.duplicated(["SK_ID_PREV", "MONTHS_BALANCE"]).any()
    completed = known[known["NAME_CONTRACT_STATUS"] == "Completed"]
    assert (completed["CNT_INSTALMENT_FUTURE"] == 0).all()
    assert (completed["SK_DPD"] == 0).all()
    last = statements.groupby("SK_ID_PREV")["MONTHS_BALANCE"].max()
    ends = completed.set_index("SK_ID_PREV")["MONTHS_BALANCE"]
    assert (ends == last.loc[ends.index]).all()


def test_instalments_follow_the_agreed_schedule_and_none_falls_due_after_the_end(
    previous: pd.DataFrame, instalments: pd.DataFrame
) -> None:
    loan = previous.loc[instalments["SK_ID_PREV"]].reset_index(drop=True)
    rows = instalments.reset_index(drop=True)
    of_loan = rows["NUM_INSTALMENT_VERSION"] > 0
    number = rows["NUM_INSTALMENT_NUMBER"]
    expected = loan["DAYS_FIRST_DUE"] + 30 * (number - 1)
    assert (rows["DAYS_INSTALMENT"] == expected)[of_loan].all()
    assert (number <= loan["CNT_PAYMENT"])[of_loan].all()
    assert (rows["DAYS_INSTALMENT"] <= loan["DAYS_LAST_DUE"])[of_loan].all()
    regular = rows["NUM_INSTALMENT_VERSION"] == 1
    assert ((rows["AMT_INSTALMENT"] - loan["AMT_ANNUITY"]).abs()[regular] < 0.01).all()
    assert (rows["DAYS_INSTALMENT"] < 0).all()
    assert (rows["DAYS_ENTRY_PAYMENT"].dropna() < 0).all()


def test_the_parts_of_an_instalment_add_up_to_it(instalments: pd.DataFrame) -> None:
    of_loans = instalments[instalments["NUM_INSTALMENT_VERSION"] > 0]
    of_loans = of_loans.assign(open=of_loans["AMT_PAYMENT"].isna())
    each = of_loans.groupby(["SK_ID_PREV", "NUM_INSTALMENT_NUMBER"]).agg(
        due=("AMT_INSTALMENT", "first"), paid=("AMT_PAYMENT", "sum"), open=("open", "max")
    )
    settled = each[~each["open"]]
    assert ((settled["due"] - settled["paid"]).abs() < 0.01).all()


def test_an_annuity_repays_its_credit_at_a_plausible_rate(previous: pd.DataFrame) -> None:
    loans = previous[(previous["CNT_PAYMENT"] > 0) & (previous["AMT_CREDIT"] > 0)]
    repaid = loans["AMT_ANNUITY"] * loans["CNT_PAYMENT"] / loans["AMT_CREDIT"]
    assert repaid.between(0.99, 6).all()
    assert 1.1 < repaid.median() < 1.6


def test_a_card_is_drawn_within_its_limit_and_its_balance_follows(cards: pd.DataFrame) -> None:
    ordered = cards.sort_values(["SK_ID_PREV", "MONTHS_BALANCE"])
    before = ordered.groupby("SK_ID_PREV")["AMT_BALANCE"].shift(fill_value=0.0)
    grown = (before - ordered["AMT_PAYMENT_TOTAL_CURRENT"]) * 1.02 + ordered["AMT_DRAWINGS_CURRENT"]
    kept = ordered["AMT_BALANCE"] > 0
    assert ((ordered["AMT_BALANCE"] - grown).abs()[kept] < 0.01).all()
    assert (ordered["AMT_PAYMENT_TOTAL_CURRENT"] <= before + 0.01).all()
    drawn = ordered["AMT_DRAWINGS_CURRENT"] > 0
    assert (ordered["AMT_BALANCE"] <= 1.03 * ordered["AMT_CREDIT_LIMIT_ACTUAL"] + 1)[drawn].mean() > 0.99
    assert (ordered["AMT_BALANCE"] >= 0).all()
    assert not cards.duplicated(["SK_ID_PREV", "MONTHS_BALANCE"]).any()


def test_a_card_that_was_never_used_owes_nothing(previous: pd.DataFrame, cards: pd.DataFrame) -> None:
    unused = previous.loc[cards["SK_ID_PREV"], "DAYS_FIRST_DRAWING"].to_numpy() == NO_DATE
    assert unused.any()
    assert (cards.loc[unused, "AMT_BALANCE"] == 0).all()
