alter table deals drop column override_reason;
drop table deal_tests;
drop table evidence;
drop table stage_gates;
alter table stages drop column gate_version;
alter table stages drop column gate;
