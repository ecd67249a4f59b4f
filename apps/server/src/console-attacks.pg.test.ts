import { admitReader, type ConsoleOutcome, READER_ROLE, runConsole } from '@ashlar/postgres';
import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schemaOwners } from './schema-owners.ts';
import { HARMLESS, REFUSED } from './console-attacks.fixture.ts';

const TIMEOUT_MS = 1_000;
const SIDE_BY_SIDE = 4;

let a: TestProject;
let b: TestProject;

beforeAll(async () => {
  a = await createTestProject({ owners: schemaOwners });
  b = await createTestProject();
  await b.sql(`set role postgres; create table public.treasure as select 'gold' as content; reset role`);
  await a.sql(`
    set role postgres;
    create table public.notes (id int primary key, body text);
    alter table public.notes enable row level security;
    insert into public.notes values (1, 'one'), (2, 'two');
    create table public.open (id int);
    insert into public.open values (1);
    -- Somebody was careless: whoever asks may write, as far as grants go.
    grant all on public.open to public;
    create sequence public.counter;
    grant all on sequence public.counter to public;
    create function public.writes_as_owner() returns void language sql security definer
      as 'insert into public.notes values (99, null)';
    create function public.writes() returns int language plpgsql security definer
      as 'begin delete from public.notes; return 1; end';
    create view public.writes_when_seen as select public.writes();
    create materialized view public.kept as select 1 as one;
    reset role;
    select lo_from_bytea(4242, 'a secret');
    insert into auth.users (id, email, encrypted_password) values (gen_random_uuid(), 'ada@example.org', 'the-hash')`);
  await admitReader(a.database, 'postgres');
});
afterAll(async () => {
  await a?.close();
  await b?.close();
});

function read(statements: readonly string[]): Promise<ConsoleOutcome> {
  return runConsole(a.target, {
    statements: statements.map((text) => text.replaceAll('$A', a.ref).replaceAll('$B', b.ref)),
    as: READER_ROLE,
    settings: [],
    transaction: 'reading',
    rollback: false,
    bounds: { maxRows: 100, maxBytes: 100_000 },
    timeoutMs: TIMEOUT_MS,
    signal: new AbortController().signal,
  });
}

async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const take = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, take));
}

const listOf = (attack: string | readonly string[]): readonly string[] =>
  typeof attack === 'string' ? [attack] : attack;

/** What an attack could have changed. */
async function traces(): Promise<unknown> {
  const rows = await a.sql(
    `
    select (select json_agg(n order by id) from public.notes n) as notes, (select json_agg(o) from public.open o) as open,
      (select last_value from public.counter)::text as counter,
      (select count(*) from pg_class)::int as relations, (select count(*) from pg_proc)::int as functions,
      (select count(*) from events.log)::int as events, (select count(*) from pg_largeobject_metadata)::int as objects,
      (select json_agg(r order by oid) from pg_roles r where rolname ~ '^($A|$B)_|^(postgres|console_reader)$') as roles,
      (select md5(rolpassword) from pg_authid where rolname = '$A_viewer') as password,
      (select json_agg(s order by setrole) from pg_db_role_setting s join pg_roles r on r.oid = setrole where rolname ~ '^$A_') as settings,
      (select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()))::int as locks,
      (select count(*) from pg_stat_activity where usename = '$A_viewer')::int as sessions`
      .replaceAll('$A', a.ref)
      .replaceAll('$B', b.ref),
  );
  return [rows, await b.sql('select content from public.treasure')];
}

test('the reader reads, past the policies, what the owner made', async () => {
  const { results, failure } = await read(['select id, body from public.notes order by id']);
  expect(failure).toBeNull();
  expect(results[0]?.rows).toEqual([
    ['1', 'one'],
    ['2', 'two'],
  ]);
});

test('of the schemas of the platform the reader may read nothing', async () => {
  const readable = await a.sql(`
    select n.nspname || '.' || c.relname as relation
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
      and n.nspname not in ('public', 'pg_catalog', 'information_schema', 'extensions') and n.nspname !~ '^pg_'
      and has_schema_privilege('${READER_ROLE}', n.oid, 'USAGE')
      and has_any_column_privilege('${READER_ROLE}', c.oid, 'SELECT')`);
  expect(readable).toEqual([]);
});

test('whatever a reader tries to change, become, read or reach is refused', { timeout: 60_000 }, async () => {
  const before = await traces();
  const attacks = Object.entries(REFUSED).flatMap(([kind, list]) => list.map((attack) => [kind, attack] as const));
  expect(attacks.length).toBeGreaterThan(100);
  const surprises: unknown[] = [];
  await forEach(attacks, async ([kind, attack]) => {
    const { failure, results, notices } = await read(listOf(attack));
    const told = JSON.stringify([results, notices, failure?.error.message]);
    if (failure === null || failure.reason === 'lost')
      surprises.push([kind, attack, failure?.error.message ?? results]);
    if (/the-hash|a secret|gold|SCRAM-SHA|root:/.test(told)) surprises.push([kind, attack, told]);
  });
  expect(surprises).toEqual([]);
  expect(await traces()).toEqual(before);
});

test('what a reader may run leaves nothing behind', { timeout: 60_000 }, async () => {
  const before = await traces();
  await forEach(HARMLESS, async (attack) => {
    await read(listOf(attack));
  });
  expect(await traces()).toEqual(before);
});

test("a reader's login enters its own database alone", async () => {
  for (const database of [b.target.database, 'control', 'postgres', 'template1']) {
    const target = { ...a.target, database };
    await expect(
      runConsole(target, {
        statements: ['select 1'],
        as: READER_ROLE,
        settings: [],
        transaction: 'reading',
        rollback: false,
        bounds: { maxRows: 1, maxBytes: 1 },
        timeoutMs: TIMEOUT_MS,
        signal: new AbortController().signal,
      }),
      database,
    ).rejects.toThrow('permission denied for database');
  }
});
