drop table scripts;
