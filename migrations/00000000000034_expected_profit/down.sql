drop index deals_funnel_profit_idx;
drop index deals_expected_profit_idx;
alter table deals
    drop constraint deals_expected_profit_check,
    drop constraint deals_expected_profit_range_check,
    drop column expected_profit;
