alter table imports drop column unmet_criteria;
