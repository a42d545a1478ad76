-- The probability of a deal by the evidence, kept by the server beside the seller's own. Owner room: funnel.

alter table deals
    add column evidence_probability smallint,
    add constraint deals_evidence_probability_check check (evidence_probability between 0 and 100);

-- As before, with the probability by the evidence where the seller says none.
create or replace function dipper_deal_differences() returns trigger
language plpgsql
as $$
begin
    if tg_op = 'INSERT' then
        insert into stage_totals (org_id, stage_id, owner_id, measure, currency, deals, amount, own_weighted, loose_amount)
        select org_id, s.stage_id, owner_id, s.measure, currency, count(*), sum(coalesce(amount, 0)),
            sum(coalesce(amount * coalesce(probability, evidence_probability) / 100, 0)),
            sum(case when coalesce(probability, evidence_probability) is null then coalesce(amount, 0) else 0 end)
        from new_rows cross join lateral (values (stage_id, 'at'), (reached_stage_id, 'reached')) s (stage_id, measure)
        where archived_at is null
        group by org_id, s.stage_id, owner_id, s.measure, currency;
    else
        insert into stage_totals (org_id, stage_id, owner_id, measure, currency, deals, amount, own_weighted, loose_amount)
        select org_id, s.stage_id, owner_id, s.measure, currency, sum(sign), sum(sign * coalesce(amount, 0)),
            sum(sign * coalesce(amount * known / 100, 0)),
            sum(sign * case when known is null then coalesce(amount, 0) else 0 end)
        from (
            select -1 as sign, org_id, stage_id, reached_stage_id, owner_id, currency, amount,
                coalesce(probability, evidence_probability) as known, archived_at from old_rows
            union all
            select 1, org_id, stage_id, reached_stage_id, owner_id, currency, amount,
                coalesce(probability, evidence_probability), archived_at from new_rows
        ) d
        cross join lateral (values (stage_id, 'at'), (reached_stage_id, 'reached')) s (stage_id, measure)
        where archived_at is null
        group by org_id, s.stage_id, owner_id, s.measure, currency
        having sum(sign) <> 0 or sum(sign * coalesce(amount, 0)) <> 0
            or sum(sign * coalesce(amount * known / 100, 0)) <> 0
            or sum(sign * case when known is null then coalesce(amount, 0) else 0 end) <> 0;
    end if;
    return null;
end
$$;

comment on column stage_totals.own_weighted is
    'sum of amount × the deal''s own probability, or that by the evidence, / 100';
comment on column stage_totals.loose_amount is
    'sum of the amounts of deals with neither; the stage''s probability applies';
