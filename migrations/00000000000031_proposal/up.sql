-- The proposal on a deal: its points, and whom each serves or goes against. Owner room: funnel.

create table proposal_points (
    org_id uuid not null,
    id uuid not null,
    deal_id uuid not null,
    -- The order among the points of the deal; who orders them writes all of them.
    place smallint not null,
    feature text not null,
    advantage text not null,
    benefit text not null,
    created_at timestamptz not null default now(),
    constraint proposal_points_pkey primary key (org_id, id),
    constraint proposal_points_deal_id_fkey foreign key (org_id, deal_id) references deals (org_id, id),
    constraint proposal_points_feature_check check (length(feature) between 1 and 500),
    constraint proposal_points_advantage_check check (length(advantage) between 1 and 500),
    constraint proposal_points_benefit_check check (length(benefit) between 1 and 500)
);
create index proposal_points_deal_id_idx on proposal_points (org_id, deal_id, place);
call dipper_protect('proposal_points');

create table proposal_stakes (
    org_id uuid not null,
    point_id uuid not null,
    contact_id uuid not null,
    -- Whether the point goes against the person rather than serving them.
    is_harm boolean not null,
    constraint proposal_stakes_pkey primary key (org_id, point_id, contact_id),
    constraint proposal_stakes_point_id_fkey foreign key (org_id, point_id)
        references proposal_points (org_id, id) on delete cascade,
    constraint proposal_stakes_contact_id_fkey foreign key (org_id, contact_id) references contacts (org_id, id)
);
call dipper_protect('proposal_stakes');
