-- One row per applicant: instalments of earlier loans here, as due and as paid. Days are relative to the application, negative = before.
-- An instalment counts once, however many payments it took, and only when it was due on or before the application.
-- Its state is the one known at the application: what was paid later was still owed then, and late since the due day.
with paid_instalment as (
    select
        applicant_key,
        loan_key,
        plan_version,
        instalment_number,
        max(due_day) as due_day,
        max(due_amount) as due_amount,
        case when max(paid_day) <= 0 then max(paid_day) end as paid_day,
        coalesce(sum(paid_amount) filter (where paid_day <= 0), 0) as paid_amount
    from stg_installments_payments
    group by applicant_key, loan_key, plan_version, instalment_number
),
instalment as (
    select
        *,
        paid_day - due_day as days_after_due,
        greatest(coalesce(paid_day, 0) - due_day, 0) as days_late,
        greatest(due_amount - paid_amount, 0) as short_amount
    from paid_instalment
    where due_day <= 0
)
select
    applicant_key,
    count(*) as instalment_count,
    count(distinct loan_key) as instalment_loan_count,
    min(due_day) as instalment_first_day,
    max(due_day) as instalment_latest_day,
    sum(due_amount) as instalment_due_sum,
    sum(due_amount) / nullif(count(due_amount), 0) as instalment_due_mean,
    max(due_amount) as instalment_due_max,
    sum(paid_amount) as instalment_paid_sum,
    min(paid_amount) as instalment_paid_min,
    sum(paid_amount) / nullif(sum(due_amount), 0) as instalment_paid_ratio,
    count(*) filter (where days_late > 0) as instalment_late_count,
    count(*) filter (where days_late > 0) / count(*) as instalment_late_share,
    count(*) filter (where days_late > 5) / count(*) as instalment_late_5d_share,
    count(*) filter (where days_late > 30) as instalment_late_30d_count,
    count(*) filter (where days_late > 30) / count(*) as instalment_late_30d_share,
    sum(days_late) as instalment_days_late_sum,
    sum(days_late) / nullif(count(days_late), 0) as instalment_days_late_mean,
    max(days_late) as instalment_days_late_max,
    sum(days_after_due) / nullif(count(days_after_due), 0) as instalment_after_due_mean,
    min(days_after_due) as instalment_after_due_min,
    count(*) filter (where days_after_due < -10) / count(*) as instalment_early_share,
    count(*) filter (where days_after_due is null) as instalment_unpaid_count,
    count(*) filter (where short_amount > 0) as instalment_short_count,
    count(*) filter (where short_amount > 0) / count(*) as instalment_short_share,
    sum(short_amount) as instalment_short_sum,
    max(short_amount) as instalment_short_max,
    sum(short_amount) / nullif(sum(due_amount), 0) as instalment_short_ratio,
    max(due_day) filter (where days_late > 0) as instalment_latest_late_day,
    max(due_day) filter (where short_amount > 0) as instalment_latest_short_day,
    max(plan_version) as instalment_plan_max,
    count(*) filter (where due_day >= -90) as instalment_3m_count,
    count(*) filter (where due_day >= -90 and days_late > 0) as instalment_3m_late_count,
    count(*) filter (where due_day >= -90 and days_late > 0) / nullif(count(*) filter (where due_day >= -90), 0) as instalment_3m_late_share,
    sum(days_late) filter (where due_day >= -90) / nullif(count(days_late) filter (where due_day >= -90), 0) as instalment_3m_days_late_mean,
    max(days_late) filter (where due_day >= -90) as instalment_3m_days_late_max,
    count(*) filter (where due_day >= -90 and short_amount > 0) / nullif(count(*) filter (where due_day >= -90), 0) as instalment_3m_short_share,
    sum(short_amount) filter (where due_day >= -90) / nullif(sum(due_amount) filter (where due_day >= -90), 0) as instalment_3m_short_ratio,
    sum(days_after_due) filter (where due_day >= -90) / nullif(count(days_after_due) filter (where due_day >= -90), 0) as instalment_3m_after_due_mean,
    count(*) filter (where due_day >= -180) as instalment_6m_count,
    count(*) filter (where due_day >= -180 and days_late > 0) as instalment_6m_late_count,
    count(*) filter (where due_day >= -180 and days_late > 0) / nullif(count(*) filter (where due_day >= -180), 0) as instalment_6m_late_share,
    sum(days_late) filter (where due_day >= -180) / nullif(count(days_late) filter (where due_day >= -180), 0) as instalment_6m_days_late_mean,
    max(days_late) filter (where due_day >= -180) as instalment_6m_days_late_max,
    count(*) filter (where due_day >= -180 and short_amount > 0) / nullif(count(*) filter (where due_day >= -180), 0) as instalment_6m_short_share,
    sum(short_amount) filter (where due_day >= -180) / nullif(sum(due_amount) filter (where due_day >= -180), 0) as instalment_6m_short_ratio,
    sum(days_after_due) filter (where due_day >= -180)
        / nullif(count(days_after_due) filter (where due_day >= -180), 0) as instalment_6m_after_due_mean,
    count(*) filter (where due_day >= -365) as instalment_12m_count,
    count(*) filter (where due_day >= -365 and days_late > 0) as instalment_12m_late_count,
    count(*) filter (where due_day >= -365 and days_late > 0) / nullif(count(*) filter (where due_day >= -365), 0) as instalment_12m_late_share,
    sum(days_late) filter (where due_day >= -365) / nullif(count(days_late) filter (where due_day >= -365), 0) as instalment_12m_days_late_mean,
    max(days_late) filter (where due_day >= -365) as instalment_12m_days_late_max,
    count(*) filter (where due_day >= -365 and short_amount > 0) / nullif(count(*) filter (where due_day >= -365), 0) as instalment_12m_short_share,
    sum(short_amount) filter (where due_day >= -365) / nullif(sum(due_amount) filter (where due_day >= -365), 0) as instalment_12m_short_ratio,
    sum(days_after_due) filter (where due_day >= -365)
        / nullif(count(days_after_due) filter (where due_day >= -365), 0) as instalment_12m_after_due_mean,
    count(*) filter (where due_day >= -730) as instalment_24m_count,
    count(*) filter (where due_day >= -730 and days_late > 0) as instalment_24m_late_count,
    count(*) filter (where due_day >= -730 and days_late > 0) / nullif(count(*) filter (where due_day >= -730), 0) as instalment_24m_late_share,
    sum(days_late) filter (where due_day >= -730) / nullif(count(days_late) filter (where due_day >= -730), 0) as instalment_24m_days_late_mean,
    max(days_late) filter (where due_day >= -730) as instalment_24m_days_late_max,
    count(*) filter (where due_day >= -730 and short_amount > 0) / nullif(count(*) filter (where due_day >= -730), 0) as instalment_24m_short_share,
    sum(short_amount) filter (where due_day >= -730) / nullif(sum(due_amount) filter (where due_day >= -730), 0) as instalment_24m_short_ratio,
    sum(days_after_due) filter (where due_day >= -730)
        / nullif(count(days_after_due) filter (where due_day >= -730), 0) as instalment_24m_after_due_mean,
    count(*) filter (where due_day >= -365 and days_late > 0) / nullif(count(*) filter (where due_day >= -365), 0)
        - count(*) filter (where due_day < -365 and days_late > 0) / nullif(count(*) filter (where due_day < -365), 0) as instalment_late_trend,
    sum(days_late) filter (where due_day >= -365) / nullif(count(days_late) filter (where due_day >= -365), 0)
        - sum(days_late) filter (where due_day < -365) / nullif(count(days_late) filter (where due_day < -365), 0) as instalment_days_late_trend,
    count(*) filter (where due_day >= -365 and short_amount > 0)
        / nullif(count(*) filter (where due_day >= -365), 0)
        - count(*) filter (where due_day < -365 and short_amount > 0)
        / nullif(count(*) filter (where due_day < -365), 0) as instalment_short_trend,
    (sum(due_amount) filter (where due_day >= -365) / nullif(count(due_amount) filter (where due_day >= -365), 0))
        / nullif(sum(due_amount) filter (where due_day < -365) / nullif(count(due_amount) filter (where due_day < -365), 0), 0) as instalment_due_trend
from instalment
group by applicant_key
