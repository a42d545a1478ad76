drop table priority_confirmations;
drop table priority_rules;
