-- One row per application: the external scores together, and what the loan costs beside income. Money per amount, scores 0..1.
-- Missing scores are left out of means; nothing here uses age, gender, family status or the size of the family, which tells it.
with asked as (
    select
        *,
        (ext_source_1 is not null)::integer + (ext_source_2 is not null)::integer + (ext_source_3 is not null)::integer as score_count,
        coalesce(ext_source_1, 0) + coalesce(ext_source_2, 0) + coalesce(ext_source_3, 0) as score_sum,
        greatest(amt_income_total, 0)::double as income
    from stg_application
)
select
    applicant_key,
    score_sum / nullif(score_count, 0) as score_mean,
    least(ext_source_1, ext_source_2, ext_source_3) as score_lowest,
    ext_source_1 * ext_source_2 * ext_source_3 as score_product,
    (2 * coalesce(ext_source_1, 0) + coalesce(ext_source_2, 0) + 3 * coalesce(ext_source_3, 0))
        / nullif(2 * (ext_source_1 is not null)::integer + (ext_source_2 is not null)::integer + 3 * (ext_source_3 is not null)::integer, 0) as score_weighted,
    3 - score_count as score_missing_count,
    score_sum / nullif(score_count, 0) * (greatest(-days_employed, 0) / 365.25::double) as score_by_employment,
    amt_annuity / nullif(income, 0) as burden_annuity_to_income,
    amt_credit / nullif(income, 0) as burden_credit_to_income,
    amt_goods_price / nullif(income, 0) as burden_goods_to_income,
    income / (1 + cnt_children) as burden_income_per_child,
    income - amt_annuity as burden_income_left,
    amt_annuity / nullif(income, 0) * (1 - score_sum / nullif(score_count, 0)) as burden_annuity_by_score,
    amt_credit / nullif(income, 0) * (1 - score_sum / nullif(score_count, 0)) as burden_credit_by_score,
    amt_credit / nullif(amt_annuity, 0) as asked_term,
    amt_credit / nullif(amt_goods_price, 0) as asked_credit_to_goods,
    amt_credit - amt_goods_price as asked_above_goods,
    greatest(amt_goods_price - amt_credit, 0) / nullif(amt_goods_price, 0) as asked_down_payment_share,
    amt_goods_price / nullif(amt_annuity, 0) as asked_goods_to_annuity,
    greatest(amt_credit - amt_goods_price, 0) / nullif(amt_credit, 0) as asked_insurance_share,
    greatest(-days_employed, 0) / 365.25::double as work_years,
    amt_annuity / nullif(greatest(-days_employed, 0), 0) as work_annuity_per_day,
    amt_credit / nullif(greatest(-days_employed, 0), 0) as work_credit_per_day
from asked
