drop table contacts;
drop table accounts;
