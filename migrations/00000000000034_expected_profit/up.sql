-- What a deal should bring, in the currency of its amount. Owner room: funnel.

alter table deals
    add column expected_profit numeric(17, 4),
    add constraint deals_expected_profit_range_check check (expected_profit between -1000000000000 and 1000000000000),
    -- A profit without an amount would have no currency.
    add constraint deals_expected_profit_check check (expected_profit is null or amount is not null);
-- What is not known comes after the greatest loss.
create index deals_expected_profit_idx on deals (org_id, (coalesce(expected_profit, -1000000000001)), id);
-- What is open in a funnel by its profit: the view of profit by stage cuts its bands there.
create index deals_funnel_profit_idx on deals (org_id, funnel_id, currency, expected_profit)
where status = 'open' and archived_at is null;
