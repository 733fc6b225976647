-- One row per loan at another lender. Source: credit bureau.
-- Money exact to three decimals; days relative to the application.
select
    sk_id_curr as applicant_key,
    sk_id_bureau as loan_key,
    credit_active as loan_status,
    credit_currency as currency,
    days_credit as opened_day,
    credit_day_overdue as days_overdue,
    days_credit_enddate as planned_end_day,
    days_enddate_fact as ended_day,
    amt_credit_max_overdue::decimal(18, 3) as max_overdue_amount,
    cnt_credit_prolong as prolongation_count,
    amt_credit_sum::decimal(18, 3) as credit_amount,
    amt_credit_sum_debt::decimal(18, 3) as debt_amount,
    amt_credit_sum_limit::decimal(18, 3) as limit_amount,
    amt_credit_sum_overdue::decimal(18, 3) as overdue_amount,
    credit_type as loan_type,
    days_credit_update as updated_day,
    amt_annuity::decimal(18, 3) as annuity_amount
from raw_bureau
