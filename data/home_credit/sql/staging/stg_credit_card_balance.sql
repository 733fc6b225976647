-- One row per credit card here and month. Source: the lender's own books.
-- Money exact to three decimals; months relative to the application.
select
    sk_id_prev as loan_key,
    sk_id_curr as applicant_key,
    months_balance as month,
    amt_balance::decimal(18, 3) as balance_amount,
    amt_credit_limit_actual::decimal(18, 3) as limit_amount,
    amt_drawings_atm_current::decimal(18, 3) as cash_amount,
    amt_drawings_current::decimal(18, 3) as drawing_amount,
    amt_drawings_other_current::decimal(18, 3) as other_drawing_amount,
    amt_drawings_pos_current::decimal(18, 3) as purchase_amount,
    amt_inst_min_regularity::decimal(18, 3) as minimum_amount,
    amt_payment_current::decimal(18, 3) as payment_amount,
    amt_payment_total_current::decimal(18, 3) as total_payment_amount,
    amt_receivable_principal::decimal(18, 3) as principal_amount,
    amt_recivable::decimal(18, 3) as receivable_amount,
    amt_total_receivable::decimal(18, 3) as total_receivable_amount,
    cnt_drawings_atm_current as cash_drawing_count,
    cnt_drawings_current as drawing_count,
    cnt_drawings_other_current as other_drawing_count,
    cnt_drawings_pos_current as purchase_count,
    cnt_instalment_mature_cum as paid_instalment_count,
    name_contract_status as state,
    sk_dpd as days_late,
    sk_dpd_def as days_late_tolerant
from raw_credit_card_balance
