-- What accounts are screened by, and the answers given for each (GATE-23). Owner room: accounts.

-- The set an organisation wrote; without one the set in shared/src/accounts/screening/usual.rs holds.
create table screening_rules (
    org_id uuid not null,
    criteria jsonb not null,
    pass_share smallint not null,
    review_days smallint not null,
    version integer not null,
    criteria_version integer not null,
    updated_at timestamptz not null default now(),
    constraint screening_rules_pkey primary key (org_id),
    constraint screening_rules_org_id_fkey foreign key (org_id) references organisations (id),
    constraint screening_rules_pass_share_check check (pass_share between 1 and 100),
    constraint screening_rules_review_days_check check (review_days between 7 and 730),
    constraint screening_rules_versions_check check (0 < criteria_version and criteria_version <= version)
);
call dipper_protect('screening_rules');

-- What was answered for an account, by whom, and when somebody last looked at it by which version of the
-- set. The verdict is kept nowhere: it changes with the account, its people, its deals and the days.
create table screening_sheets (
    org_id uuid not null,
    account_id uuid not null,
    answers jsonb not null,
    looked_at timestamptz not null,
    looked_by uuid,
    rules_version integer not null,
    constraint screening_sheets_pkey primary key (org_id, account_id),
    constraint screening_sheets_account_id_fkey foreign key (org_id, account_id) references accounts (org_id, id),
    constraint screening_sheets_looked_by_fkey foreign key (org_id, looked_by) references users (org_id, id)
);
call dipper_protect('screening_sheets');
