-- What we sell. Owner room: revenue.

create table products (
    org_id uuid not null,
    id uuid not null,
    name text not null,
    line text,
    list_price numeric(16, 4),
    currency text collate "C",
    version integer not null default 1,
    archived_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint products_pkey primary key (org_id, id),
    constraint products_name_key unique (org_id, name),
    constraint products_org_id_fkey foreign key (org_id) references organisations (id),
    constraint products_name_check check (length(name) between 1 and 200),
    constraint products_list_price_check check (list_price >= 0),
    constraint products_currency_check check ((list_price is null) = (currency is null))
);
create index products_name_idx on products (org_id, name collate "zh-x-icu", id);
create index products_created_at_idx on products (org_id, created_at, id);
create index products_updated_at_idx on products (org_id, updated_at, id);
call dipper_protect('products');
