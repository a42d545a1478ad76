-- What customers object, and how it was answered. Owner room: funnel.

create table objections (
    org_id uuid not null,
    id uuid not null,
    deal_id uuid not null,
    class text not null,
    said text not null,
    -- Who said it.
    contact_id uuid,
    -- Which of the four moves were made, each with a note.
    moves jsonb not null default '{}',
    logged_by uuid,
    created_at timestamptz not null default now(),
    settled_at timestamptz,
    -- What was withdrawn counts no more and stays readable.
    withdrawn_at timestamptz,
    constraint objections_pkey primary key (org_id, id),
    constraint objections_deal_id_fkey foreign key (org_id, deal_id) references deals (org_id, id),
    constraint objections_contact_id_fkey foreign key (org_id, contact_id) references contacts (org_id, id),
    constraint objections_logged_by_fkey foreign key (org_id, logged_by) references users (org_id, id),
    constraint objections_class_check check (class in ('quality', 'price', 'after_sales', 'other')),
    constraint objections_said_check check (length(said) between 1 and 1000)
);
create index objections_deal_id_idx on objections (org_id, deal_id, id);
create index objections_open_idx on objections (org_id, deal_id) where settled_at is null and withdrawn_at is null;
call dipper_protect('objections');
