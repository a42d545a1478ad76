-- What priorities of accounts go by, what each gets, and when what they rest on was last confirmed.
-- Owner room: accounts.

-- What an organisation says otherwise than the defaults, which are in shared/src/accounts/priority.rs.
create table priority_rules (
    org_id uuid not null,
    high_from smallint not null,
    middle_from smallint not null,
    review_days smallint not null,
    plans jsonb not null,
    version integer not null default 1,
    updated_at timestamptz not null default now(),
    constraint priority_rules_pkey primary key (org_id),
    constraint priority_rules_org_id_fkey foreign key (org_id) references organisations (id),
    constraint priority_rules_points_check check (0 < middle_from and middle_from < high_from and high_from <= 6),
    constraint priority_rules_review_days_check check (review_days between 7 and 730)
);
call dipper_protect('priority_rules');

-- The last time somebody said that what a priority rests on holds, or changed it. The priority itself is
-- kept nowhere: it changes as days pass.
create table priority_confirmations (
    org_id uuid not null,
    account_id uuid not null,
    confirmed_at timestamptz not null,
    confirmed_by uuid,
    constraint priority_confirmations_pkey primary key (org_id, account_id),
    constraint priority_confirmations_account_id_fkey foreign key (org_id, account_id) references accounts (org_id, id),
    constraint priority_confirmations_confirmed_by_fkey foreign key (org_id, confirmed_by) references users (org_id, id)
);
call dipper_protect('priority_confirmations');
