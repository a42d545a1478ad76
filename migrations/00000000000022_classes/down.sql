drop table portfolio_limits;
drop table class_rules;
alter table organisations drop column time_zone;
drop index accounts_purchase_on_idx;
alter table accounts
    drop column man,
    drop column purchase_on,
    drop column has_date,
    drop column has_person,
    drop column has_plan,
    drop column values_it;
