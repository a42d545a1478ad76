-- What was learnt from won and lost deals. Owner room: funnel.

-- The words of one closing; how it ended, why and for how much is the deal's own.
create table deal_cases (
    org_id uuid not null,
    deal_id uuid not null,
    worked text not null,
    failed text not null,
    lesson text not null,
    -- Tidied by the application: small letters, none twice.
    tags text[] not null default '{}',
    -- Who wrote it as it stands.
    author_id uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint deal_cases_pkey primary key (org_id, deal_id),
    constraint deal_cases_deal_id_fkey foreign key (org_id, deal_id) references deals (org_id, id),
    constraint deal_cases_author_id_fkey foreign key (org_id, author_id) references users (org_id, id),
    constraint deal_cases_worked_check check (length(worked) <= 2000),
    constraint deal_cases_failed_check check (length(failed) <= 2000),
    constraint deal_cases_lesson_check check (length(lesson) between 1 and 500),
    constraint deal_cases_tags_check check (cardinality(tags) <= 8)
);
call dipper_protect('deal_cases');

-- Closed deals by when they were closed: the library, what waits for a case, and what closings say together.
-- Some imported history does not know when; it comes last.
create index deals_closed_at_idx on deals (org_id, (coalesce(closed_at, 'epoch'::timestamptz)), id)
where status <> 'open' and archived_at is null;
