-- What is found by the search box. Owner: search (cellar), written by the rooms through `search::index`.

-- The names as they are indexed, so that a changed name takes its old grams along.
-- kind: 1 account, 2 contact, 3 deal.
create table search_names (
    org_id uuid not null,
    subject_id uuid not null,
    kind smallint not null,
    name text not null,
    constraint search_names_pkey primary key (org_id, subject_id, kind),
    constraint search_names_kind_check check (kind in (1, 2, 3))
);
call dipper_protect('search_names');

-- The beginnings by which a name is found: a letter for the sort of beginning, then its text. Looked up
-- by equality and ranges of (org_id, gram) alone, which stay on the index under row-level security;
-- pattern and array operators would not.
create table search_grams (
    org_id uuid not null,
    subject_id uuid not null,
    kind smallint not null,
    gram text collate "C" not null,
    constraint search_grams_pkey primary key (org_id, gram, kind, subject_id)
);
call dipper_protect('search_grams');
