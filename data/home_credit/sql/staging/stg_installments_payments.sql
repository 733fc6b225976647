-- One row per payment of an instalment of a loan here. Source: the lender's own books.
-- Money exact to three decimals; days relative to the application; no payment day = not paid.
select
    sk_id_prev as loan_key,
    sk_id_curr as applicant_key,
    num_instalment_version as plan_version,
    num_instalment_number as instalment_number,
    days_instalment as due_day,
    days_entry_payment as paid_day,
    amt_instalment::decimal(18, 3) as due_amount,
    amt_payment::decimal(18, 3) as paid_amount
from raw_installments_payments
