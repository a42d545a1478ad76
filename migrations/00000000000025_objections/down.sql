drop table objections;
