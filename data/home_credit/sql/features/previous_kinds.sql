-- One row per applicant: earlier applications here by time window, reason of refusal, product, channel, yield group; loans still running.
with earlier as (
    select * from stg_previous_application where decision_day <= 0
)
select
    applicant_key,
    count(*) filter (where decision_day >= -90) as previous_90d_count,
    count(*) filter (where decision_day >= -180) as previous_180d_count,
    count(*) filter (where decision_day >= -365) as previous_365d_count,
    count(*) filter (where decision_day >= -730) as previous_730d_count,
    count(*) filter (where decision_day >= -180 and decision = 'Refused') as previous_refused_180d_count,
    count(*) filter (where decision_day >= -365 and decision = 'Refused') as previous_refused_365d_count,
    count(*) filter (where decision_day >= -730 and decision = 'Refused') as previous_refused_730d_count,
    count(*) filter (where decision_day >= -365 and decision = 'Refused')
        / nullif(count(*) filter (where decision_day >= -365), 0) as previous_refused_365d_share,
    count(*) filter (where decision_day >= -730 and decision = 'Refused')
        / nullif(count(*) filter (where decision_day >= -730), 0) as previous_refused_730d_share,
    count(*) filter (where decision_day >= -365 and decision = 'Approved') as previous_approved_365d_count,
    count(*) filter (where decision_day >= -730 and decision = 'Approved') as previous_approved_730d_count,
    sum(credit_amount) filter (where decision_day >= -365 and decision = 'Approved') as previous_credit_365d_sum,
    sum(credit_amount) filter (where decision_day >= -730 and decision = 'Approved') as previous_credit_730d_sum,
    sum(credit_amount) filter (where decision = 'Approved') as previous_approved_credit_sum,
    sum(credit_amount) filter (where decision = 'Approved')
        / nullif(count(credit_amount) filter (where decision = 'Approved'), 0) as previous_approved_credit_mean,
    sum(annuity_amount) filter (where decision = 'Approved')
        / nullif(count(annuity_amount) filter (where decision = 'Approved'), 0) as previous_approved_annuity_mean,
    sum(term) filter (where decision = 'Approved') / nullif(count(term) filter (where decision = 'Approved'), 0) as previous_approved_term_mean,
    sum(asked_amount) filter (where decision = 'Refused')
        / nullif(count(asked_amount) filter (where decision = 'Refused'), 0) as previous_refused_asked_mean,
    max(asked_amount) filter (where decision = 'Refused') as previous_refused_asked_max,
    count(*) filter (where reject_reason = 'LIMIT') as previous_reason_limit_count,
    count(*) filter (where reject_reason in ('SCO', 'SCOFR')) as previous_reason_score_count,
    count(*) filter (where reject_reason = 'HC') as previous_reason_house_count,
    count(*) filter (where reject_reason = 'VERIF') as previous_reason_check_count,
    count(*) filter (where contract_type = 'Cash loans') as previous_cash_count,
    count(*) filter (where contract_type = 'Cash loans' and decision = 'Refused') as previous_cash_refused_count,
    count(*) filter (where contract_type = 'Cash loans' and decision = 'Approved') as previous_cash_approved_count,
    count(*) filter (where contract_type = 'Consumer loans') as previous_consumer_count,
    count(*) filter (where contract_type = 'Consumer loans' and decision = 'Refused') as previous_consumer_refused_count,
    count(*) filter (where contract_type = 'Revolving loans') as previous_revolving_count,
    count(*) filter (where contract_type = 'Revolving loans' and decision = 'Refused') as previous_revolving_refused_count,
    count(*) filter (where contract_type = 'Cash loans') / count(*) as previous_cash_share,
    count(*) filter (where yield_group = 'high') / nullif(count(yield_group), 0) as previous_yield_high_share,
    count(*) filter (where yield_group in ('low_normal', 'low_action')) / nullif(count(yield_group), 0) as previous_yield_low_share,
    count(*) filter (where product_type = 'walk-in') as previous_walk_in_count,
    count(*) filter (where product_type = 'walk-in' and decision = 'Refused') as previous_walk_in_refused_count,
    count(*) filter (where product_type = 'x-sell') as previous_cross_sell_count,
    count(*) filter (where client_type = 'New') as previous_new_client_count,
    count(*) filter (where channel = 'Credit and cash offices') / count(*) as previous_office_share,
    count(*) filter (where channel = 'Country-wide') / count(*) as previous_country_share,
    count(*) filter (where channel = 'AP+ (Cash loan)') / count(*) as previous_agent_share,
    count(*) filter (where channel = 'Contact center') as previous_contact_centre_count,
    count(*) filter (where seller_industry = 'Connectivity') as previous_connectivity_count,
    count(*) filter (where seller_industry = 'Consumer electronics') as previous_electronics_count,
    count(*) filter (where seller_industry = 'Furniture') as previous_furniture_count,
    count(*) filter (where payment_type = 'Cash through the bank') / nullif(count(payment_type), 0) as previous_bank_payment_share,
    count(*) filter (where decision = 'Approved' and contract_type <> 'Revolving loans' and coalesce(last_due_day, 1) > 0) as previous_running_count,
    sum(annuity_amount) filter (where decision = 'Approved' and contract_type <> 'Revolving loans' and coalesce(last_due_day, 1) > 0) as previous_running_annuity_sum,
    sum(credit_amount) filter (where decision = 'Approved' and contract_type <> 'Revolving loans' and coalesce(last_due_day, 1) > 0) as previous_running_credit_sum,
    max(last_due_day) filter (where last_due_day <= 0) as previous_latest_end_day,
    sum(planned_last_due_day - last_due_day) filter (where last_due_day <= 0)
        / nullif(count(planned_last_due_day - last_due_day) filter (where last_due_day <= 0), 0) as previous_early_end_mean,
    max(first_due_day) filter (where first_due_day <= 0) as previous_first_due_latest_day
from earlier
group by applicant_key
