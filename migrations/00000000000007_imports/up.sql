-- How do data come and go: file imports. Owner room: exchange.

create table imports (
    org_id uuid not null,
    id uuid not null,
    state text not null,
    created_by uuid not null,
    -- The system the files come from: external ids are kept under this name.
    source text not null,
    currency text collate "C" not null,
    missing_amount text not null,
    -- What a person chose, and what files, choices and known records come to.
    choices jsonb not null,
    plan jsonb not null,
    report jsonb,
    -- How far the rows are dealt with; written in the transaction that writes the rows.
    checkpoint jsonb,
    rows_done bigint not null default 0,
    rows_total bigint not null default 0,
    failure text,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    constraint imports_pkey primary key (org_id, id),
    constraint imports_org_id_fkey foreign key (org_id) references organisations (id),
    constraint imports_created_by_fkey foreign key (org_id, created_by) references users (org_id, id),
    constraint imports_state_check check (state in ('draft', 'checking', 'checked', 'queued', 'running', 'done', 'failed', 'cancelled')),
    constraint imports_currency_check check (currency ~ '^[A-Z]{3}$'),
    constraint imports_missing_amount_check check (missing_amount in ('empty', 'list_price'))
);
create index imports_created_at_idx on imports (org_id, created_at desc, id);
create index imports_created_by_idx on imports (org_id, created_by);
call dipper_protect('imports');

create table import_files (
    org_id uuid not null,
    id uuid not null,
    import_id uuid not null,
    position integer not null,
    name text not null,
    bytes bigint not null,
    -- What one pass over the rows found.
    facts jsonb not null,
    created_at timestamptz not null default now(),
    constraint import_files_pkey primary key (org_id, id),
    constraint import_files_position_key unique (org_id, import_id, position),
    constraint import_files_import_id_fkey foreign key (org_id, import_id) references imports (org_id, id),
    constraint import_files_name_check check (length(name) between 1 and 255)
);
call dipper_protect('import_files');

-- The bytes of files, so that any server of several can go on with an import. They go when it is over.
create table import_chunks (
    org_id uuid not null,
    file_id uuid not null,
    position integer not null,
    bytes bytea not null,
    constraint import_chunks_pkey primary key (org_id, file_id, position),
    constraint import_chunks_file_id_fkey foreign key (org_id, file_id) references import_files (org_id, id)
);
alter table import_chunks alter column bytes set storage external;
call dipper_protect('import_chunks');

create table import_problems (
    org_id uuid not null,
    id bigint generated always as identity,
    import_id uuid not null,
    file_id uuid not null,
    line bigint not null,
    code text not null,
    severity text not null,
    field text,
    header text,
    value text,
    taken text,
    -- The cells of a row that was left out, as a JSON list; a text, because a cell may hold what JSON
    -- columns refuse.
    cells text,
    constraint import_problems_pkey primary key (org_id, id),
    constraint import_problems_import_id_fkey foreign key (org_id, import_id) references imports (org_id, id),
    constraint import_problems_file_id_fkey foreign key (org_id, file_id) references import_files (org_id, id),
    constraint import_problems_severity_check check (severity in ('error', 'warning', 'note'))
);
create index import_problems_import_id_idx on import_problems (org_id, import_id, id);
create index import_problems_file_id_idx on import_problems (org_id, file_id);
call dipper_protect('import_problems');

-- Work that waits or runs. Owner: jobs (cellar). Outside tenancy, as logins is: a server must find work
-- before it knows whose it is. It says which organisation and record, and nothing else.
create table job_queue (
    id uuid not null,
    organisation_id uuid not null,
    kind text not null,
    subject_id uuid not null,
    due_at timestamptz not null default now(),
    -- The process at work, and when it last said so; silent for too long, it is thought dead.
    claimed_by uuid,
    heartbeat_at timestamptz,
    attempts integer not null default 0,
    created_at timestamptz not null default now(),
    constraint job_queue_pkey primary key (id),
    constraint job_queue_subject_id_key unique (kind, subject_id)
);
create index job_queue_due_at_idx on job_queue (due_at);
-- One piece of work of a kind at a time for an organisation: two imports side by side would each make the
-- accounts that both name.
create unique index job_queue_kind_key on job_queue (organisation_id, kind) where claimed_by is not null;
