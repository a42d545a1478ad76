drop index deals_is_low_investment_idx;
alter table deals drop column is_low_investment;
