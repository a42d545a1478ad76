-- Whether little is to be spent on a deal, the five tests of its stage having fallen short (GATE-21); kept by
-- the server. Owner room: funnel.

alter table deals
    add column is_low_investment boolean not null default false;

create index deals_is_low_investment_idx on deals (org_id, stage_id)
    where is_low_investment and archived_at is null;

-- Deals whose tests were answered before are weighed right away and not with the next day.
update job_queue set due_at = now() where kind = 'weigh_organisation' and claimed_by is null;
