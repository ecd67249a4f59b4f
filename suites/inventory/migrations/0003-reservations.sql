-- Stock held for somebody. All reservations made by one command are one hold.

create table inventory.reservations (
  id uuid primary key,
  org_id uuid not null default suites.org_id(),
  hold_id uuid not null,
  line_no integer not null check (line_no >= 0),
  level_id bigint not null,
  -- For whom: `order`, and its id.
  source_type text not null check (length(source_type) between 1 and 100),
  source_id text not null check (length(source_id) between 1 and 200),
  qty numeric(18,6) not null check (qty > 0),
  consumed numeric(18,6) not null default 0 check (consumed >= 0),
  -- Of qty, what is promised and not there yet.
  backordered numeric(18,6) not null default 0 check (backordered >= 0),
  state text not null default 'active' check (state in ('active', 'consumed', 'released', 'expired')),
  -- From this moment on it holds nothing, whether or not somebody has written that down.
  expires_at timestamptz,
  priority integer not null default 0 check (priority between -1000 and 1000),
  -- What it takes from the level; 0 once it is over.
  held numeric(18,6) not null
    generated always as (case when state = 'active' then qty - consumed - backordered else 0 end) stored,
  created_at timestamptz not null default now(),
  created_by uuid default suites.actor_id(),
  updated_at timestamptz not null default now(),
  foreign key (org_id, level_id) references inventory.stock_levels (org_id, id),
  check (consumed + backordered <= qty),
  check (state <> 'consumed' or consumed = qty)
);
create index reservations_hold_idx on inventory.reservations (hold_id, line_no);
create index reservations_source_idx on inventory.reservations (org_id, source_type, source_id);
create index reservations_overdue_idx on inventory.reservations (level_id, expires_at)
  where state = 'active' and expires_at is not null;
create index reservations_waiting_idx on inventory.reservations (level_id, priority desc, created_at)
  where state = 'active' and backordered > 0;

create function inventory.hold_stock() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update inventory.stock_levels l
  set reserved = l.reserved + h.held, backordered = l.backordered + h.backordered
  from (
    select level_id, sum(held) as held, sum(case when state = 'active' then backordered else 0 end) as backordered
    from made group by level_id
  ) h
  where l.id = h.level_id;
  return null;
end $$;
create trigger hold_stock after insert on inventory.reservations
  referencing new table as made for each statement execute function inventory.hold_stock();

create function inventory.change_hold() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from before where state <> 'active') then
    raise exception 'A reservation that is over stays as it is'
      using errcode = 'check_violation', constraint = 'reservation_over';
  end if;
  update inventory.stock_levels l
  set reserved = l.reserved + h.held, backordered = l.backordered + h.backordered
  from (
    select level_id, sum(held) as held, sum(backordered) as backordered
    from (
      select level_id, held, case when state = 'active' then backordered else 0 end as backordered from made
      union all
      select level_id, -held, case when state = 'active' then -backordered else 0 end from before
    ) change group by level_id
  ) h
  where l.id = h.level_id and (h.held <> 0 or h.backordered <> 0);
  return null;
end $$;
create trigger change_hold after update on inventory.reservations
  referencing old table as before new table as made for each statement execute function inventory.change_hold();
