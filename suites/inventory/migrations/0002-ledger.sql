-- The ledger and the balances it makes. Nobody but the triggers below moves a balance, so that both are equal however
-- a process ends: what is not in the ledger has not happened.

-- Everything posted. A mistake is corrected by a document that reverses it.
create table inventory.documents (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  kind text not null
    check (kind in ('receipt', 'issue', 'adjustment', 'dispatch', 'arrival', 'count', 'reversal')),
  branch text not null default '',
  fiscal_year integer not null,
  number bigint not null check (number > 0),
  posting_date date not null check (posting_date between '1900-01-01' and '2200-12-31'),
  source_type text check (length(source_type) <= 100),
  source_id text check (length(source_id) <= 200),
  reason text check (length(reason) <= 500),
  reverses uuid,
  posted_at timestamptz not null default now(),
  posted_by uuid default suites.actor_id(),
  unique (org_id, id),
  constraint number_taken unique (org_id, kind, branch, fiscal_year, number),
  constraint already_reversed unique (reverses),
  foreign key (org_id, reverses) references inventory.documents (org_id, id),
  check ((kind = 'reversal') = (reverses is not null))
);
create index documents_source_idx on inventory.documents (org_id, source_type, source_id) where source_id is not null;

-- The next number of each series. Its row is locked from the posting to the commit: numbers have no gaps.
create table inventory.number_series (
  org_id uuid not null default suites.org_id(),
  kind text not null,
  branch text not null default '',
  fiscal_year integer not null,
  next_number bigint not null default 1,
  primary key (org_id, kind, branch, fiscal_year)
);

-- How much of an item, or of a lot of it, is at a location. The row is the lock under which it is decided who gets it.
create table inventory.stock_levels (
  id bigint generated always as identity primary key,
  org_id uuid not null default suites.org_id(),
  item_id uuid not null,
  location_id uuid not null,
  lot_id uuid,
  on_hand numeric(18,6) not null default 0,
  -- Held by reservations that are active, overdue ones included until somebody needs what they hold.
  reserved numeric(18,6) not null default 0 check (reserved >= 0),
  -- Promised, and not there.
  backordered numeric(18,6) not null default 0 check (backordered >= 0),
  -- Minor units.
  value bigint not null default 0,
  -- Of the last receipt, in minor units; what more than everything is valued at when it leaves.
  last_cost numeric(20,6) not null default 0,
  -- The location's word.
  allow_negative boolean not null default false,
  -- The lot is in quarantine or recalled.
  blocked boolean not null default false,
  unique (org_id, id),
  constraint one_level_per_place unique nulls not distinct (item_id, location_id, lot_id),
  foreign key (org_id, item_id) references inventory.items (org_id, id),
  foreign key (org_id, location_id) references inventory.locations (org_id, id),
  foreign key (org_id, item_id, lot_id) references inventory.lots (org_id, item_id, id),
  constraint nothing_oversold check (allow_negative or on_hand - reserved >= 0),
  constraint nothing_is_worth_nothing check (on_hand <> 0 or value = 0)
);
create index stock_levels_location_idx on inventory.stock_levels (location_id);
create index stock_levels_lot_idx on inventory.stock_levels (lot_id) where lot_id is not null;

create table inventory.serials (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  item_id uuid not null,
  code text not null check (length(code) between 1 and 100),
  status text not null default 'in_stock' check (status in ('in_stock', 'sold', 'in_repair', 'returned', 'scrapped')),
  -- Where it is; null: it has left.
  level_id bigint,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (org_id, id),
  constraint serial_code_taken unique (org_id, item_id, code),
  foreign key (org_id, item_id) references inventory.items (org_id, id),
  foreign key (org_id, level_id) references inventory.stock_levels (org_id, id)
);
create index serials_level_idx on inventory.serials (level_id) where level_id is not null;

create table inventory.stock_ledger (
  seq bigint generated always as identity primary key,
  org_id uuid not null default suites.org_id(),
  level_id bigint not null,
  serial_id uuid,
  document_id uuid not null,
  line_no integer not null check (line_no >= 0),
  -- Base units.
  qty_delta numeric(18,6) not null,
  -- As somebody entered it.
  uom_entered text,
  qty_entered numeric(18,6),
  -- Minor units for one base unit.
  unit_cost numeric(20,6) not null,
  value_delta bigint not null,
  -- Of value_delta, what is no cost of these goods: the price of having sold before buying.
  variance bigint not null default 0,
  posting_date date not null,
  recorded_at timestamptz not null default now(),
  reverses bigint,
  constraint already_reversed_entry unique (reverses),
  foreign key (org_id, level_id) references inventory.stock_levels (org_id, id),
  foreign key (org_id, serial_id) references inventory.serials (org_id, id),
  foreign key (org_id, document_id) references inventory.documents (org_id, id),
  foreign key (reverses) references inventory.stock_ledger (seq),
  check (qty_delta <> 0 or value_delta <> 0),
  check (serial_id is null or abs(qty_delta) = 1)
);
create index stock_ledger_level_idx on inventory.stock_ledger (level_id, seq);
create index stock_ledger_date_idx on inventory.stock_ledger (level_id, posting_date);
create index stock_ledger_document_idx on inventory.stock_ledger (document_id);
create index stock_ledger_serial_idx on inventory.stock_ledger (serial_id) where serial_id is not null;

create function inventory.refuse_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'inventory.% is append-only; post a reversal', tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
create trigger append_only before update or delete or truncate on inventory.stock_ledger
  for each statement execute function inventory.refuse_change();
create trigger append_only before update or delete or truncate on inventory.documents
  for each statement execute function inventory.refuse_change();

-- A level has what its item is tracked by, and its location's word about going negative.
create function inventory.begin_level() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  tracked_by text;
begin
  select i.tracking into tracked_by from inventory.items i where i.id = new.item_id and i.org_id = new.org_id;
  if (tracked_by = 'lot') <> (new.lot_id is not null) then
    raise exception 'An item tracked by % and a level with lot % do not fit', tracked_by, new.lot_id
      using errcode = 'check_violation', constraint = 'lot_as_tracked';
  end if;
  select l.allow_negative into new.allow_negative from inventory.locations l where l.id = new.location_id;
  new.blocked := exists (select from inventory.lots t where t.id = new.lot_id and t.status <> 'ok');
  -- A level begins empty, whatever is asked.
  new.on_hand := 0; new.reserved := 0; new.backordered := 0; new.value := 0; new.last_cost := 0;
  return new;
end $$;
create trigger begin_level before insert on inventory.stock_levels
  for each row execute function inventory.begin_level();

-- The only way a balance changes.
create function inventory.move_balances() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update inventory.stock_levels l
  set on_hand = l.on_hand + m.quantity, value = l.value + m.value, last_cost = coalesce(m.cost, l.last_cost)
  from (
    select level_id, sum(qty_delta) as quantity, sum(value_delta) as value,
      (array_agg(unit_cost order by seq desc) filter (where qty_delta > 0))[1] as cost
    from moved group by level_id
  ) m
  where l.id = m.level_id;
  return null;
end $$;
create trigger move_balances after insert on inventory.stock_ledger
  referencing new table as moved for each statement execute function inventory.move_balances();

-- A serial is in one place or none: it enters when it is nowhere and leaves from where it is.
create function inventory.move_serial() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  tracked_by text;
begin
  select i.tracking into tracked_by
  from inventory.stock_levels l join inventory.items i on i.id = l.item_id where l.id = new.level_id;
  if (tracked_by = 'serial' and new.qty_delta <> 0) <> (new.serial_id is not null) then
    raise exception 'An item tracked by % moves %', tracked_by, coalesce(new.serial_id::text, 'without a serial')
      using errcode = 'check_violation', constraint = 'serial_as_tracked';
  end if;
  if new.serial_id is null then
    return null;
  end if;
  update inventory.serials s
  set level_id = case when new.qty_delta > 0 then new.level_id end, updated_at = now()
  where s.id = new.serial_id and s.item_id = (select l.item_id from inventory.stock_levels l where l.id = new.level_id)
    and s.level_id is not distinct from case when new.qty_delta < 0 then new.level_id end;
  if not found then
    raise exception 'Serial % is not where it would have to be', new.serial_id
      using errcode = 'check_violation', constraint = 'serial_elsewhere';
  end if;
  return null;
end $$;
create trigger move_serial after insert on inventory.stock_ledger
  for each row execute function inventory.move_serial();

-- What stock is counted in stays as it is once there was any.
create function inventory.freeze_item() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (
    select from inventory.stock_ledger e join inventory.stock_levels l on l.id = e.level_id where l.item_id = new.id
  ) then
    raise exception 'Item % has moved: its base unit, tracking and currency stay', new.id
      using errcode = 'check_violation', constraint = 'frozen_field';
  end if;
  return new;
end $$;
create trigger freeze_item before update on inventory.items for each row
  when ((old.base_uom, old.tracking, old.currency, old.whole_units) is distinct from
    (new.base_uom, new.tracking, new.currency, new.whole_units))
  execute function inventory.freeze_item();

-- Whoever waits for a level learns with its lock whether the lot or location was changed meanwhile.
create function inventory.tell_levels_of_lot() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update inventory.stock_levels set blocked = (new.status <> 'ok') where lot_id = new.id;
  return null;
end $$;
create trigger tell_levels after update of status on inventory.lots
  for each row execute function inventory.tell_levels_of_lot();
