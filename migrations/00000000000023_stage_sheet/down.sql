drop table deal_tasks;
drop table deal_answers;
