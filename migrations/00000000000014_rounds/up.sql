-- Evaluation rounds: numbered snapshots of how a deal stood. Owner room: funnel.

create table rounds (
    org_id uuid not null,
    id uuid not null,
    deal_id uuid not null,
    number integer not null,
    stage_id uuid not null,
    gate_version integer not null,
    -- How the criteria stood, and what was judged, as they were then.
    results jsonb not null,
    judged jsonb not null,
    points smallint,
    -- Of what was judged, what criteria ask for.
    shortlist smallint,
    chance_soon smallint,
    next_on date,
    held_by uuid,
    created_at timestamptz not null default now(),
    constraint rounds_pkey primary key (org_id, id),
    constraint rounds_number_key unique (org_id, deal_id, number),
    constraint rounds_deal_id_fkey foreign key (org_id, deal_id) references deals (org_id, id),
    constraint rounds_stage_id_fkey foreign key (org_id, stage_id) references stages (org_id, id),
    constraint rounds_held_by_fkey foreign key (org_id, held_by) references users (org_id, id),
    constraint rounds_number_check check (number >= 1),
    constraint rounds_shortlist_check check (shortlist between 1 and 100),
    constraint rounds_chance_soon_check check (chance_soon between 0 and 100)
);
call dipper_protect('rounds');
