alter table products alter column list_price type numeric(16, 4) using least(list_price, 999999999999.9999);
alter table deal_lines alter column unit_price type numeric(16, 4) using least(unit_price, 999999999999.9999);
alter table deals alter column amount type numeric(16, 4) using least(amount, 999999999999.9999);
