-- What becomes of open deals of a file that lack what their stage asks. Owner room: exchange.

alter table imports
    add column unmet_criteria text not null default 'take_in',
    add constraint imports_unmet_criteria_check check (unmet_criteria in ('take_in', 'leave_out'));
