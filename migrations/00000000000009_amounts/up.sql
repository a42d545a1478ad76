-- Amounts up to 10^12, as the rules say: that one figure has a digit more than the columns had.
-- Owner rooms: funnel (deals, deal_lines), revenue (products).

alter table deals alter column amount type numeric(17, 4);
alter table deal_lines alter column unit_price type numeric(17, 4);
alter table products alter column list_price type numeric(17, 4);
