-- The board as somebody wants to see it again. Owner room: funnel.

create table saved_views (
    org_id uuid not null,
    id uuid not null,
    -- Who made it; without a team it is theirs alone.
    owner_id uuid not null,
    -- The team it is shared with.
    team_id uuid,
    funnel_id uuid not null,
    name text not null,
    kind text not null,
    -- A board's filter; the day of overdue_on is read as today.
    filter jsonb not null,
    group_by text not null,
    sort text not null,
    position integer not null,
    version integer not null default 1,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint saved_views_pkey primary key (org_id, id),
    constraint saved_views_owner_id_fkey foreign key (org_id, owner_id) references users (org_id, id),
    constraint saved_views_team_id_fkey foreign key (org_id, team_id) references teams (org_id, id),
    constraint saved_views_funnel_id_fkey foreign key (org_id, funnel_id) references funnels (org_id, id),
    constraint saved_views_name_check check (length(name) between 1 and 60),
    constraint saved_views_kind_check check (kind in ('board', 'list', 'funnel')),
    constraint saved_views_group_by_check check (group_by in ('stage', 'owner', 'close_month', 'tier', 'account')),
    constraint saved_views_sort_check check (sort in ('hand', 'amount', 'close_date', 'age'))
);
-- The name of a view that was put away is free again.
create unique index saved_views_own_name_key on saved_views (org_id, funnel_id, owner_id, name)
    where team_id is null and archived_at is null;
create unique index saved_views_team_name_key on saved_views (org_id, funnel_id, team_id, name)
    where team_id is not null and archived_at is null;
create index saved_views_owner_id_idx on saved_views (org_id, owner_id, position, id);
create index saved_views_team_id_idx on saved_views (org_id, team_id, position, id);
call dipper_protect('saved_views');
