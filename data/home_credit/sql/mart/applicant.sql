-- One row per application: its own columns under their own names, what is derived from them, its history, and what needs both.
select
    *,
    bureau_debt_sum / nullif(amt_income_total, 0)::double as bureau_debt_to_income,
    bureau_active_credit_sum / nullif(amt_income_total, 0)::double as bureau_active_credit_to_income,
    bureau_active_annuity_sum / nullif(amt_income_total, 0)::double as bureau_annuity_to_income,
    bureau_debt_sum / nullif(amt_credit, 0)::double as bureau_debt_to_asked,
    amt_credit::double / nullif(bureau_credit_max, 0) as bureau_asked_to_largest,
    previous_running_annuity_sum / nullif(amt_income_total, 0)::double as previous_annuity_to_income,
    amt_credit::double / nullif(previous_credit_max, 0) as previous_asked_to_largest,
    amt_credit::double / nullif(previous_approved_credit_mean, 0) as previous_asked_to_mean,
    amt_annuity::double / nullif(previous_approved_annuity_mean, 0) as previous_annuity_change,
    amt_annuity::double / nullif(instalment_due_max, 0) as instalment_annuity_to_largest,
    amt_annuity::double / nullif(instalment_due_mean, 0) as instalment_annuity_to_mean,
    instalment_short_sum / nullif(amt_income_total, 0)::double as instalment_short_to_income,
    card_balance_last / nullif(amt_income_total, 0)::double as card_balance_to_income,
    card_limit_last / nullif(amt_credit, 0)::double as card_limit_to_asked
from stg_application
inner join application_scores using (applicant_key)
inner join application_age using (applicant_key)
inner join history using (applicant_key)
