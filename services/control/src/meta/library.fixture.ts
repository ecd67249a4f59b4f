import { createTestProject, type TestProject } from '@ashlar/testing';

/** A structure in which most things depend on something else, with rows and without. */
export async function createLibrary(): Promise<TestProject> {
  const project = await createTestProject();
  await project.sql(`
    set role postgres;
    create extension citext with schema extensions;
    create type public.mood as enum ('calm', 'tense');
    create type public.unused as enum ('a');
    create table public.authors (
      id bigint generated always as identity primary key,
      name text not null,
      email varchar(50) unique,
      born date
    );
    create table public.books (
      id uuid primary key default gen_random_uuid(),
      author_id bigint not null references public.authors,
      title text not null,
      price numeric(10, 2) constraint price_is_positive check (price > 0),
      mood public.mood default 'calm',
      tags text[] default '{}',
      pages integer,
      created_at timestamptz default now()
    );
    create table public.blank (id serial primary key, note text, parent integer references public.blank (id));
    create index books_title on public.books (title) where price > 5;
    create index books_pages on public.books (pages);
    create view public.cheap_books with (security_invoker = true) as select id, title, price from public.books where price < 10;
    create view public.cheap_titles as select title from public.cheap_books;
    create materialized view public.authors_by_year as select extract(year from born) as year, count(*) from public.authors group by 1;
    create function public.shout(book public.books) returns text language sql stable as $$ select upper(book.title) $$;
    create function public.touch() returns trigger language plpgsql as $$ begin return new; end $$;
    create trigger books_touch before update on public.books for each row execute function public.touch();
    alter table public.books enable row level security;
    create policy of_authors on public.books for select using (exists (select from public.authors a where a.id = author_id));
    create policy calm on public.books for update to authenticated using (mood = 'calm');
    create schema shelf;
    create table shelf.boxes (id int primary key, book uuid references public.books (id), label text);
    alter publication supabase_realtime add table public.books;
    insert into public.authors (name, email, born) values ('Ada', 'ada@example.org', '1815-12-10'), ('Bo', null, null), ('Ada', 'cy@example.org', null);
    insert into public.books (author_id, title, price, pages) values (1, 'One', 4.5, 100), (1, 'Two', 20.25, null), (2, 'Three', null, 70000);
    insert into shelf.boxes values (1, null, 'x'), (2, null, '7');
    reset role;
    analyze;
  `);
  return project;
}
