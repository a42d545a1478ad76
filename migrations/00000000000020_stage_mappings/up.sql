-- What the stages of a funnel stand for in another one, to read its figures through it. Owner room: funnel.

create table stage_mappings (
    org_id uuid not null,
    funnel_id uuid not null,
    through_id uuid not null,
    from_stage_id uuid not null,
    to_stage_id uuid not null,
    constraint stage_mappings_pkey primary key (org_id, funnel_id, through_id, from_stage_id),
    constraint stage_mappings_funnel_id_fkey foreign key (org_id, funnel_id) references funnels (org_id, id),
    constraint stage_mappings_through_id_fkey foreign key (org_id, through_id) references funnels (org_id, id),
    constraint stage_mappings_from_stage_id_fkey foreign key (org_id, from_stage_id) references stages (org_id, id),
    constraint stage_mappings_to_stage_id_fkey foreign key (org_id, to_stage_id) references stages (org_id, id),
    constraint stage_mappings_through_id_check check (through_id <> funnel_id)
);
call dipper_protect('stage_mappings');
