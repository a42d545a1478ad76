alter table stages drop column attention;
