-- One row per point-of-sale or cash loan here and month. Source: the lender's own books.
-- Months relative to the application.
select
    sk_id_prev as loan_key,
    sk_id_curr as applicant_key,
    months_balance as month,
    cnt_instalment as instalment_count,
    cnt_instalment_future as remaining_count,
    nullif(name_contract_status, 'XNA') as state,
    sk_dpd as days_late,
    sk_dpd_def as days_late_tolerant
from raw_pos_cash_balance
