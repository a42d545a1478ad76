drop index deals_low_investment;
alter table deals drop column is_low_investment;
