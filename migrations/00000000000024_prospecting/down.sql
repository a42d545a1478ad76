alter table accounts drop column prospecting;
