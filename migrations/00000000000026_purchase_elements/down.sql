alter table deal_tests alter column answers drop default;
alter table deal_tests drop column elements;
