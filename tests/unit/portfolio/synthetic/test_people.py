"""The people of the synthetic portfolio are possible people."""

from __future__ import annotations

import pandas as pd

NO_DATE = 365243
COUPLE = ("Married", "Civil marriage")


def test_everybody_is_between_20_and_70(people: pd.DataFrame) -> None:
    assert people["years"].between(20, 70).all()


def test_nobody_began_to_work_before_16(people: pd.DataFrame) -> None:
    employed = people[people["DAYS_EMPLOYED"] != NO_DATE]
    began = employed["years"] + employed["DAYS_EMPLOYED"] / 365.25
    assert began.min() >= 16
    assert (employed["DAYS_EMPLOYED"] < 0).all()


def test_who_has_no_employment_has_no_employer_no_occupation_and_no_phone_at_work(people: pd.DataFrame) -> None:
    idle = people["DAYS_EMPLOYED"] == NO_DATE
    assert (people["ORGANIZATION_TYPE"] == "XNA").equals(idle)
    assert (people["FLAG_EMP_PHONE"] == 0).equals(idle)
    assert people.loc[idle, "OCCUPATION_TYPE"].isna().all()
    assert (people.loc[idle, "FLAG_WORK_PHONE"] == 0).all()
    assert people.loc[idle, "NAME_INCOME_TYPE"].isin(["Pensioner", "Unemployed"]).all()


def test_hardly_a_pensioner_is_below_40(people: pd.DataFrame) -> None:
    pensioners = people[people["NAME_INCOME_TYPE"] == "Pensioner"]
    assert (pensioners["years"] < 40).mean() < 0.02
    assert pensioners["years"].median() > 55


def test_a_student_is_below_27_and_has_at_most_one_child(people: pd.DataFrame) -> None:
    students = people[people["NAME_INCOME_TYPE"] == "Student"]
    assert (students["years"] < 27).all()
    assert (students["CNT_CHILDREN"] <= 1).all()


def test_the_family_counts_the_applicant_the_partner_and_the_children(people: pd.DataFrame) -> None:
    partner = people["NAME_FAMILY_STATUS"].isin(COUPLE).astype(int)
    assert (people["CNT_FAM_MEMBERS"] == 1 + partner + people["CNT_CHILDREN"]).all()


def test_nobody_has_more_children_than_the_years_allow(people: pd.DataFrame) -> None:
    assert (people["CNT_CHILDREN"] <= (people["years"] - 17) / 1.7).all()
    assert (people.loc[people["years"] > 60, "CNT_CHILDREN"] <= 1).all()


def test_nobody_is_widowed_below_27(people: pd.DataFrame) -> None:
    assert (people.loc[people["NAME_FAMILY_STATUS"] == "Widow", "years"] >= 26.9).all()


def test_a_degree_takes_until_21(people: pd.DataFrame) -> None:
    assert (people.loc[people["NAME_EDUCATION_TYPE"] == "Higher education", "years"] >= 20.9).all()


def test_a_car_has_an_age_exactly_when_there_is_a_car(people: pd.DataFrame) -> None:
    assert people["OWN_CAR_AGE"].notna().equals(people["FLAG_OWN_CAR"] == "Y")


def test_documents_and_registration_are_not_older_than_their_owner(people: pd.DataFrame) -> None:
    assert (-people["DAYS_REGISTRATION"] <= -people["DAYS_BIRTH"]).all()
    assert (-people["DAYS_ID_PUBLISH"] <= -people["DAYS_BIRTH"] - 14 * 365).all()


def test_what_is_asked_fits_together(people: pd.DataFrame) -> None:
    priced = people[people["AMT_GOODS_PRICE"].notna()]
    term = people["AMT_CREDIT"] / people["AMT_ANNUITY"]
    assert (priced["AMT_CREDIT"] >= 0.999 * priced["AMT_GOODS_PRICE"]).all()
    assert term.between(5, 60).all()
    assert (term[people["NAME_CONTRACT_TYPE"] == "Revolving loans"] == 20).all()
    assert (people["AMT_GOODS_PRICE"].dropna() % 4_500 == 0).mean() > 0.99
    assert (people["AMT_INCOME_TOTAL"] % 4_500 == 0).mean() > 0.9


def test_bureau_enquiries_are_known_all_together_or_not_at_all(people: pd.DataFrame) -> None:
    known = people.filter(like="AMT_REQ_CREDIT_BUREAU").notna()
    assert known.nunique(axis=1).eq(1).all()
    assert 0.10 < 1 - known.iloc[:, 0].mean() < 0.17


def test_the_measures_of_a_building_are_missing_together(people: pd.DataFrame) -> None:
    missing = people[["APARTMENTS_AVG", "LIVINGAREA_AVG", "ENTRANCES_AVG"]].isna()
    assert missing.corr().to_numpy().min() > 0.8
    assert people["APARTMENTS_AVG"].isna().equals(people["APARTMENTS_MEDI"].isna())


def test_defaults_in_the_circle_are_not_more_than_people_seen(people: pd.DataFrame) -> None:
    known = people.dropna(subset=["OBS_30_CNT_SOCIAL_CIRCLE"])
    assert (known["DEF_30_CNT_SOCIAL_CIRCLE"] <= known["OBS_30_CNT_SOCIAL_CIRCLE"]).all()
    assert (known["DEF_60_CNT_SOCIAL_CIRCLE"] <= known["DEF_30_CNT_SOCIAL_CIRCLE"]).all()
