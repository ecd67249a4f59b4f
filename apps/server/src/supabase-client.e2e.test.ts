import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { startServer, type RunningServer } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const SCHEMA = `
  create type mood as enum ('calm', 'busy');
  create table authors (id bigint primary key, name text not null unique, born date, mood mood, tags text[], profile jsonb, active int4range);
  create table publishers (id bigint primary key, name text not null);
  create table books (
    id bigint primary key,
    title text not null,
    author_id bigint references authors,
    publisher_id bigint constraint books_published_by references publishers,
    pages int,
    search tsvector generated always as (to_tsvector('english', title)) stored
  );
  create table genres (id bigint primary key, name text not null);
  create table book_genres (book_id bigint references books, genre_id bigint references genres, primary key (book_id, genre_id));
  create table covers (book_id bigint primary key references books, colour text not null);
  create table employees (id bigint primary key, name text not null, manager_id bigint references employees);
  create view long_books as select id, title, author_id from books where pages > 300;
  create function add(a int, b int) returns int language sql immutable as 'select a + b';
  create function books_of(author text) returns setof books language sql stable as
    'select b.* from books b join authors a on a.id = b.author_id where a.name = author';
  create function nothing() returns void language sql as '';
  insert into authors values
    (1, 'Ada', '1815-12-10', 'calm', '{math,poetry}', '{"city":"London","langs":["en","fr"]}', '[1,10)'),
    (2, 'Ibn Battuta', '1304-02-24', 'busy', '{travel}', '{"city":"Tangier"}', '[10,20)'),
    (3, 'Nobody', null, null, null, null, null);
  insert into publishers values (1, 'Stone Press');
  insert into books (id, title, author_id, publisher_id, pages) values
    (1, 'Notes on the Engine', 1, 1, 120), (2, 'The Journey', 2, 1, 900), (3, 'A Second Journey', 2, null, 310);
  insert into genres values (1, 'science'), (2, 'travel');
  insert into book_genres values (1, 1), (2, 2), (3, 2), (3, 1);
  insert into covers values (1, 'blue');
  insert into employees values (1, 'Root', null), (2, 'Left', 1), (3, 'Right', 1);

  create table notes (
    id bigint generated always as identity primary key,
    owner uuid not null default auth.uid() references auth.users on delete cascade,
    body text not null check (length(body) < 100)
  );
  alter table notes enable row level security;
  create policy own on notes for all to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
  create table counters (name text primary key, n int not null default 0, note text default 'fresh');
  create table locked (id int primary key);
  revoke all on locked from anon, authenticated;
`;

let server: RunningServer;
let anon: SupabaseClient;
let admin: SupabaseClient;

beforeAll(async () => {
  server = await startServer();
  await server.sql(SCHEMA);
  anon = client(server.anonKey);
  admin = client(server.serviceRoleKey);
});
afterAll(async () => {
  await server?.stop();
});

function client(key: string): SupabaseClient {
  return createClient(server.url, key, { auth: { persistSession: false, autoRefreshToken: false } });
}

async function signedUp(email: string): Promise<SupabaseClient> {
  const user = client(server.publishableKey);
  const { data, error } = await user.auth.signUp({ email, password: 'correct horse battery' });
  expect(error).toBeNull();
  expect(data.session?.access_token).toBeTypeOf('string');
  return user;
}

describe('two people who signed up', () => {
  test('each writes rows and reads back only their own, in both directions', async () => {
    const ada = await signedUp('ada@example.org');
    const ibn = await signedUp('ibn@example.org');
    expect((await ada.from('notes').insert({ body: 'from ada' })).status).toBe(201);
    expect((await ibn.from('notes').insert([{ body: 'from ibn' }, { body: 'again' }])).status).toBe(201);
    expect((await ada.from('notes').select('body')).data).toEqual([{ body: 'from ada' }]);
    expect((await ibn.from('notes').select('body').order('id')).data).toEqual([
      { body: 'from ibn' },
      { body: 'again' },
    ]);
    expect((await anon.from('notes').select()).data).toEqual([]);
    expect((await admin.from('notes').select()).data).toHaveLength(3);
    const others = await ada.from('notes').update({ body: 'mine now' }).eq('body', 'from ibn').select();
    expect(others.data).toEqual([]);
    expect((await ada.from('notes').delete().eq('body', 'from ibn').select()).data).toEqual([]);
    expect((await admin.from('notes').select('body').eq('body', 'from ibn')).data).toHaveLength(1);
  });

  test('a row for somebody else is refused with the policy error, 403 signed in and 401 as anon', async () => {
    const eve = await signedUp('eve@example.org');
    const other = '00000000-0000-4000-8000-000000000001';
    const forged = await eve.from('notes').insert({ body: 'not mine', owner: other });
    expect(forged.status).toBe(403);
    expect(forged.error).toEqual({
      code: '42501',
      details: null,
      hint: null,
      message: 'new row violates row-level security policy for table "notes"',
    });
    expect((await anon.from('notes').insert({ body: 'x', owner: other })).status).toBe(401);
  });

  test('signing in again, reading the user, changing it and signing out work', async () => {
    const zoe = await signedUp('zoe@example.org');
    const again = client(server.publishableKey);
    const wrong = await again.auth.signInWithPassword({ email: 'zoe@example.org', password: 'wrong password' });
    expect(wrong.error).toMatchObject({
      status: 400,
      code: 'invalid_credentials',
      message: 'Invalid login credentials',
    });
    const right = await again.auth.signInWithPassword({ email: 'ZOE@example.org', password: 'correct horse battery' });
    expect(right.data.user?.email).toBe('zoe@example.org');
    const refreshed = await again.auth.refreshSession();
    expect(refreshed.error).toBeNull();
    expect((await again.auth.updateUser({ data: { nick: 'z' } })).data.user?.user_metadata).toMatchObject({
      nick: 'z',
    });
    expect((await again.auth.getClaims()).data?.claims.sub).toBe(right.data.user?.id);
    expect((await again.auth.signOut({ scope: 'others' })).error).toBeNull();
    const { error } = await zoe.auth.getUser();
    expect(error).not.toBeNull();
    expect((await again.auth.getUser()).data.user?.email).toBe('zoe@example.org');
  });
});

/** The ids of the authors a filter leaves. */
async function authors(
  narrow: (query: ReturnType<typeof allAuthors>) => PromiseLike<{ data: unknown; error: unknown }>,
) {
  const { data, error } = await narrow(allAuthors());
  expect(error).toBeNull();
  return (data as { id: number }[]).map((row) => row.id);
}
function allAuthors() {
  return anon.from('authors').select('id').order('id');
}

/** The ids of the books a search finds. */
async function found(query: string, type?: 'plain' | 'phrase' | 'websearch') {
  const { data } = await anon
    .from('books')
    .select('id')
    .order('id')
    .textSearch('search', query, { config: 'english', ...(type === undefined ? {} : { type }) });
  return data;
}

describe('every filter the client has', () => {
  test('comparisons', async () => {
    expect(await authors((q) => q.eq('name', 'Ada'))).toEqual([1]);
    expect(await authors((q) => q.neq('name', 'Ada'))).toEqual([2, 3]);
    expect(await authors((q) => q.gt('id', 1))).toEqual([2, 3]);
    expect(await authors((q) => q.gte('id', 2))).toEqual([2, 3]);
    expect(await authors((q) => q.lt('id', 2))).toEqual([1]);
    expect(await authors((q) => q.lte('born', '1815-12-10'))).toEqual([1, 2]);
  });

  test('patterns', async () => {
    expect(await authors((q) => q.like('name', '%Bat%'))).toEqual([2]);
    expect(await authors((q) => q.ilike('name', 'a*'))).toEqual([1]);
    expect(await authors((q) => q.likeAllOf('name', ['I%', '%a']))).toEqual([2]);
    expect(await authors((q) => q.likeAnyOf('name', ['A%', 'I%']))).toEqual([1, 2]);
    expect(await authors((q) => q.ilikeAllOf('name', ['i%', '%A']))).toEqual([2]);
    expect(await authors((q) => q.ilikeAnyOf('name', ['a%', 'n%']))).toEqual([1, 3]);
    expect(await authors((q) => q.filter('name', 'match', '^A'))).toEqual([1]);
    expect(await authors((q) => q.filter('name', 'imatch', '^a'))).toEqual([1]);
  });

  test('sets, nulls and negation', async () => {
    expect(await authors((q) => q.in('name', ['Ada', 'Nobody']))).toEqual([1, 3]);
    expect(await authors((q) => q.in('id', []))).toEqual([]);
    expect(await authors((q) => q.is('born', null))).toEqual([3]);
    expect(await authors((q) => q.not('born', 'is', null))).toEqual([1, 2]);
    expect(await authors((q) => q.filter('mood', 'isdistinct', 'calm'))).toEqual([2, 3]);
    expect(await authors((q) => q.not('id', 'in', '(1,2)'))).toEqual([3]);
    expect(await authors((q) => q.match({ id: 1, name: 'Ada' }))).toEqual([1]);
  });

  test('arrays, json and ranges', async () => {
    expect(await authors((q) => q.contains('tags', ['math']))).toEqual([1]);
    expect(await authors((q) => q.containedBy('tags', ['travel', 'food']))).toEqual([2]);
    expect(await authors((q) => q.overlaps('tags', ['poetry', 'travel']))).toEqual([1, 2]);
    expect(await authors((q) => q.contains('profile', { city: 'London' }))).toEqual([1]);
    expect(await authors((q) => q.eq('profile->>city', 'Tangier'))).toEqual([2]);
    expect(await authors((q) => q.rangeGt('active', '[2,9)'))).toEqual([2]);
    expect(await authors((q) => q.rangeLt('active', '[12,15)'))).toEqual([1]);
    expect(await authors((q) => q.rangeGte('active', '[5,6)'))).toEqual([2]);
    expect(await authors((q) => q.rangeLte('active', '[5,12)'))).toEqual([1]);
    expect(await authors((q) => q.rangeAdjacent('active', '[20,30)'))).toEqual([2]);
  });

  test('logic trees', async () => {
    expect(await authors((q) => q.or('name.eq.Ada,and(id.gt.2,born.is.null)'))).toEqual([1, 3]);
    expect(await authors((q) => q.or('name.in.(Ada,"Ibn Battuta"),not.and(id.lt.9)'))).toEqual([1, 2]);
  });

  test('full text search of every kind', async () => {
    expect(await found("'journey' & 'second'")).toEqual([{ id: 3 }]);
    expect(await found('second journey', 'plain')).toEqual([{ id: 3 }]);
    expect(await found('second journey', 'phrase')).toEqual([{ id: 3 }]);
    expect(await found('journey -second', 'websearch')).toEqual([{ id: 2 }]);
  });
});

describe('embedding', () => {
  test('follows foreign keys in every cardinality', async () => {
    const { data } = await anon
      .from('books')
      .select('title, author:authors(name), publishers!books_published_by(name), genres(name), covers(colour)')
      .order('name', { referencedTable: 'genres' })
      .eq('id', 1)
      .single();
    expect(data).toEqual({
      title: 'Notes on the Engine',
      author: { name: 'Ada' },
      publishers: { name: 'Stone Press' },
      genres: [{ name: 'science' }],
      covers: { colour: 'blue' },
    });
  });

  test('nests, filters inside, orders, limits, counts and joins inner', async () => {
    const nested = await anon
      .from('authors')
      .select('name, books(title, genres(name))')
      .order('pages', { referencedTable: 'books', ascending: false })
      .limit(1, { referencedTable: 'books' })
      .eq('id', 2);
    expect(nested.data).toEqual([
      { name: 'Ibn Battuta', books: [{ title: 'The Journey', genres: [{ name: 'travel' }] }] },
    ]);
    const inner = await anon.from('authors').select('name, books!inner(title)').eq('books.title', 'The Journey');
    expect(inner.data).toEqual([{ name: 'Ibn Battuta', books: [{ title: 'The Journey' }] }]);
    const counted = await anon.from('authors').select('name, books(count)').order('id');
    expect(counted.data?.map((row) => row.books)).toEqual([[{ count: 1 }], [{ count: 2 }], [{ count: 0 }]]);
    const without = await anon.from('authors').select('name').is('books', null).select('name, books()');
    expect(without.error ?? without.data).toEqual([{ name: 'Nobody' }]);
  });

  test('reaches itself, views and rows of functions', async () => {
    const tree = await anon.from('employees').select('name, employees(name)').eq('id', 1).single();
    expect(tree.data).toEqual({ name: 'Root', employees: [{ name: 'Left' }, { name: 'Right' }] });
    const parent = await anon.from('employees').select('name, manager:manager_id(name)').eq('id', 2).single();
    expect(parent.data).toEqual({ name: 'Left', manager: { name: 'Root' } });
    const view = await anon.from('long_books').select('title, authors(name)').order('id');
    expect(view.data).toEqual([
      { title: 'The Journey', authors: { name: 'Ibn Battuta' } },
      { title: 'A Second Journey', authors: { name: 'Ibn Battuta' } },
    ]);
    const rows = await anon.rpc('books_of', { author: 'Ada' }).select('title, authors(name)');
    expect(rows.data).toEqual([{ title: 'Notes on the Engine', authors: { name: 'Ada' } }]);
  });

  test('says which relationship is missing or ambiguous', async () => {
    const missing = await anon.from('authors').select('covers(colour)');
    expect(missing).toMatchObject({ status: 400, error: { code: 'PGRST200' } });
    await server.sql(
      'create table letters (id int primary key, sender bigint references authors, receiver bigint references authors)',
    );
    await expect.poll(async () => (await anon.from('letters').select('authors(name)')).error?.code).toBe('PGRST201');
  });
});

describe('reading', () => {
  test('pages with a range and counts exactly', async () => {
    const page = await anon.from('authors').select('id', { count: 'exact' }).order('id').range(1, 1);
    expect(page).toMatchObject({ status: 206, statusText: 'Partial Content', count: 3, data: [{ id: 2 }] });
    const head = await anon.from('authors').select('*', { count: 'exact', head: true });
    expect(head).toMatchObject({ status: 200, count: 3, data: null });
    const beyond = await anon.from('authors').select('id', { count: 'exact' }).range(10, 20);
    expect(beyond).toMatchObject({ status: 416, error: { code: 'PGRST103' } });
  });

  test('a single object is one row or an error', async () => {
    expect((await anon.from('authors').select('name').eq('id', 1).single()).data).toEqual({ name: 'Ada' });
    expect((await anon.from('authors').select('name').eq('id', 99).maybeSingle()).data).toBeNull();
    expect(await anon.from('authors').select('name').eq('id', 99).single()).toMatchObject({
      status: 406,
      statusText: 'Not Acceptable',
      error: {
        code: 'PGRST116',
        details: 'The result contains 0 rows',
        message: 'Cannot coerce the result to a single JSON object',
      },
    });
  });

  test('values look exactly as PostgreSQL prints them', async () => {
    const { data } = await anon.from('authors').select().eq('id', 1).single();
    expect(data).toEqual({
      id: 1,
      name: 'Ada',
      born: '1815-12-10',
      mood: 'calm',
      tags: ['math', 'poetry'],
      profile: { city: 'London', langs: ['en', 'fr'] },
      active: '[1,10)',
    });
  });
});

describe('writing', () => {
  test('an upsert inserts, merges or ignores', async () => {
    expect((await admin.from('counters').upsert({ name: 'a', n: 1 })).status).toBe(201);
    expect((await admin.from('counters').upsert({ name: 'a', n: 2 })).status).toBe(200);
    const merged = await admin
      .from('counters')
      .upsert([
        { name: 'a', n: 3 },
        { name: 'b', n: 1 },
      ])
      .select('name, n')
      .order('name');
    expect(merged.data).toEqual([
      { name: 'a', n: 3 },
      { name: 'b', n: 1 },
    ]);
    const ignored = await admin.from('counters').upsert({ name: 'a', n: 9 }, { ignoreDuplicates: true }).select();
    expect(ignored.data).toEqual([]);
    const conflict = await admin
      .from('counters')
      .upsert({ name: 'b', n: 5 }, { onConflict: 'name' })
      .select('n')
      .single();
    expect(conflict.data).toEqual({ n: 5 });
  });

  test('a bulk insert fills what is absent with null or, when asked, with the default', async () => {
    const rows = [
      { name: 'x', n: 1 },
      { name: 'y', n: 1, note: 'given' },
    ];
    const withDefaults = await admin
      .from('counters')
      .insert(rows, { defaultToNull: false })
      .select('note')
      .order('name');
    expect(withDefaults.data).toEqual([{ note: 'fresh' }, { note: 'given' }]);
    const withNulls = await admin
      .from('counters')
      .insert([
        { name: 'v', n: 1 },
        { name: 'w', n: 1, note: 'given' },
      ])
      .select('note')
      .order('name');
    expect(withNulls.data).toEqual([{ note: null }, { note: 'given' }]);
  });

  test('update and delete touch the filtered rows and nothing without a filter', async () => {
    await admin.from('counters').upsert([
      { name: 'u1', n: 1 },
      { name: 'u2', n: 1 },
    ]);
    const updated = await admin.from('counters').update({ n: 7 }, { count: 'exact' }).like('name', 'u_');
    expect(updated).toMatchObject({ status: 204, count: 2 });
    const removed = await admin.from('counters').delete().in('name', ['u1', 'u2']).select('name').order('name');
    expect(removed.data).toEqual([{ name: 'u1' }, { name: 'u2' }]);
    expect(await admin.from('counters').delete()).toMatchObject({ status: 400, error: { code: '21000' } });
  });

  test('a constraint violation names the constraint', async () => {
    await admin.from('counters').upsert({ name: 'dup', n: 1 });
    expect(await admin.from('counters').insert({ name: 'dup', n: 1 })).toMatchObject({
      status: 409,
      error: {
        code: '23505',
        details: 'Key (name)=(dup) already exists.',
        message: 'duplicate key value violates unique constraint "counters_pkey"',
      },
    });
    expect(await admin.from('books').insert({ id: 50, title: 'x', author_id: 999 })).toMatchObject({
      status: 409,
      error: { code: '23503' },
    });
  });
});

describe('functions', () => {
  test('take named arguments and answer a bare value, rows or nothing', async () => {
    expect((await anon.rpc('add', { a: 1, b: 2 })).data).toBe(3);
    expect((await anon.rpc('add', { a: 1, b: 2 }, { get: true })).data).toBe(3);
    expect(await anon.rpc('nothing')).toMatchObject({ status: 204, data: null });
    expect((await anon.rpc('books_of', { author: 'Ibn Battuta' }).select('id').gt('pages', 500)).data).toEqual([
      { id: 2 },
    ]);
  });

  test('one that is not there is 404 and says what was looked for', async () => {
    expect(await anon.rpc('add', { a: 1 })).toMatchObject({ status: 404, error: { code: 'PGRST202' } });
  });
});

describe('errors', () => {
  test('an unknown table, an unknown column, a wrong type and a missing privilege', async () => {
    expect(await anon.from('nope').select()).toMatchObject({
      status: 404,
      error: { code: 'PGRST205', message: "Could not find the table 'public.nope' in the schema cache" },
    });
    expect(await anon.from('books').select('nope')).toMatchObject({ status: 400, error: { code: '42703' } });
    expect(await anon.from('books').select().eq('pages', 'many')).toMatchObject({
      status: 400,
      error: { code: '22P02' },
    });
    expect(await anon.from('locked').select()).toMatchObject({ status: 401, error: { code: '42501' } });
    expect(await admin.from('counters').insert({ name: 'q', wrong: 1 })).toMatchObject({
      status: 400,
      error: { code: 'PGRST204' },
    });
  });

  test('a forged token and an unknown key are refused', async () => {
    const forged = createClient(server.url, server.anonKey, {
      global: { headers: { Authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.' } },
    });
    expect(await forged.from('authors').select()).toMatchObject({ status: 401, error: { code: 'PGRST301' } });
    expect(await client('sb_secret_0000000000000000000000_00000000').from('authors').select()).toMatchObject({
      status: 401,
    });
  });

  test('a table made a moment ago is there', async () => {
    await server.sql('create table fresh (id int primary key); insert into fresh values (1)');
    await expect.poll(async () => (await anon.from('fresh').select()).data).toEqual([{ id: 1 }]);
  });
});

describe('administration of users', () => {
  test('the service role creates, lists, changes and deletes users', async () => {
    const created = await admin.auth.admin.createUser({
      email: 'made@example.org',
      password: 'made by hand',
      email_confirm: true,
    });
    expect(created.error).toBeNull();
    const id = created.data.user?.id ?? '';
    expect(
      (await client(server.anonKey).auth.signInWithPassword({ email: 'made@example.org', password: 'made by hand' }))
        .error,
    ).toBeNull();
    const listed = await admin.auth.admin.listUsers();
    expect(listed.data.users.some((user) => user.id === id)).toBe(true);
    const changed = await admin.auth.admin.updateUserById(id, { app_metadata: { plan: 'gold' } });
    expect(changed.data.user?.app_metadata).toMatchObject({ plan: 'gold', provider: 'email' });
    expect((await admin.auth.admin.deleteUser(id)).error).toBeNull();
    expect((await admin.auth.admin.getUserById(id)).error).toMatchObject({ status: 404, code: 'user_not_found' });
  });

  test('a publishable key may not administer', async () => {
    expect((await anon.auth.admin.listUsers()).error?.status).toBeGreaterThanOrEqual(401);
  });
});
