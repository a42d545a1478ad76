drop table rounds;
