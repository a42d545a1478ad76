-- What to do in a stage, where a funnel comes from and what it is for, and where the deals of a stage go
-- that is removed. Owner room: funnel.

alter table stages
    add column tasks text[] not null default '{}',
    add column questions text[] not null default '{}',
    add column roles text[] not null default '{}',
    -- The texts are still the defaults of the library, where a method's source says nothing.
    add column is_ours boolean not null default false,
    -- Where its deals are moved, or were: it takes none any more.
    add column moved_to_id uuid,
    -- Who removed it.
    add column moved_by uuid,
    add constraint stages_moved_to_id_fkey foreign key (org_id, moved_to_id) references stages (org_id, id),
    add constraint stages_moved_by_fkey foreign key (org_id, moved_by) references users (org_id, id),
    add constraint stages_tasks_check check (cardinality(tasks) <= 20),
    add constraint stages_questions_check check (cardinality(questions) <= 20),
    add constraint stages_roles_check check (cardinality(roles) <= 12);

alter table funnels
    add column method text,
    add column product_line text,
    add constraint funnels_method_check check (length(method) between 1 and 40),
    add constraint funnels_product_line_check check (length(product_line) between 1 and 100);
