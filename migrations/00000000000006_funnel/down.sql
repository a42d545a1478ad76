drop table stage_totals;
drop table deal_lines;
drop table deals;
drop function dipper_deal_differences();
drop table stages;
drop table funnels;
