-- What happened: audit log, timelines, stage history, live boards and the pull feed are all read
-- from this one table. Owner: events (cellar).

create table events (
    org_id uuid not null,
    sequence bigint generated always as identity,
    -- Rows commit out of the order of their sequence, so the feed's order is (xid, sequence) below the
    -- snapshot horizon: whatever commits later has a larger xid than everything handed out before.
    xid xid8 not null default pg_current_xact_id(),
    at timestamptz not null default now(),
    actor_kind text not null,
    actor_id uuid,
    kind text not null,
    subject_kind text not null,
    subject_id uuid not null,
    account_id uuid,
    deal_id uuid,
    -- Who may read it: the owner of the subject after and before the write; null means everybody.
    owner_id uuid,
    previous_owner_id uuid,
    request_id text,
    data jsonb not null,
    constraint events_pkey primary key (org_id, sequence),
    constraint events_org_id_fkey foreign key (org_id) references organisations (id)
);
create index events_xid_idx on events (org_id, xid, sequence);
create index events_account_id_idx on events (org_id, account_id, at desc, sequence desc) where account_id is not null;
create index events_deal_id_idx on events (org_id, deal_id, at desc, sequence desc) where deal_id is not null;
create index events_subject_id_idx on events (org_id, subject_id, at desc, sequence desc);
call dipper_protect('events');

-- Answers to writes, kept for a retry with the same key. Owner: http (cellar).
create table idempotency_keys (
    org_id uuid not null,
    user_id uuid not null,
    key text not null,
    operation text not null,
    body_hash bytea not null,
    status smallint not null,
    etag text,
    location text,
    body bytea not null,
    created_at timestamptz not null default now(),
    constraint idempotency_keys_pkey primary key (org_id, user_id, key),
    constraint idempotency_keys_key_check check (length(key) between 1 and 255)
);
create index idempotency_keys_created_at_idx on idempotency_keys (org_id, created_at);
call dipper_protect('idempotency_keys');

-- Ids of records in other systems. Owner: db (cellar), written by the room that owns the record.
create table external_ids (
    org_id uuid not null,
    subject_kind text not null,
    source text not null,
    external_id text not null,
    subject_id uuid not null,
    constraint external_ids_pkey primary key (org_id, subject_kind, source, external_id),
    constraint external_ids_subject_id_key unique (org_id, subject_kind, subject_id, source),
    constraint external_ids_subject_kind_check check (subject_kind in ('account', 'contact', 'deal', 'product', 'user'))
);
call dipper_protect('external_ids');
