drop index deals_stage_entered_at_idx;
drop index deals_next_step_order_idx;
