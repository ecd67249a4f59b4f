-- What is kept, and where. Items are this suite's own picture of the catalogue's variants, drawn from events.

create table inventory.items (
  -- The variant's id in the catalogue.
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  sku text not null check (length(sku) between 1 and 100),
  title jsonb not null default '{}' check (jsonb_typeof(title) = 'object' and octet_length(title::text) <= 4096),
  base_uom text not null check (length(base_uom) between 1 and 20),
  -- Pieces and serials come whole.
  whole_units boolean not null default true,
  tracking text not null default 'none' check (tracking in ('none', 'lot', 'serial')),
  -- What its stock is valued in.
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  status text not null default 'active' check (status in ('active', 'archived')),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  check (tracking <> 'serial' or whole_units)
);
create unique index items_sku_idx on inventory.items (org_id, lower(sku)) where status = 'active';

-- Other units an item is counted in: one of them is num ÷ den of the base unit, exactly.
create table inventory.item_units (
  org_id uuid not null default suites.org_id(),
  item_id uuid not null,
  uom text not null check (length(uom) between 1 and 20),
  num bigint not null check (num > 0),
  den bigint not null default 1 check (den > 0),
  primary key (item_id, uom),
  foreign key (org_id, item_id) references inventory.items (org_id, id) on delete cascade
);

create table inventory.warehouses (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  code text not null check (length(code) between 1 and 50),
  name jsonb not null default '{}' check (jsonb_typeof(name) = 'object' and octet_length(name::text) <= 4096),
  -- Documents are numbered per branch.
  branch text not null default '' check (length(branch) <= 50),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint warehouse_code_taken unique (org_id, code)
);

create table inventory.locations (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  -- Only what is between warehouses belongs to none.
  warehouse_id uuid,
  parent_id uuid,
  kind text not null default 'internal'
    check (kind in ('internal', 'transit', 'supplier', 'customer', 'scrap', 'adjustment', 'repair')),
  code text not null check (length(code) between 1 and 50),
  name jsonb not null default '{}' check (jsonb_typeof(name) = 'object' and octet_length(name::text) <= 4096),
  -- Whether orders may be served from here.
  pickable boolean not null default true,
  -- Whether more may leave than is known to be there.
  allow_negative boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint location_code_taken unique (org_id, code),
  foreign key (org_id, warehouse_id) references inventory.warehouses (org_id, id),
  foreign key (org_id, parent_id) references inventory.locations (org_id, id),
  check ((kind = 'transit') = (warehouse_id is null)),
  check (not pickable or kind = 'internal'),
  check (parent_id <> id)
);
create index locations_warehouse_idx on inventory.locations (warehouse_id);
create index locations_parent_idx on inventory.locations (parent_id);
create unique index one_transit_location on inventory.locations (org_id) where kind = 'transit';

create table inventory.lots (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  item_id uuid not null,
  code text not null check (length(code) between 1 and 100),
  made_on date,
  -- The last day it may be handed out.
  expires_on date,
  status text not null default 'ok' check (status in ('ok', 'quarantine', 'recalled')),
  reason text check (length(reason) <= 500),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, item_id, id),
  constraint lot_code_taken unique (org_id, item_id, code),
  foreign key (org_id, item_id) references inventory.items (org_id, id),
  check (made_on <= expires_on)
);

-- What an organisation decides about its stock; no row: the defaults.
create table inventory.policies (
  org_id uuid primary key default suites.org_id(),
  -- Where "today" is.
  time_zone text not null default 'UTC' check (length(time_zone) between 1 and 64),
  -- Nothing is posted on this day or before it.
  closed_until date,
  -- Adjustments worth more than this, in minor units, want somebody who may approve them; null: none do.
  approval_limit bigint check (approval_limit >= 0),
  version integer not null default 1,
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id()
);
