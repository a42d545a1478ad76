-- Which parts of a stage are defaults of the library, where a method's source says the others. Owner room:
-- funnel.

alter table stages
    add column our_parts text[] not null default '{}',
    -- More than there are by now, so that a newer server may know others.
    add constraint stages_our_parts_check check (cardinality(our_parts) <= 20);
