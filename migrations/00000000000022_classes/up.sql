-- What classes of accounts are computed from, and how many of each a seller should have. Owner room: accounts.

-- Yes, no, or not known. The class itself is kept nowhere: it changes as days pass.
alter table accounts add column values_it boolean;
alter table accounts add column has_plan boolean;
alter table accounts add column has_person boolean;
alter table accounts add column has_date boolean;
alter table accounts add column purchase_on date;
alter table accounts add constraint accounts_purchase_on_check check (purchase_on is null or has_date);
-- Money, authority and need, each with a note.
alter table accounts add column man jsonb not null default '{}';
create index accounts_purchase_on_idx on accounts (org_id, (coalesce(purchase_on, 'infinity'::date)), id);

-- Where an organisation's days begin and end. Owner room: identity.
alter table organisations add column time_zone text not null default 'UTC';
alter table organisations add constraint organisations_time_zone_check check (length(time_zone) between 1 and 60);

-- What an organisation says otherwise than the defaults, which are in shared/src/accounts/classes.rs.
create table class_rules (
    org_id uuid not null,
    urgent_months smallint not null,
    small_from integer not null,
    medium_from integer not null,
    large_over integer not null,
    amount_a smallint not null,
    amount_b smallint not null,
    version integer not null default 1,
    updated_at timestamptz not null default now(),
    constraint class_rules_pkey primary key (org_id),
    constraint class_rules_org_id_fkey foreign key (org_id) references organisations (id),
    constraint class_rules_urgent_months_check check (urgent_months between 1 and 24),
    constraint class_rules_amount_check check (0 < amount_a and amount_a < amount_b and amount_b <= 100),
    constraint class_rules_sizes_check check (0 < small_from and small_from < medium_from and medium_from <= large_over)
);
call dipper_protect('class_rules');

-- Limits as they were set; later ones follow, none is changed.
create table portfolio_limits (
    org_id uuid not null,
    id uuid not null,
    level text not null,
    valid_from date not null,
    limits jsonb not null,
    set_by uuid,
    created_at timestamptz not null default now(),
    constraint portfolio_limits_pkey primary key (org_id, id),
    constraint portfolio_limits_org_id_fkey foreign key (org_id) references organisations (id),
    constraint portfolio_limits_set_by_fkey foreign key (org_id, set_by) references users (org_id, id),
    constraint portfolio_limits_level_check check (level in ('junior', 'middle', 'senior'))
);
create index portfolio_limits_valid_from_idx on portfolio_limits (org_id, valid_from desc, id desc);
call dipper_protect('portfolio_limits');
