-- What things cost, whom, from when on and from how many on. Amounts are minor units with up to six decimals.

create table product.price_lists (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  code text not null check (code ~ '^[^[:space:][:cntrl:]]{1,50}$'),
  title jsonb not null default '{}' check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 8192),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  includes_tax boolean not null default false,
  -- At most one of them says whom it is for; a list without is the default of its currency.
  channel text check (length(channel) between 1 and 50),
  customer_group text check (length(customer_group) between 1 and 50),
  customer_id uuid,
  valid_from timestamptz,
  valid_to timestamptz,
  priority integer not null default 0,
  status text not null default 'active' check (status in ('active', 'archived')),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint price_list_for_one check (num_nonnulls(channel, customer_group, customer_id) <= 1),
  constraint price_list_ends_before_start check (valid_to > valid_from)
);
create unique index price_list_code_taken on product.price_lists (org_id, lower(code));

create table product.prices (
  org_id uuid not null default suites.org_id(),
  list_id uuid not null,
  variant_id uuid not null,
  -- From this quantity on, up to the next (not including it).
  min_qty numeric(18,6) not null default 0 check (min_qty >= 0),
  max_qty numeric(18,6),
  unit_price numeric(20,6) not null,
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  primary key (variant_id, list_id, min_qty),
  constraint price_list_of_price foreign key (org_id, list_id) references product.price_lists (org_id, id),
  foreign key (org_id, variant_id) references product.variants (org_id, id) on delete cascade,
  constraint negative_price check (unit_price >= 0),
  constraint tier_ends_before_start check (max_qty > min_qty),
  constraint tier_overlap exclude using gist (
    variant_id extensions.gist_uuid_ops with =, list_id extensions.gist_uuid_ops with =, numrange(min_qty, max_qty) with &&
  )
);
create index prices_list_idx on product.prices (list_id, variant_id);

-- Only ever added to.
create table product.price_changes (
  id bigint generated always as identity primary key,
  org_id uuid not null,
  list_id uuid not null,
  variant_id uuid not null,
  min_qty numeric(18,6) not null,
  old_price numeric(20,6),
  new_price numeric(20,6),
  at timestamptz not null default now(),
  by uuid default suites.actor_id()
);
create index price_changes_variant_idx on product.price_changes (variant_id, id desc);

create function product.note_price() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and new.unit_price = old.unit_price and new.min_qty = old.min_qty then
    return null;
  end if;
  insert into product.price_changes (org_id, list_id, variant_id, min_qty, old_price, new_price)
  values (
    coalesce(new.org_id, old.org_id), coalesce(new.list_id, old.list_id), coalesce(new.variant_id, old.variant_id),
    coalesce(new.min_qty, old.min_qty), old.unit_price, new.unit_price
  );
  return null;
end
$$;
create trigger note_price after insert or update or delete on product.prices
  for each row execute function product.note_price();

create function product.refuse_change() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'restrict_violation', constraint = 'append_only';
end
$$;
create trigger append_only before update or delete on product.price_changes
  for each row execute function product.refuse_change();

create table product.channel_listings (
  org_id uuid not null default suites.org_id(),
  product_id uuid not null,
  channel text not null check (length(channel) between 1 and 50),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  visible boolean not null default true,
  published_at timestamptz not null default now(),
  primary key (product_id, channel),
  foreign key (org_id, product_id) references product.products (org_id, id) on delete cascade
);
