-- The house: what every table of a tenant stands on. Owner: db (cellar).

-- Puts a table behind row-level security: rows of the organisation named by `app.org_id` in this
-- transaction, and none without it. The predicate stays on the bare typed column, so indexes that
-- begin with org_id keep working.
create procedure dipper_protect(target regclass, org_column text default 'org_id')
language plpgsql
as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy tenant on %s using (%I = nullif(current_setting(''app.org_id'', true), '''')::uuid)'
        ' with check (%I = nullif(current_setting(''app.org_id'', true), '''')::uuid)',
        target, org_column, org_column
    );
end
$$;
