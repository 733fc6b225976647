-- One row per applicant: loans opened at other lenders in recent windows before the application (90, 180, 365, 730 days).
with loan as (
    select *, greatest(debt_amount, 0) as open_debt_amount, case when ended_day <= 0 then ended_day end as closed_day
    from stg_bureau
    where opened_day <= 0 and coalesce(updated_day, 0) <= 0
)
select
    applicant_key,
    count(*) filter (where opened_day >= -90) as bureau_opened_90d_count,
    count(*) filter (where opened_day >= -180) as bureau_opened_180d_count,
    count(*) filter (where opened_day >= -365) as bureau_opened_365d_count,
    count(*) filter (where opened_day >= -730) as bureau_opened_730d_count,
    count(*) filter (where opened_day >= -365) / count(*) as bureau_opened_365d_share,
    count(*) filter (where opened_day >= -730) / count(*) as bureau_opened_730d_share,
    count(*) filter (where closed_day >= -365) as bureau_closed_365d_count,
    count(*) filter (where closed_day >= -730) as bureau_closed_730d_count,
    sum(credit_amount) filter (where opened_day >= -365) as bureau_credit_365d_sum,
    sum(credit_amount) filter (where opened_day >= -730) as bureau_credit_730d_sum,
    sum(open_debt_amount) filter (where opened_day >= -365) as bureau_debt_365d_sum,
    sum(open_debt_amount) filter (where opened_day >= -730) as bureau_debt_730d_sum,
    sum(open_debt_amount) filter (where opened_day >= -730)
        / nullif(sum(credit_amount) filter (where opened_day >= -730 and credit_amount > 0), 0) as bureau_debt_to_credit_730d,
    max(max_overdue_amount) filter (where opened_day >= -365) as bureau_max_overdue_365d,
    max(max_overdue_amount) filter (where opened_day >= -730) as bureau_max_overdue_730d,
    count(*) filter (where opened_day >= -730 and loan_type = 'Credit card') as bureau_card_opened_730d_count,
    count(*) filter (where opened_day >= -365 and loan_type = 'Microloan') as bureau_microloan_365d_count,
    count(*) filter (where updated_day >= -60) / count(*) as bureau_update_60d_share
from loan
group by applicant_key
