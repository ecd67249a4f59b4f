-- Who does jobs at present. A worker that was killed leaves its jobs locked; its silence here tells the others.
create table scheduler.workers (
  pool_id text primary key check (char_length(pool_id) between 1 and 100),
  seen_at timestamptz not null default now()
);
comment on table scheduler.workers is
  'One row per process that does jobs, renewed while it lives. Jobs locked by a silent one are given free.';
