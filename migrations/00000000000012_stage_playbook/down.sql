alter table funnels
    drop column method,
    drop column product_line;

alter table stages
    drop column tasks,
    drop column questions,
    drop column roles,
    drop column is_ours,
    drop column moved_to_id,
    drop column moved_by;
