alter table stages drop column our_parts;
