-- One row per applicant: monthly states of loans at other lenders. Months are relative to the application (0 = the month of it).
-- States: 0 on time, 1..5 growing delay (5 = more than 120 days, written off or sold), C closed, X unknown.
with month as (
    select loan_key, month, loan_state, try_cast(loan_state as integer) as delay
    from stg_bureau_balance
    where month <= 0
),
per_loan as (
    select
        loan_key,
        count(*) as month_count,
        count(delay) as open_month_count,
        count(*) filter (where loan_state = 'C') as closed_month_count,
        count(*) filter (where loan_state = 'X') as unknown_month_count,
        count(*) filter (where delay >= 1) as late_month_count,
        count(*) filter (where delay >= 2) as severe_month_count,
        sum(delay) as delay_sum,
        max(delay) as worst_delay,
        max(month) filter (where delay >= 1) as latest_late_month,
        min(month) as first_month,
        max(month) as latest_month,
        count(delay) filter (where month >= -6) as open_6m_count,
        count(*) filter (where delay >= 1 and month >= -6) as late_6m_count,
        count(delay) filter (where month >= -12) as open_12m_count,
        count(*) filter (where delay >= 1 and month >= -12) as late_12m_count,
        max(delay) filter (where month >= -12) as worst_delay_12m,
        count(delay) filter (where month >= -24) as open_24m_count,
        count(*) filter (where delay >= 1 and month >= -24) as late_24m_count,
        max(delay) filter (where month >= -24) as worst_delay_24m
    from month
    group by loan_key
),
loan as (
    select bureau.applicant_key, bureau.loan_status, per_loan.*
    from per_loan
    inner join stg_bureau as bureau using (loan_key)
    where bureau.opened_day <= 0 and coalesce(bureau.updated_day, 0) <= 0
)
select
    applicant_key,
    count(*) as bureau_month_loan_count,
    sum(month_count) as bureau_month_count,
    sum(month_count) / count(*) as bureau_month_mean,
    max(month_count) as bureau_month_max,
    min(first_month) as bureau_month_first,
    sum(closed_month_count) / sum(month_count) as bureau_month_closed_share,
    sum(unknown_month_count) / sum(month_count) as bureau_month_unknown_share,
    sum(late_month_count) as bureau_month_late_count,
    sum(late_month_count) / nullif(sum(open_month_count), 0) as bureau_month_late_share,
    sum(severe_month_count) as bureau_month_severe_count,
    sum(severe_month_count) / nullif(sum(open_month_count), 0) as bureau_month_severe_share,
    max(worst_delay) as bureau_month_worst,
    sum(worst_delay) / nullif(count(worst_delay), 0) as bureau_month_worst_mean,
    sum(delay_sum) / nullif(sum(open_month_count), 0) as bureau_month_delay_mean,
    max(latest_late_month) as bureau_month_latest_late,
    count(*) filter (where late_month_count > 0) / count(*) as bureau_month_late_loan_share,
    sum(late_6m_count) as bureau_month_late_6m_count,
    sum(late_6m_count) / nullif(sum(open_6m_count), 0) as bureau_month_late_6m_share,
    sum(late_12m_count) as bureau_month_late_12m_count,
    sum(late_12m_count) / nullif(sum(open_12m_count), 0) as bureau_month_late_12m_share,
    max(worst_delay_12m) as bureau_month_worst_12m,
    sum(late_24m_count) as bureau_month_late_24m_count,
    sum(late_24m_count) / nullif(sum(open_24m_count), 0) as bureau_month_late_24m_share,
    max(worst_delay_24m) as bureau_month_worst_24m,
    sum(late_month_count) filter (where loan_status = 'Active')
        / nullif(sum(open_month_count) filter (where loan_status = 'Active'), 0) as bureau_month_active_late_share,
    sum(open_12m_count) as bureau_month_open_12m_count
from loan
group by applicant_key
