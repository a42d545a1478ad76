-- How much attention the customers of a stage get. Owner room: funnel.

alter table stages
    add column attention text,
    add constraint stages_attention_check check (attention in ('high', 'normal', 'low'));
