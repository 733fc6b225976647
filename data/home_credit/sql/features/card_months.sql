-- One row per applicant: monthly states of credit cards here. Months are relative to the application, negative = before.
with month as (
    select
        *,
        greatest(balance_amount, 0) as debt_amount,
        month * 10000000000 + loan_key as month_order
    from stg_credit_card_balance
    where month <= 0
)
select
    applicant_key,
    count(*) as card_month_count,
    min(month) as card_first_month,
    max(month) as card_latest_month,
    max(limit_amount) as card_limit_max,
    arg_max(limit_amount, month_order) as card_limit_last,
    sum(limit_amount) / nullif(count(limit_amount), 0) as card_limit_mean,
    max(debt_amount) as card_balance_max,
    arg_max(debt_amount, month_order) as card_balance_last,
    sum(debt_amount) / nullif(count(debt_amount), 0) as card_balance_mean,
    sum(debt_amount) filter (where limit_amount > 0) / nullif(sum(limit_amount), 0) as card_use,
    sum(debt_amount) filter (where limit_amount > 0 and month >= -3) / nullif(sum(limit_amount) filter (where month >= -3), 0) as card_use_3m,
    sum(debt_amount) filter (where limit_amount > 0 and month >= -6) / nullif(sum(limit_amount) filter (where month >= -6), 0) as card_use_6m,
    sum(debt_amount) filter (where limit_amount > 0 and month >= -12) / nullif(sum(limit_amount) filter (where month >= -12), 0) as card_use_12m,
    max(debt_amount / nullif(limit_amount, 0)) as card_use_max,
    max(debt_amount / nullif(limit_amount, 0)) filter (where month >= -12) as card_use_12m_max,
    sum(debt_amount) filter (where limit_amount > 0 and month >= -6)
        / nullif(sum(limit_amount) filter (where month >= -6), 0)
        - sum(debt_amount) filter (where limit_amount > 0 and month < -6)
        / nullif(sum(limit_amount) filter (where month < -6), 0) as card_use_trend,
    count(*) filter (where debt_amount > limit_amount and limit_amount > 0) as card_above_limit_count,
    count(*) filter (where debt_amount > limit_amount and limit_amount > 0 and month >= -12) as card_above_limit_12m_count,
    count(*) filter (where debt_amount = 0) / count(*) as card_idle_share,
    sum(drawing_amount) as card_drawing_sum,
    sum(drawing_amount) / nullif(count(drawing_amount), 0) as card_drawing_mean,
    max(drawing_amount) as card_drawing_max,
    sum(drawing_amount) filter (where month >= -6) / nullif(count(drawing_amount) filter (where month >= -6), 0) as card_drawing_6m_mean,
    sum(drawing_count) / nullif(count(drawing_count), 0) as card_drawing_count_mean,
    sum(drawing_count) filter (where month >= -6) / nullif(count(drawing_count) filter (where month >= -6), 0) as card_drawing_count_6m_mean,
    sum(cash_amount) as card_cash_sum,
    sum(cash_amount) / nullif(sum(drawing_amount), 0) as card_cash_share,
    sum(cash_amount) filter (where month >= -6) as card_cash_6m_sum,
    sum(cash_drawing_count) / nullif(count(cash_drawing_count), 0) as card_cash_count_mean,
    sum(cash_drawing_count) filter (where month >= -12) / nullif(count(cash_drawing_count) filter (where month >= -12), 0) as card_cash_count_12m_mean,
    sum(purchase_amount) as card_purchase_sum,
    sum(payment_amount) / nullif(count(payment_amount), 0) as card_payment_mean,
    sum(payment_amount) filter (where minimum_amount > 0) / nullif(sum(minimum_amount), 0) as card_payment_to_minimum,
    count(*) filter (where payment_amount < minimum_amount) / nullif(count(*) filter (where minimum_amount > 0), 0) as card_below_minimum_share,
    count(*) filter (where payment_amount < minimum_amount and month >= -12) as card_below_minimum_12m_count,
    sum(payment_amount) filter (where debt_amount > 0) / nullif(sum(debt_amount), 0) as card_payment_to_balance,
    count(*) filter (where days_late > 0) as card_late_count,
    count(*) filter (where days_late > 0) / count(*) as card_late_share,
    count(*) filter (where days_late > 0 and month >= -12) as card_late_12m_count,
    max(days_late) as card_days_late_max,
    count(*) filter (where days_late_tolerant > 0) as card_late_tolerant_count,
    max(paid_instalment_count) as card_instalment_count,
    max((state = 'Completed')::integer) as card_completed
from month
group by applicant_key
