drop table stage_mappings;
