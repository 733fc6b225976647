-- One row per applicant: active and closed loans at other lenders apart, and by kind. Days are relative to the application.
with loan as (
    select *, greatest(debt_amount, 0) as open_debt_amount, case when ended_day <= 0 then ended_day end as closed_day
    from stg_bureau
    where opened_day <= 0 and coalesce(updated_day, 0) <= 0
)
select
    applicant_key,
    max(opened_day) filter (where loan_status = 'Active') as bureau_active_latest_opened_day,
    min(opened_day) filter (where loan_status = 'Active') as bureau_active_first_opened_day,
    sum(opened_day) filter (where loan_status = 'Active')
        / nullif(count(opened_day) filter (where loan_status = 'Active'), 0) as bureau_active_mean_opened_day,
    max(planned_end_day) filter (where loan_status = 'Active') as bureau_active_end_day_max,
    min(planned_end_day) filter (where loan_status = 'Active' and planned_end_day >= 0) as bureau_active_end_day_min,
    count(*) filter (where loan_status = 'Active' and planned_end_day < 0) as bureau_active_past_end_count,
    sum(credit_amount) filter (where loan_status = 'Active') as bureau_active_credit_sum,
    max(credit_amount) filter (where loan_status = 'Active') as bureau_active_credit_max,
    sum(open_debt_amount) filter (where loan_status = 'Active') as bureau_active_debt_sum,
    max(open_debt_amount) filter (where loan_status = 'Active') as bureau_active_debt_max,
    sum(open_debt_amount) filter (where loan_status = 'Active')
        / nullif(sum(credit_amount) filter (where loan_status = 'Active' and credit_amount > 0), 0) as bureau_active_debt_to_credit,
    sum(annuity_amount) filter (where loan_status = 'Active') as bureau_active_annuity_sum,
    max(max_overdue_amount) filter (where loan_status = 'Active') as bureau_active_max_overdue,
    max(opened_day) filter (where loan_status = 'Closed') as bureau_closed_latest_opened_day,
    sum(credit_amount) filter (where loan_status = 'Closed') as bureau_closed_credit_sum,
    max(credit_amount) filter (where loan_status = 'Closed') as bureau_closed_credit_max,
    sum(closed_day - opened_day) filter (where loan_status = 'Closed')
        / nullif(count(closed_day - opened_day) filter (where loan_status = 'Closed'), 0) as bureau_closed_term_mean,
    count(*) filter (where loan_status = 'Closed' and closed_day < planned_end_day) as bureau_closed_early_count,
    count(*) filter (where loan_status = 'Closed' and closed_day > planned_end_day) as bureau_closed_late_count,
    max(max_overdue_amount) filter (where loan_status = 'Closed') as bureau_closed_max_overdue,
    count(*) filter (where loan_type = 'Consumer credit') as bureau_consumer_count,
    sum(open_debt_amount) filter (where loan_type = 'Consumer credit') as bureau_consumer_debt,
    count(*) filter (where loan_type = 'Credit card') as bureau_card_count,
    count(*) filter (where loan_type = 'Credit card' and loan_status = 'Active') as bureau_card_active_count,
    sum(open_debt_amount) filter (where loan_type = 'Credit card') as bureau_card_debt,
    sum(open_debt_amount) filter (where loan_type = 'Credit card' and loan_status = 'Active')
        / nullif(sum(credit_amount) filter (where loan_type = 'Credit card' and loan_status = 'Active' and credit_amount > 0), 0) as bureau_card_debt_to_credit,
    max(opened_day) filter (where loan_type = 'Credit card') as bureau_card_latest_opened_day,
    count(*) filter (where loan_type = 'Mortgage') as bureau_mortgage_count,
    sum(open_debt_amount) filter (where loan_type = 'Mortgage') as bureau_mortgage_debt,
    count(*) filter (where loan_type = 'Car loan') as bureau_car_count,
    count(*) filter (where loan_type = 'Microloan') as bureau_microloan_count,
    count(*) filter (where loan_type = 'Microloan') / count(*) as bureau_microloan_share,
    count(*) filter (where loan_type in ('Loan for business development', 'Loan for working capital replenishment', 'Loan for the purchase of equipment')) as bureau_business_count
from loan
group by applicant_key
