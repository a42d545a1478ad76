-- Lists of deals by next step and by time in the stage. Owner room: funnel.

create index deals_next_step_order_idx on deals (org_id, (coalesce(next_step_on, 'infinity'::date)), id);
create index deals_stage_entered_at_idx on deals (org_id, stage_entered_at, id);
