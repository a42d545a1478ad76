-- Whom do we sell to. Owner room: accounts.

create table accounts (
    org_id uuid not null,
    id uuid not null,
    name text not null,
    kind text not null,
    industry text,
    nature text,
    size text,
    employees integer,
    region text,
    address text,
    website text,
    phones text[] not null default '{}',
    parent_id uuid,
    owner_id uuid,
    source text,
    tier text,
    tags text[] not null default '{}',
    version integer not null default 1,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint accounts_pkey primary key (org_id, id),
    constraint accounts_org_id_fkey foreign key (org_id) references organisations (id),
    constraint accounts_parent_id_fkey foreign key (org_id, parent_id) references accounts (org_id, id),
    constraint accounts_owner_id_fkey foreign key (org_id, owner_id) references users (org_id, id),
    constraint accounts_name_check check (length(name) between 1 and 200),
    constraint accounts_kind_check check (kind in ('company', 'person')),
    constraint accounts_size_check check (size in ('micro', 'small', 'medium', 'large')),
    constraint accounts_tier_check check (tier in ('A', 'B', 'C')),
    constraint accounts_employees_check check (employees between 0 and 10000000)
);
create index accounts_name_idx on accounts (org_id, name collate "zh-x-icu", id);
create index accounts_owner_id_idx on accounts (org_id, owner_id);
create index accounts_parent_id_idx on accounts (org_id, parent_id) where parent_id is not null;
create index accounts_created_at_idx on accounts (org_id, created_at, id);
create index accounts_updated_at_idx on accounts (org_id, updated_at, id);
create index accounts_industry_idx on accounts (org_id, industry);
call dipper_protect('accounts');

create table contacts (
    org_id uuid not null,
    id uuid not null,
    account_id uuid not null,
    name text not null,
    title text,
    department text,
    level text,
    phones text[] not null default '{}',
    mail text,
    wechat text,
    version integer not null default 1,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint contacts_pkey primary key (org_id, id),
    constraint contacts_account_id_fkey foreign key (org_id, account_id) references accounts (org_id, id),
    constraint contacts_name_check check (length(name) between 1 and 100),
    constraint contacts_level_check check (level in ('operating', 'managing', 'deciding'))
);
create index contacts_account_id_idx on contacts (org_id, account_id);
create index contacts_name_idx on contacts (org_id, name collate "zh-x-icu", id);
create index contacts_created_at_idx on contacts (org_id, created_at, id);
create index contacts_updated_at_idx on contacts (org_id, updated_at, id);
call dipper_protect('contacts');
