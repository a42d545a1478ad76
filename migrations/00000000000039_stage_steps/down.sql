alter table stages drop column next_step, drop column next_step_days;
