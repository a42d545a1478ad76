-- Who are we. Owner room: identity.

create table organisations (
    id uuid not null,
    name text not null,
    currency text collate "C" not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint organisations_pkey primary key (id),
    constraint organisations_name_check check (length(name) between 1 and 200),
    constraint organisations_currency_check check (currency ~ '^[A-Z]{3}$')
);
call dipper_protect('organisations', 'id');

create table teams (
    org_id uuid not null,
    id uuid not null,
    name text not null,
    parent_id uuid,
    version integer not null default 1,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint teams_pkey primary key (org_id, id),
    constraint teams_org_id_fkey foreign key (org_id) references organisations (id),
    constraint teams_parent_id_fkey foreign key (org_id, parent_id) references teams (org_id, id),
    constraint teams_name_check check (length(name) between 1 and 100)
);
-- The name of an archived team is free again.
create unique index teams_name_key on teams (org_id, name) where archived_at is null;
create index teams_name_idx on teams (org_id, name collate "zh-x-icu", id);
create index teams_parent_id_idx on teams (org_id, parent_id);
call dipper_protect('teams');

create table users (
    org_id uuid not null,
    id uuid not null,
    name text not null,
    email text,
    password_hash text,
    role text not null,
    level text not null,
    team_id uuid,
    state text not null,
    locale text not null,
    -- Counts up when rights end: tokens of an older epoch are refused.
    epoch integer not null default 1,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint users_pkey primary key (org_id, id),
    constraint users_email_key unique (org_id, email),
    constraint users_org_id_fkey foreign key (org_id) references organisations (id),
    constraint users_team_id_fkey foreign key (org_id, team_id) references teams (org_id, id),
    constraint users_name_check check (length(name) between 1 and 100),
    constraint users_role_check check (role in ('rep', 'manager', 'executive', 'administrator')),
    constraint users_level_check check (level in ('junior', 'middle', 'senior')),
    constraint users_state_check check (state in ('active', 'named', 'disabled')),
    constraint users_sign_in_check check (state <> 'active' or (email is not null and password_hash is not null))
);
create index users_team_id_idx on users (org_id, team_id);
create index users_name_idx on users (org_id, name collate "zh-x-icu", id);
call dipper_protect('users');

-- The one table outside tenancy: signing in must find the organisation an e-mail belongs to.
-- It holds nothing else, and only identity reads it.
create table logins (
    email text not null,
    organisation_id uuid not null,
    user_id uuid not null,
    constraint logins_pkey primary key (email),
    constraint logins_user_id_fkey foreign key (organisation_id, user_id) references users (org_id, id)
);

create table sessions (
    org_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    kind text not null,
    -- How often the refresh token was rotated; the token carries the number it is good for.
    rotation integer not null default 1,
    rotated_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    created_at timestamptz not null default now(),
    constraint sessions_pkey primary key (org_id, id),
    constraint sessions_user_id_fkey foreign key (org_id, user_id) references users (org_id, id),
    constraint sessions_kind_check check (kind in ('browser', 'tool'))
);
create index sessions_user_id_idx on sessions (org_id, user_id);
call dipper_protect('sessions');

create table invitations (
    org_id uuid not null,
    id uuid not null,
    email text not null,
    name text not null,
    role text not null,
    level text not null,
    team_id uuid,
    -- The seller known by name only who becomes this person.
    user_id uuid,
    token_hash bytea not null,
    invited_by uuid not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    withdrawn_at timestamptz,
    created_at timestamptz not null default now(),
    constraint invitations_pkey primary key (org_id, id),
    constraint invitations_token_hash_key unique (org_id, token_hash),
    constraint invitations_team_id_fkey foreign key (org_id, team_id) references teams (org_id, id),
    constraint invitations_user_id_fkey foreign key (org_id, user_id) references users (org_id, id),
    constraint invitations_invited_by_fkey foreign key (org_id, invited_by) references users (org_id, id),
    constraint invitations_role_check check (role in ('rep', 'manager', 'executive', 'administrator')),
    constraint invitations_level_check check (level in ('junior', 'middle', 'senior'))
);
call dipper_protect('invitations');
