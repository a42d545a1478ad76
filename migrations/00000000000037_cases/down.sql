drop index deals_closed_at_idx;
drop table deal_cases;
