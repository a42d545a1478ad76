-- Scripts and strategies by stage and customer type. Owner room: funnel.

create table scripts (
    org_id uuid not null,
    id uuid not null,
    kind text not null,
    title text not null,
    body text not null,
    -- Which deals it is for; what is null is for all.
    stage_id uuid,
    stage_kind text,
    account_kind text,
    size text,
    tier text,
    -- The built-in playbook it was taken over from.
    playbook text,
    version integer not null default 1,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint scripts_pkey primary key (org_id, id),
    constraint scripts_org_id_fkey foreign key (org_id) references organisations (id),
    constraint scripts_stage_id_fkey foreign key (org_id, stage_id) references stages (org_id, id),
    constraint scripts_kind_check
        check (kind in ('script', 'strategy', 'spin', 'solution_selling', 'objection_answer')),
    constraint scripts_title_check check (length(title) between 1 and 120),
    constraint scripts_body_check check (length(body) between 1 and 8000),
    constraint scripts_stage_kind_check check (stage_kind in ('open', 'won', 'lost')),
    constraint scripts_account_kind_check check (account_kind in ('company', 'person')),
    constraint scripts_size_check check (size in ('micro', 'small', 'medium', 'large')),
    constraint scripts_tier_check check (tier in ('A', 'B', 'C')),
    constraint scripts_one_stage_check check (stage_id is null or stage_kind is null)
);
create index scripts_kind_idx on scripts (org_id, kind, id);
create index scripts_stage_id_idx on scripts (org_id, stage_id) where stage_id is not null;
call dipper_protect('scripts');
