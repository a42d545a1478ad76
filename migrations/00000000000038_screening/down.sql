drop table screening_sheets;
drop table screening_rules;
