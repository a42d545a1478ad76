-- How strong the five elements of a purchase are, beside the five tests (SIX-01). Owner room: funnel.
alter table deal_tests add column elements jsonb not null default '{}';
alter table deal_tests alter column answers set default '{}';
