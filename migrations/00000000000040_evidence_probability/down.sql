comment on column stage_totals.loose_amount is null;
comment on column stage_totals.own_weighted is null;

-- The figures are counted without it from here on.
update deals set evidence_probability = null where evidence_probability is not null;

create or replace function dipper_deal_differences() returns trigger
language plpgsql
as $$
begin
    if tg_op = 'INSERT' then
        insert into stage_totals (org_id, stage_id, owner_id, measure, currency, deals, amount, own_weighted, loose_amount)
        select org_id, s.stage_id, owner_id, s.measure, currency, count(*), sum(coalesce(amount, 0)),
            sum(coalesce(amount * probability / 100, 0)), sum(case when probability is null then coalesce(amount, 0) else 0 end)
        from new_rows cross join lateral (values (stage_id, 'at'), (reached_stage_id, 'reached')) s (stage_id, measure)
        where archived_at is null
        group by org_id, s.stage_id, owner_id, s.measure, currency;
    else
        insert into stage_totals (org_id, stage_id, owner_id, measure, currency, deals, amount, own_weighted, loose_amount)
        select org_id, s.stage_id, owner_id, s.measure, currency, sum(sign), sum(sign * coalesce(amount, 0)),
            sum(sign * coalesce(amount * probability / 100, 0)),
            sum(sign * case when probability is null then coalesce(amount, 0) else 0 end)
        from (
            select -1 as sign, org_id, stage_id, reached_stage_id, owner_id, currency, amount, probability, archived_at from old_rows
            union all
            select 1, org_id, stage_id, reached_stage_id, owner_id, currency, amount, probability, archived_at from new_rows
        ) d
        cross join lateral (values (stage_id, 'at'), (reached_stage_id, 'reached')) s (stage_id, measure)
        where archived_at is null
        group by org_id, s.stage_id, owner_id, s.measure, currency
        having sum(sign) <> 0 or sum(sign * coalesce(amount, 0)) <> 0
            or sum(sign * coalesce(amount * probability / 100, 0)) <> 0
            or sum(sign * case when probability is null then coalesce(amount, 0) else 0 end) <> 0;
    end if;
    return null;
end
$$;

alter table deals drop column evidence_probability;
