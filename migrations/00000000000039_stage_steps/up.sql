-- The next step a stage gives the deals that come in without one. Owner room: funnel.

alter table stages
    add column next_step text not null default '',
    add column next_step_days smallint,
    add constraint stages_next_step_check check (
        length(next_step) <= 200
        and (next_step = '') = (next_step_days is null)
        and next_step_days between 0 and 365
    );
