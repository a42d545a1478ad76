-- What a stage asks of deals, and what shows that it is met. Owner room: funnel.

-- The gate in force, beside the stage it belongs to: every move reads it.
alter table stages add column gate jsonb not null default '{}';
alter table stages add column gate_version integer not null default 0;

-- Every gate there ever was, so that a move can be read with the criteria it was judged by.
create table stage_gates (
    org_id uuid not null,
    stage_id uuid not null,
    version integer not null,
    gate jsonb not null,
    set_by uuid,
    created_at timestamptz not null default now(),
    constraint stage_gates_pkey primary key (org_id, stage_id, version),
    constraint stage_gates_stage_id_fkey foreign key (org_id, stage_id) references stages (org_id, id),
    constraint stage_gates_set_by_fkey foreign key (org_id, set_by) references users (org_id, id)
);
call dipper_protect('stage_gates');

create table evidence (
    org_id uuid not null,
    id uuid not null,
    deal_id uuid not null,
    -- A criterion of a gate; criteria are parts of gates and have no table of their own.
    criterion_id uuid not null,
    title text not null,
    url text,
    contact_id uuid,
    filed_by uuid,
    created_at timestamptz not null default now(),
    -- What was withdrawn stays readable.
    withdrawn_at timestamptz,
    constraint evidence_pkey primary key (org_id, id),
    constraint evidence_deal_id_fkey foreign key (org_id, deal_id) references deals (org_id, id),
    constraint evidence_contact_id_fkey foreign key (org_id, contact_id) references contacts (org_id, id),
    constraint evidence_filed_by_fkey foreign key (org_id, filed_by) references users (org_id, id),
    constraint evidence_title_check check (length(title) between 1 and 200),
    constraint evidence_link_check check (url is not null or contact_id is not null)
);
create index evidence_deal_id_idx on evidence (org_id, deal_id, created_at) where withdrawn_at is null;
call dipper_protect('evidence');

-- The answers to the five tests (GATE-20).
create table deal_tests (
    org_id uuid not null,
    deal_id uuid not null,
    answers jsonb not null,
    updated_at timestamptz not null default now(),
    constraint deal_tests_pkey primary key (org_id, deal_id),
    constraint deal_tests_deal_id_fkey foreign key (org_id, deal_id) references deals (org_id, id)
);
call dipper_protect('deal_tests');

-- Why a deal came into its stage although criteria were missing.
alter table deals add column override_reason text;
alter table deals add constraint deals_override_reason_check check (length(override_reason) between 10 and 500);
