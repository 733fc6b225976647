-- One row per applicant: earlier applications at this lender, decided on or before the application. Days are relative to it, negative = before.
with earlier as (
    select
        *,
        credit_amount / nullif(asked_amount, 0) as granted_share,
        annuity_amount * term / nullif(credit_amount, 0) as cost_ratio,
        row_number() over (partition by applicant_key order by decision_day desc, loan_key desc) as recency
    from stg_previous_application
    where decision_day <= 0
)
select
    applicant_key,
    count(*) as previous_count,
    count(*) filter (where decision = 'Approved') as previous_approved_count,
    count(*) filter (where decision = 'Refused') as previous_refused_count,
    count(*) filter (where decision = 'Canceled') as previous_cancelled_count,
    count(*) filter (where decision = 'Unused offer') as previous_unused_count,
    count(*) filter (where decision = 'Approved') / count(*) as previous_approved_share,
    count(*) filter (where decision = 'Refused') / count(*) as previous_refused_share,
    count(*) filter (where decision = 'Refused')
        / nullif(count(*) filter (where decision in ('Approved', 'Refused')), 0) as previous_refused_of_decided,
    max(decision_day) as previous_latest_day,
    min(decision_day) as previous_first_day,
    sum(decision_day) / count(*) as previous_mean_day,
    max(decision_day) filter (where decision = 'Approved') as previous_approved_latest_day,
    max(decision_day) filter (where decision = 'Refused') as previous_refused_latest_day,
    sum(asked_amount) as previous_asked_sum,
    sum(asked_amount) / nullif(count(asked_amount), 0) as previous_asked_mean,
    max(asked_amount) as previous_asked_max,
    sum(credit_amount) / nullif(count(credit_amount), 0) as previous_credit_mean,
    max(credit_amount) as previous_credit_max,
    sum(annuity_amount) / nullif(count(annuity_amount), 0) as previous_annuity_mean,
    max(annuity_amount) as previous_annuity_max,
    sum(credit_amount) filter (where asked_amount > 0) / nullif(sum(asked_amount), 0) as previous_granted_share,
    min(granted_share) as previous_granted_share_min,
    max(granted_share) as previous_granted_share_max,
    sum(goods_price) / nullif(count(goods_price), 0) as previous_goods_mean,
    sum(down_payment_amount) as previous_down_payment_sum,
    sum(down_payment_rate::decimal(18, 6)) / nullif(count(down_payment_rate), 0) as previous_down_payment_rate_mean,
    max(down_payment_rate) as previous_down_payment_rate_max,
    sum(interest_rate::decimal(18, 6)) / nullif(count(interest_rate), 0) as previous_interest_rate_mean,
    sum(annuity_amount * term) filter (where credit_amount > 0)
        / nullif(sum(credit_amount) filter (where term is not null and annuity_amount is not null), 0) as previous_cost_ratio,
    min(cost_ratio) as previous_cost_ratio_min,
    max(cost_ratio) as previous_cost_ratio_max,
    sum(term) / nullif(count(term), 0) as previous_term_mean,
    max(term) as previous_term_max,
    min(term) as previous_term_min,
    sum(application_hour) / nullif(count(application_hour), 0) as previous_hour_mean,
    sum(insured) / nullif(count(insured), 0) as previous_insured_share,
    max((decision = 'Approved')::integer) filter (where recency = 1) as previous_last_approved,
    max((decision = 'Refused')::integer) filter (where recency = 1) as previous_last_refused,
    max(credit_amount) filter (where recency = 1) as previous_last_credit,
    max(annuity_amount) filter (where recency = 1) as previous_last_annuity,
    max(term) filter (where recency = 1) as previous_last_term,
    max(granted_share) filter (where recency = 1) as previous_last_granted_share,
    max(cost_ratio) filter (where recency = 1) as previous_last_cost_ratio,
    count(*) filter (where recency <= 3 and decision = 'Refused') as previous_last3_refused_count,
    count(*) filter (where recency <= 3 and decision = 'Approved') as previous_last3_approved_count,
    sum(credit_amount) filter (where recency <= 3) / nullif(count(credit_amount) filter (where recency <= 3), 0) as previous_last3_credit_mean,
    sum(term) filter (where recency <= 3) / nullif(count(term) filter (where recency <= 3), 0) as previous_last3_term_mean,
    count(*) filter (where recency <= 5 and decision = 'Refused') as previous_last5_refused_count,
    sum(asked_amount) filter (where recency <= 5) / nullif(count(asked_amount) filter (where recency <= 5), 0) as previous_last5_asked_mean,
    sum(decision_day) filter (where recency <= 5) / nullif(count(*) filter (where recency <= 5), 0) as previous_last5_mean_day
from earlier
group by applicant_key
