drop table counted_rules;
drop table touches;
