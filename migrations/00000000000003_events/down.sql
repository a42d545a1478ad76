drop table external_ids;
drop table idempotency_keys;
drop table events;
