-- How do we sell. Owner room: funnel.

create table funnels (
    org_id uuid not null,
    id uuid not null,
    name text not null,
    version integer not null default 1,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint funnels_pkey primary key (org_id, id),
    constraint funnels_name_key unique (org_id, name),
    constraint funnels_org_id_fkey foreign key (org_id) references organisations (id),
    constraint funnels_name_check check (length(name) between 1 and 100)
);
call dipper_protect('funnels');

create table stages (
    org_id uuid not null,
    id uuid not null,
    funnel_id uuid not null,
    position integer not null,
    name text not null,
    kind text not null,
    probability smallint not null,
    probability_high smallint,
    definition text not null default '',
    goal text not null default '',
    entry_text text not null default '',
    exit_text text not null default '',
    rot_days smallint,
    colour text not null,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint stages_pkey primary key (org_id, id),
    constraint stages_funnel_id_fkey foreign key (org_id, funnel_id) references funnels (org_id, id),
    constraint stages_kind_check check (kind in ('open', 'won', 'lost')),
    constraint stages_probability_check check (probability between 0 and 100),
    constraint stages_probability_high_check check (probability_high between probability and 100),
    constraint stages_rot_days_check check (rot_days between 1 and 3650),
    constraint stages_name_check check (length(name) between 1 and 60)
);
create index stages_funnel_id_idx on stages (org_id, funnel_id, position);
call dipper_protect('stages');

create table deals (
    org_id uuid not null,
    id uuid not null,
    title text not null,
    account_id uuid,
    funnel_id uuid not null,
    stage_id uuid not null,
    -- The furthest stage on the way to winning it ever reached: what conversion counts.
    reached_stage_id uuid not null,
    -- The kind of its stage, kept here for indexes.
    status text not null,
    rank text collate "C" not null,
    amount numeric(16, 4),
    currency text collate "C",
    probability smallint,
    expected_close_on date,
    next_step text,
    next_step_on date,
    owner_id uuid,
    loss_reason text,
    loss_note text,
    stage_entered_at timestamptz not null default now(),
    closed_at timestamptz,
    version integer not null default 1,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint deals_pkey primary key (org_id, id),
    constraint deals_account_id_fkey foreign key (org_id, account_id) references accounts (org_id, id),
    constraint deals_funnel_id_fkey foreign key (org_id, funnel_id) references funnels (org_id, id),
    constraint deals_stage_id_fkey foreign key (org_id, stage_id) references stages (org_id, id),
    constraint deals_reached_stage_id_fkey foreign key (org_id, reached_stage_id) references stages (org_id, id),
    constraint deals_owner_id_fkey foreign key (org_id, owner_id) references users (org_id, id),
    -- Checked at the end of a statement, so that a column can be spread anew in one update.
    constraint deals_rank_key unique (org_id, stage_id, rank) deferrable initially immediate,
    constraint deals_title_check check (length(title) between 1 and 200),
    constraint deals_status_check check (status in ('open', 'won', 'lost')),
    constraint deals_rank_check check (length(rank) between 8 and 32),
    constraint deals_amount_check check (amount between 0 and 1000000000000),
    constraint deals_currency_check check ((amount is null) = (currency is null)),
    constraint deals_probability_check check (probability between 0 and 100),
    constraint deals_loss_reason_check check (status <> 'lost' or loss_reason is not null)
);
create index deals_account_id_idx on deals (org_id, account_id) where account_id is not null;
create index deals_owner_id_idx on deals (org_id, owner_id, stage_id, rank);
create index deals_created_at_idx on deals (org_id, created_at, id);
create index deals_updated_at_idx on deals (org_id, updated_at, id);
create index deals_title_idx on deals (org_id, title collate "zh-x-icu", id);
create index deals_amount_idx on deals (org_id, (coalesce(amount, -1)), id);
create index deals_expected_close_on_idx on deals (org_id, (coalesce(expected_close_on, 'infinity'::date)), id);
create index deals_next_step_on_idx on deals (org_id, next_step_on) where status = 'open' and archived_at is null;
call dipper_protect('deals');

create table deal_lines (
    org_id uuid not null,
    deal_id uuid not null,
    position integer not null,
    product_id uuid not null,
    quantity numeric(14, 4) not null,
    unit_price numeric(16, 4),
    constraint deal_lines_pkey primary key (org_id, deal_id, position),
    constraint deal_lines_deal_id_fkey foreign key (org_id, deal_id) references deals (org_id, id),
    constraint deal_lines_product_id_fkey foreign key (org_id, product_id) references products (org_id, id),
    constraint deal_lines_quantity_check check (quantity >= 0),
    constraint deal_lines_unit_price_check check (unit_price >= 0)
);
create index deal_lines_product_id_idx on deal_lines (org_id, product_id);
call dipper_protect('deal_lines');

-- The figures of columns, kept as a log of differences: every write of deals adds its differences in
-- the same transaction, a reader sums the few rows there are, and a job folds them together now and
-- then. Nobody waits for anybody's counter, and the sums are right at every commit.
create table stage_totals (
    org_id uuid not null,
    id bigint generated always as identity,
    stage_id uuid not null,
    owner_id uuid,
    -- 'at': deals in the stage now; 'reached': deals whose furthest stage it is.
    measure text not null,
    currency text collate "C",
    deals bigint not null,
    amount numeric not null,
    -- Sum of amount × the deal's own probability / 100.
    own_weighted numeric not null,
    -- Sum of the amounts of deals without a probability of their own; the stage's applies.
    loose_amount numeric not null,
    constraint stage_totals_pkey primary key (org_id, id),
    constraint stage_totals_measure_check check (measure in ('at', 'reached'))
);
create index stage_totals_stage_id_idx on stage_totals (org_id, stage_id);
call dipper_protect('stage_totals');

create function dipper_deal_differences() returns trigger
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

create trigger deals_totals_insert after insert on deals
referencing new table as new_rows
for each statement execute function dipper_deal_differences();

create trigger deals_totals_update after update on deals
referencing old table as old_rows new table as new_rows
for each statement execute function dipper_deal_differences();
