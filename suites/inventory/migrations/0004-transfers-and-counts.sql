-- Stock on its way, and stock that is looked at. What they move is in the ledger; these rows say how far they got.

create table inventory.transfers (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  from_location_id uuid not null,
  to_location_id uuid not null,
  state text not null default 'draft' check (state in ('draft', 'in_transit', 'received', 'cancelled')),
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  updated_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint same_location check (from_location_id <> to_location_id),
  foreign key (org_id, from_location_id) references inventory.locations (org_id, id),
  foreign key (org_id, to_location_id) references inventory.locations (org_id, id)
);
create index transfers_state_idx on inventory.transfers (org_id, state, id);

create table inventory.transfer_lines (
  transfer_id uuid not null,
  org_id uuid not null default suites.org_id(),
  line_no integer not null,
  item_id uuid not null,
  lot_id uuid,
  serial_id uuid,
  qty numeric(18,6) not null check (qty > 0),
  -- Still on its way, and what that is worth: a transfer keeps its own cost, whatever else is in transit.
  transit_qty numeric(18,6) not null default 0 check (transit_qty between 0 and qty),
  transit_value bigint not null default 0,
  primary key (transfer_id, line_no),
  foreign key (org_id, transfer_id) references inventory.transfers (org_id, id),
  foreign key (org_id, item_id) references inventory.items (org_id, id),
  foreign key (org_id, item_id, lot_id) references inventory.lots (org_id, item_id, id),
  foreign key (org_id, serial_id) references inventory.serials (org_id, id),
  check (transit_qty <> 0 or transit_value = 0)
);

create table inventory.counts (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  location_id uuid not null,
  -- Whoever counts does not see what is expected.
  blind boolean not null default true,
  state text not null default 'open' check (state in ('open', 'review', 'approved', 'cancelled')),
  -- The last entry of the ledger when it began.
  snapshot_seq bigint not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  submitted_by uuid,
  approved_by uuid,
  updated_at timestamptz not null default now(),
  unique (org_id, id),
  foreign key (org_id, location_id) references inventory.locations (org_id, id)
);
create unique index count_open_elsewhere on inventory.counts (location_id) where state in ('open', 'review');

create table inventory.count_lines (
  count_id uuid not null,
  org_id uuid not null default suites.org_id(),
  item_id uuid not null,
  lot_id uuid,
  -- On hand when the count began; 0 for what nobody expected there.
  snapshot_qty numeric(18,6) not null default 0,
  counted numeric(18,6) check (counted >= 0),
  -- On hand when it was counted: the snapshot and all movements since.
  expected numeric(18,6),
  constraint one_line_per_lot unique nulls not distinct (count_id, item_id, lot_id),
  foreign key (org_id, count_id) references inventory.counts (org_id, id),
  foreign key (org_id, item_id) references inventory.items (org_id, id),
  foreign key (org_id, item_id, lot_id) references inventory.lots (org_id, item_id, id),
  check ((counted is null) = (expected is null))
);
