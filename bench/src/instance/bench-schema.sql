-- 100,000 rows of 1,000 users, each of whom sees their own 100.
create table public.bench_lists (
  id bigint primary key,
  user_id uuid not null,
  name text not null
);
create table public.bench_todos (
  id bigint primary key,
  user_id uuid not null,
  list_id bigint not null references public.bench_lists (id),
  title text not null,
  done boolean not null default false,
  created_at timestamptz not null default now()
);
create table public.bench_comments (
  id bigint primary key,
  user_id uuid not null,
  todo_id bigint not null references public.bench_todos (id),
  body text not null
);
create table public.bench_bulk (
  id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid(),
  title text not null,
  amount integer not null,
  done boolean not null
);
create table public.bench_notes (
  id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid(),
  title text not null,
  created_at timestamptz not null default now()
);

insert into public.bench_lists
select id, ('00000000-0000-4000-8000-' || lpad(to_hex(id % 1000), 12, '0'))::uuid, 'List ' || id
from generate_series(0, 9999) id;
insert into public.bench_todos (id, user_id, list_id, title, done)
select id, ('00000000-0000-4000-8000-' || lpad(to_hex(id % 1000), 12, '0'))::uuid, id % 10000, 'Todo number ' || id, id % 3 = 0
from generate_series(0, 99999) id;

-- Two comments on every second todo, by its owner.
insert into public.bench_comments
select id, ('00000000-0000-4000-8000-' || lpad(to_hex((id / 2 * 2) % 1000), 12, '0'))::uuid, id / 2 * 2, 'Comment number ' || id
from generate_series(0, 99999) id;

create index bench_comments_todo on public.bench_comments (todo_id);
create index bench_todos_user on public.bench_todos (user_id, id);
create index bench_lists_user on public.bench_lists (user_id);

alter table public.bench_lists enable row level security;
alter table public.bench_todos enable row level security;
alter table public.bench_comments enable row level security;
alter table public.bench_bulk enable row level security;
alter table public.bench_notes enable row level security;
create policy own on public.bench_lists using ((select auth.uid()) = user_id);
create policy own on public.bench_todos using ((select auth.uid()) = user_id);
create policy own on public.bench_comments using ((select auth.uid()) = user_id);
create policy own on public.bench_bulk using ((select auth.uid()) = user_id);
create policy own on public.bench_notes using ((select auth.uid()) = user_id);

analyze public.bench_lists, public.bench_todos, public.bench_comments, public.bench_notes;
