-- What is counted of deals, and the rules that move them by it. Owner room: funnel.

create table touches (
    org_id uuid not null,
    id uuid not null,
    deal_id uuid not null,
    kind text not null,
    at timestamptz not null,
    note text not null default '',
    recorded_by uuid,
    created_at timestamptz not null default now(),
    -- What was withdrawn counts no more and stays readable.
    withdrawn_at timestamptz,
    -- What a rule did when it was recorded.
    outcome jsonb,
    constraint touches_pkey primary key (org_id, id),
    constraint touches_deal_id_fkey foreign key (org_id, deal_id) references deals (org_id, id),
    constraint touches_recorded_by_fkey foreign key (org_id, recorded_by) references users (org_id, id),
    constraint touches_kind_check check (kind in ('recommendation', 'showing', 'offer', 'raise')),
    constraint touches_note_check check (length(note) <= 500)
);
-- Everything that counting needs, so that a trial over all of them reads the index alone.
create index touches_counted_idx on touches (org_id, deal_id, at, id) include (kind) where withdrawn_at is null;
create index touches_deal_id_idx on touches (org_id, deal_id, id);
call dipper_protect('touches');

-- The rules in force of a funnel, beside it and not in its row: only a touch reads them. What they were
-- before is in the events.
create table counted_rules (
    org_id uuid not null,
    funnel_id uuid not null,
    rules jsonb not null,
    set_at timestamptz not null default now(),
    constraint counted_rules_pkey primary key (org_id, funnel_id),
    constraint counted_rules_funnel_id_fkey foreign key (org_id, funnel_id) references funnels (org_id, id)
);
call dipper_protect('counted_rules');
