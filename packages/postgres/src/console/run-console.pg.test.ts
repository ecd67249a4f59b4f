import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admitReader } from './admit-reader.ts';
import { type ConsoleOutcome, type ConsoleScript, runConsole } from './run-console.ts';

let project: TestProject;

beforeAll(async () => {
  project = await createTestProject();
  await project.sql(`
    set role postgres;
    create table public.notes (id int primary key, body text);
    alter table public.notes enable row level security;
    insert into public.notes values (1, 'one'), (2, 'two');
    create table public.hidden (id int);
    reset role`);
  await admitReader(project.database, 'postgres');
});
afterAll(() => project?.close());

const run = (as: string, statements: readonly string[], more: Partial<ConsoleScript> = {}): Promise<ConsoleOutcome> =>
  runConsole(project.target, {
    statements,
    as,
    settings: [],
    transaction: as === 'console_reader' ? 'reading' : 'one',
    rollback: false,
    bounds: { maxRows: 100, maxBytes: 1_000_000 },
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    ...more,
  });

const codeOf = ({ failure }: ConsoleOutcome): unknown =>
  failure === null ? null : 'code' in failure.error ? failure.error.code : failure.reason;

test('columns have names and types, values are text, and notices come along', async () => {
  const { results, notices, failure } = await run('owner', [
    `do $$ begin raise notice 'well' using hint = 'really'; end $$`,
    `select 1.50::numeric(10, 2) as price, null::text as nothing, array['a'] as tags`,
  ]);
  expect(failure).toBeNull();
  expect(results.map(({ command }) => command)).toEqual(['DO', 'SELECT']);
  expect(results[1]).toMatchObject({
    columns: [
      { name: 'price', type: 'numeric(10,2)' },
      { name: 'nothing', type: 'text' },
      { name: 'tags', type: 'text[]' },
    ],
    rows: [['1.50', null, '{a}']],
    rowCount: 1,
    isCut: false,
  });
  expect(notices).toEqual([{ severity: 'NOTICE', message: 'well', detail: null, hint: 'really' }]);
});

test('a result is cut at so many rows, and says so', async () => {
  const bounds = { maxRows: 300, maxBytes: 1_000_000 };
  const of = async (rows: number): Promise<unknown> => {
    const { results } = await run('owner', [`select generate_series(1, ${rows})`], { bounds });
    return [results[0]?.rows.length, results[0]?.isCut];
  };
  expect(await of(300)).toEqual([300, false]);
  expect(await of(301)).toEqual([300, true]);
  expect(await of(1_000_000_000)).toEqual([300, true]);
});

test('a result is cut at so many bytes, and one that is far beyond ends the connection', async () => {
  const bounds = { maxRows: 10_000, maxBytes: 100_000 };
  const wide = await run('owner', [`select repeat('x', 10000) from generate_series(1, 5000)`], { bounds });
  expect(wide.results[0]).toMatchObject({ isCut: true });
  expect(wide.results[0]?.rows.length).toBeLessThan(400);
  const huge = await run('owner', [`select repeat(repeat('x', 100000), 1000)`], { bounds });
  expect(huge).toMatchObject({ results: [], failure: { reason: 'too-large' } });
});

const count = async (): Promise<unknown> =>
  (await project.sql('select count(*)::int as n from public.notes'))[0]?.['n'];

test('several statements are one transaction, or none', async () => {
  const script = ['insert into notes values (3, null)', 'select 1 / 0'];
  const together = await run('owner', script);
  expect(together).toMatchObject({
    results: [{ command: 'INSERT', rowCount: 1 }],
    failure: { error: { code: '22012' } },
  });
  expect(await count()).toBe(2);
  await run('owner', script.slice(0, 1), { rollback: true });
  expect(await count()).toBe(2);
  await run('owner', script, { transaction: 'none' });
  expect(await count()).toBe(3);
  expect(codeOf(await run('owner', ['vacuum notes']))).toBe('25001');
  expect(codeOf(await run('owner', ['vacuum notes'], { transaction: 'none' }))).toBeNull();
});

test('one message holds one statement, and COPY has no stream', async () => {
  expect(codeOf(await run('owner', ['select 1; select 2']))).toBe('42601');
  expect(codeOf(await run('owner', ['copy notes from stdin']))).toBe('57014');
  expect((await run('owner', ['copy notes to stdout'])).results[0]).toMatchObject({ command: 'COPY', rows: [] });
  expect((await run('owner', ['-- nothing'])).failure).toBeNull();
});

test.each(['anon', 'authenticated', 'service_role'])(
  'a login for %s is that role and can become no other',
  async (role) => {
    const { results } = await run(role, ['select current_user, session_user'], {
      settings: [['request.jwt.claims', '{"sub":"x"}']],
    });
    expect(results[0]?.rows).toEqual([[role, `${project.ref}_as_${role}`]]);
    for (const other of ['anon', 'authenticated', 'service_role', 'postgres', 'console_reader']) {
      if (other === role) continue;
      expect(codeOf(await run(role, [`set role ${other}`])), other).toBe('42501');
      expect(codeOf(await run(role, ['reset role', `set role ${other}`])), other).toBe('42501');
    }
    const bare = await run(role, ['reset role', 'select * from public.notes']);
    expect(codeOf(bare)).toBe('42501');
  },
);

test('the reader sees what the owner made and makes, as it is, and not what the owner withholds', async () => {
  await project.sql(`set role postgres; create schema later; create table later.things as select 7 as id; reset role`);
  const { results } = await run('console_reader', ['select count(*) from public.notes', 'select id from later.things']);
  expect(results.map(({ rows }) => rows)).toEqual([[['3']], [['7']]]);
  await project.sql('set role postgres; revoke select on public.hidden from console_reader; reset role');
  await admitReader(project.database, 'postgres');
  expect(codeOf(await run('console_reader', ['select * from public.hidden']))).toBe('42501');
});

test('a statement ends when it is cancelled and when its time is over', async () => {
  const stop = new AbortController();
  const running = run('console_reader', ['select pg_sleep(60)'], { signal: stop.signal, timeoutMs: 60_000 });
  setTimeout(() => stop.abort(), 200);
  expect(await running).toMatchObject({ failure: { reason: 'canceled' } });
  expect(await run('owner', ['select pg_sleep(60)'], { timeoutMs: 200 })).toMatchObject({
    failure: { reason: 'timeout' },
  });
});

test('a statement that catches being cancelled is ended all the same', async () => {
  const stubborn = `do $$ begin loop
    begin perform pg_sleep(60); exception when query_canceled then perform set_config('statement_timeout', '0', false); end;
  end loop; end $$`;
  for (const as of ['owner', 'authenticated']) {
    expect(await run(as, [stubborn], { timeoutMs: 200 }), as).toMatchObject({ failure: { reason: 'timeout' } });
  }
  const left = await project.sql(
    `select pid from pg_stat_activity where query like 'do $$ begin loop%' and state = 'active' and pid <> pg_backend_pid()`,
  );
  expect(left).toEqual([]);
});
