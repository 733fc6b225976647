-- One row per applicant: loans at other lenders as the credit bureau reports them. Days are relative to the application, negative = before.
with loan as (
    select
        *,
        greatest(debt_amount, 0) as open_debt_amount,
        case when ended_day <= 0 then ended_day end as closed_day
    from stg_bureau
    where opened_day <= 0 and coalesce(updated_day, 0) <= 0
)
select
    applicant_key,
    count(*) as bureau_loan_count,
    count(*) filter (where loan_status = 'Active') as bureau_active_count,
    count(*) filter (where loan_status = 'Closed') as bureau_closed_count,
    count(*) filter (where loan_status in ('Sold', 'Bad debt')) as bureau_sold_count,
    count(*) filter (where loan_status = 'Active') / count(*) as bureau_active_share,
    count(distinct loan_type) as bureau_type_count,
    max(opened_day) as bureau_latest_opened_day,
    min(opened_day) as bureau_first_opened_day,
    sum(opened_day) / count(opened_day) as bureau_mean_opened_day,
    max(closed_day) as bureau_latest_closed_day,
    sum(closed_day) / nullif(count(closed_day), 0) as bureau_mean_closed_day,
    max(updated_day) as bureau_latest_update_day,
    sum(updated_day) / nullif(count(updated_day), 0) as bureau_mean_update_day,
    max(planned_end_day) as bureau_furthest_end_day,
    sum(planned_end_day - opened_day) / nullif(count(planned_end_day - opened_day), 0) as bureau_mean_planned_term,
    sum(planned_end_day - closed_day) / nullif(count(planned_end_day - closed_day), 0) as bureau_mean_early_close,
    (max(opened_day) - min(opened_day)) / nullif(count(*) - 1, 0) as bureau_opening_interval,
    sum(credit_amount) as bureau_credit_sum,
    sum(credit_amount) / nullif(count(credit_amount), 0) as bureau_credit_mean,
    max(credit_amount) as bureau_credit_max,
    sum(open_debt_amount) as bureau_debt_sum,
    sum(open_debt_amount) / nullif(count(open_debt_amount), 0) as bureau_debt_mean,
    max(open_debt_amount) as bureau_debt_max,
    sum(open_debt_amount) / nullif(sum(credit_amount) filter (where credit_amount > 0), 0) as bureau_debt_to_credit,
    sum(greatest(limit_amount, 0)) as bureau_limit_sum,
    sum(annuity_amount) as bureau_annuity_sum,
    max(annuity_amount) as bureau_annuity_max,
    sum(overdue_amount) as bureau_overdue_sum,
    count(*) filter (where overdue_amount > 0 or days_overdue > 0) as bureau_overdue_count,
    sum(overdue_amount) / nullif(sum(open_debt_amount), 0) as bureau_overdue_to_debt,
    max(days_overdue) as bureau_days_overdue_max,
    max(max_overdue_amount) as bureau_max_overdue_max,
    sum(max_overdue_amount) / nullif(count(max_overdue_amount), 0) as bureau_max_overdue_mean,
    count(*) filter (where max_overdue_amount > 0) as bureau_ever_overdue_count,
    count(*) filter (where max_overdue_amount > 0) / count(*) as bureau_ever_overdue_share,
    sum(prolongation_count) as bureau_prolonged_count,
    max(prolongation_count) as bureau_prolonged_max,
    count(*) filter (where currency <> 'currency 1') as bureau_foreign_count
from loan
group by applicant_key
