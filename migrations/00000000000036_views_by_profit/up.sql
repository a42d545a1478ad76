-- Views in the order of expected profit. Owner room: funnel.

alter table saved_views
    drop constraint saved_views_sort_check,
    add constraint saved_views_sort_check check (sort in ('hand', 'amount', 'close_date', 'age', 'profit'));
