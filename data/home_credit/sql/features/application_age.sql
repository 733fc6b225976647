-- One row per application: what depends on age. Protected: kept to compare groups, never in the model. Years and shares.
select
    applicant_key,
    -days_birth / 365.25::double as age_years,
    days_employed / nullif(days_birth, 0) as age_employed_share,
    days_registration / nullif(days_birth, 0) as age_registration_share,
    days_last_phone_change / nullif(days_birth, 0) as age_phone_share
from stg_application
