-- One row per application: contact data, papers, building, social circle, enquiries; the age_ columns are protected.
-- Days are relative to the application, negative = before.
select
    applicant_key,
    flag_document_2 + flag_document_3 + flag_document_4 + flag_document_5 + flag_document_6 + flag_document_7
        + flag_document_8 + flag_document_9 + flag_document_10 + flag_document_11 + flag_document_12 + flag_document_13
        + flag_document_14 + flag_document_15 + flag_document_16 + flag_document_17 + flag_document_18
        + flag_document_19 + flag_document_20 + flag_document_21 as contact_document_count,
    flag_document_2 + flag_document_4 + flag_document_5 + flag_document_7 + flag_document_9 + flag_document_10
        + flag_document_11 + flag_document_12 + flag_document_13 + flag_document_14 + flag_document_15
        + flag_document_16 + flag_document_17 + flag_document_18 + flag_document_19 + flag_document_20
        + flag_document_21 as contact_rare_document_count,
    flag_mobil + flag_emp_phone + flag_work_phone + flag_cont_mobile + flag_phone + flag_email as contact_phone_count,
    reg_region_not_live_region + reg_region_not_work_region + live_region_not_work_region + reg_city_not_live_city
        + reg_city_not_work_city + live_city_not_work_city as residence_mismatch_count,
    reg_region_not_live_region + reg_region_not_work_region + live_region_not_work_region as residence_region_mismatch_count,
    reg_city_not_live_city + reg_city_not_work_city + live_city_not_work_city as residence_city_mismatch_count,
    greatest(-days_last_phone_change, 0) / 365.25::double as contact_phone_years,
    greatest(-days_id_publish, 0) / 365.25::double as contact_id_years,
    greatest(-days_registration, 0) / 365.25::double as residence_registration_years,
    -greatest(days_last_phone_change, days_id_publish, days_registration) / 365.25::double as contact_latest_change_years,
    (region_rating_client + region_rating_client_w_city) / 2 as residence_region_rating_mean,
    (weekday_appr_process_start in ('SATURDAY', 'SUNDAY'))::integer as timing_weekend,
    (hour_appr_process_start between 9 and 16)::integer as timing_office_hours,
    (apartments_avg is not null)::integer + (basementarea_avg is not null)::integer
        + (years_build_avg is not null)::integer + (commonarea_avg is not null)::integer
        + (elevators_avg is not null)::integer + (entrances_avg is not null)::integer
        + (floorsmax_avg is not null)::integer + (landarea_avg is not null)::integer
        + (livingarea_avg is not null)::integer + (totalarea_mode is not null)::integer as home_known_count,
    (apartments_avg + livingarea_avg + totalarea_mode) / 3 as home_size_mean,
    elevators_avg + floorsmax_avg as home_equipment,
    (flag_own_car = 'Y')::integer + (flag_own_realty = 'Y')::integer as household_property_count,
    def_30_cnt_social_circle / nullif(obs_30_cnt_social_circle, 0) as circle_default_share_30,
    def_60_cnt_social_circle / nullif(obs_60_cnt_social_circle, 0) as circle_default_share_60,
    def_30_cnt_social_circle + def_60_cnt_social_circle as circle_default_count,
    amt_req_credit_bureau_hour + amt_req_credit_bureau_day + amt_req_credit_bureau_week + amt_req_credit_bureau_mon as enquiry_month_count,
    amt_req_credit_bureau_hour + amt_req_credit_bureau_day + amt_req_credit_bureau_week + amt_req_credit_bureau_mon
        + amt_req_credit_bureau_qrt as enquiry_quarter_count,
    amt_req_credit_bureau_hour + amt_req_credit_bureau_day + amt_req_credit_bureau_week + amt_req_credit_bureau_mon
        + amt_req_credit_bureau_qrt + amt_req_credit_bureau_year as enquiry_total_count,
    (amt_req_credit_bureau_hour + amt_req_credit_bureau_day + amt_req_credit_bureau_week + amt_req_credit_bureau_mon + amt_req_credit_bureau_qrt)
        / nullif(amt_req_credit_bureau_hour + amt_req_credit_bureau_day + amt_req_credit_bureau_week + amt_req_credit_bureau_mon + amt_req_credit_bureau_qrt + amt_req_credit_bureau_year, 0) as enquiry_recent_share,
    (amt_req_credit_bureau_year is null)::integer as enquiry_missing,
    -days_birth / 365.25::double as age_years,
    days_employed / nullif(days_birth, 0) as age_employed_share,
    days_registration / nullif(days_birth, 0) as age_registration_share,
    days_last_phone_change / nullif(days_birth, 0) as age_phone_share
from stg_application
