/** Who asks: a caller in the four ways policies and grants tell apart. */
export interface AskingCaller {
  readonly name: string;
  readonly role: string;
  readonly sub: string;
}

const USER_ONE = '00000000-0000-0000-0000-000000000001';
const USER_TWO = '00000000-0000-0000-0000-000000000002';

export const CALLERS: readonly AskingCaller[] = [
  { name: 'anon', role: 'anon', sub: '' },
  { name: 'user 1', role: 'authenticated', sub: USER_ONE },
  { name: 'user 2', role: 'authenticated', sub: USER_TWO },
  { name: 'service_role', role: 'service_role', sub: USER_ONE },
];

/**
 * What random requests meet: policies of several shapes, single columns granted, a view that asks as its reader and one
 * that asks as its owner, computed columns and relations, and a column of every kind with nulls and odd texts in it.
 */
export const WORLD = `
  create type mood as enum ('sad', 'ok', 'happy');
  create domain positive as int check (value > 0);
  create domain word as text check (value <> 'forbidden');
  create function me() returns uuid language sql stable as
    $$ select nullif(current_setting('request.jwt.claims', true)::json ->> 'sub', '')::uuid $$;
  create table authors (
    id int primary key, name text, age int, rating numeric, score double precision, big bigint, active boolean, born date,
    woke time, mood mood, meta jsonb, raw json, tags text[], marks int[], span int4range, life daterange, rank positive,
    nick word, ref uuid, doc tsvector, "odd Näme" text, owner uuid);
  create table books (
    id int primary key, author_id int references authors, title text default 'untitled',
    price numeric(10, 2) check (price >= 0), printed timestamptz, mood mood default 'ok', tags text[], span int4range,
    meta jsonb, rank positive, isbn text unique, sequel_of int, owner uuid default me(),
    constraint sequel foreign key (sequel_of) references books on delete set null);
  create table labels (id int primary key, word text);
  create table book_labels (
    book_id int references books on delete cascade, label_id int references labels, note text default 'n', primary key (book_id, label_id));
  create table profiles (author_id int primary key references authors, bio text);
  create table staff (id int primary key, name text not null, pay int default 5, boss_id int references staff, owner uuid default me());
  create view own_books with (security_invoker = true) as select id, author_id, title, price, owner from books;
  create view all_books as select id, author_id, title, price from books where price < 90;
  comment on view own_books is '@graphql({"primary_key_columns": ["id"]})';
  comment on table books is '@graphql({"totalCount": {"enabled": true}, "aggregate": {"enabled": true}})';
  comment on table staff is '@graphql({"totalCount": {"enabled": true}, "aggregate": {"enabled": true}})';
  comment on table authors is '@graphql({"totalCount": {"enabled": true}})';

  create function shout(authors) returns text language sql stable as $$ select upper($1.name) || '!' $$;
  create function _initial(authors) returns text language sql stable as $$ select left($1.name, 1) $$;
  create function cheap(authors) returns setof books language sql stable as
    $$ select * from books where author_id = $1.id and price < 40 $$;
  create function latest(authors) returns setof books rows 1 language sql stable as
    $$ select * from books where author_id = $1.id order by id desc limit 1 $$;

  insert into authors select g,
    (array['Ada', 'bob', 'C,d', 'e"f', 'g(h)', 'i\\j', 'Ünï', '', null, '50%', 'x_y', 'null', '日本 語', '👩‍🚀', 'مرحبا'])[1 + g % 15],
    nullif(g % 9, 0) * 7, case when g % 5 > 0 then g / 3.0 end, case when g % 7 > 0 then g / 8.0 end,
    case when g % 6 > 0 then 9007199254740990 + g end, (array[true, false, null])[1 + g % 3],
    date '2000-01-01' + g * 37, case when g % 4 > 0 then time '06:00' + g * interval '11 minutes' end,
    (array['sad', 'ok', 'happy', null]::mood[])[1 + g % 4],
    case g % 4 when 0 then null when 1 then jsonb_build_object('k', g, 't', 'x' || g % 3, 'a b', true) when 2 then '{"k": null, "a": [1, {"b": "c"}]}' else '[1, 2, "three"]' end,
    case g % 3 when 0 then null when 1 then '{"z": 1,  "k": [1, 2]}' else '"text"' end::json,
    case g % 4 when 0 then null when 1 then '{}' when 2 then array['a', 'b,c'] else array['x', null, 'a'] end,
    case g % 5 when 0 then null else array[g % 3, g % 4] end,
    case g % 6 when 0 then null when 1 then 'empty' when 2 then int4range(null, g) else int4range(g, g + 10) end,
    case g % 4 when 0 then null else daterange(date '2000-01-01' + g * 10, date '2000-01-01' + g * 20) end,
    case when g % 3 > 0 then g end, case when g % 4 > 0 then 'nick' || g % 5 end,
    ('00000000-0000-0000-0000-0000000000' || 10 + g % 20)::uuid, to_tsvector('english', 'the quick foxes ' || case when g % 2 = 0 then 'jumped' else 'sleep' end),
    case when g % 3 = 0 then 'odd ' || g end, ('00000000-0000-0000-0000-00000000000' || g % 3)::uuid
    from generate_series(1, 40) g;
  insert into books select g, nullif(g % 23, 0), 'Title ' || g % 13, g * 1.25, timestamptz '2024-01-01 00:00+00' + g * interval '31 hours',
    (array['sad', 'ok', null]::mood[])[1 + g % 3], case g % 3 when 0 then null when 1 then array['a'] else array['a', 'b'] end,
    case when g % 4 > 0 then int4range(g, g + 5) end, case when g % 3 > 0 then jsonb_build_object('k', g % 5) end,
    nullif(g % 7, 0), 'isbn' || g, case when g > 60 then g - 60 end,
    ('00000000-0000-0000-0000-00000000000' || g % 3)::uuid from generate_series(1, 80) g;
  insert into labels select g, 'word' || g from generate_series(1, 6) g;
  insert into book_labels select b, l from generate_series(1, 80) b, generate_series(1, 6) l where (b * l) % 7 = 1;
  insert into profiles select g, 'bio ' || g from generate_series(2, 40, 2) g;
  insert into staff select g, 'staff ' || g % 4, g * 10, nullif(g / 3, 0), ('00000000-0000-0000-0000-00000000000' || g % 3)::uuid
    from generate_series(1, 15) g;

  alter table authors enable row level security;
  alter table books enable row level security;
  alter table staff enable row level security;
  alter table profiles enable row level security;
  create policy own on authors to authenticated using (owner = me());
  create policy adults on authors to anon using (age > 20);
  create policy own on books to authenticated using (owner = me() or price > 60) with check (owner = me());
  create policy kept on books as restrictive for delete to authenticated using (price < 95);
  create policy cheap on books for select to anon using (price < 70);
  create policy give on books for insert to anon with check (price < 10);
  create policy told on profiles using (author_id in (select id from authors));
  create policy seen on staff for select to authenticated using (owner = me() or pay < 60);
  create policy change on staff for update to authenticated using (owner = me());
  create policy hire on staff for insert to authenticated with check (owner = me());
  create policy leave on staff for delete to authenticated using (true);
  revoke all on staff from anon, authenticated;
  grant select (id, name, boss_id), insert (id, name, boss_id, pay), update (name, boss_id), delete on staff to authenticated;
  revoke insert, update, delete on book_labels from anon;
`;

/** Tables random writes change, in an order that suits their foreign keys. */
const WRITTEN = ['books', 'book_labels', 'staff'] as const;

/** Copies to put the written tables back from; run once, as superuser. */
export const KEEP: string = `create schema kept; ${WRITTEN.map((name) => `create table kept.${name} as table public.${name};`).join(' ')}`;

export const RESTORE: string = `begin; set local session_replication_role = replica;
  ${WRITTEN.map((name) => `delete from public.${name}; insert into public.${name} table kept.${name};`).join(' ')} commit`;

/** One value: all that writes can have changed. */
export const STATE: string = `select json_build_object(${WRITTEN.map(
  (name) => `'${name}', (select json_agg(t order by t::text) from public.${name} t)`,
).join(', ')})::text as state`;
