-- One row per loan at another lender and month. Source: credit bureau.
-- Months relative to the application, 0 = the month of it.
select
    sk_id_bureau as loan_key,
    months_balance as month,
    status as loan_state
from raw_bureau_balance
