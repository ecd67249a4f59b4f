import { createTestProject, type TestProject } from '@ashlar/testing';
import { ignoreObservations } from '@ashlar/telemetry';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Call, CallResult, ProjectDatabase } from './call.ts';
import { createSessions, type SessionBounds, type Sessions } from './sessions.ts';

let project: TestProject;
let opened: Sessions[] = [];

beforeAll(async () => {
  project = await createTestProject();
  await project.sql(`
    set role postgres;
    create table public.lines (
      id bigint generated always as identity, backend int default pg_backend_pid(), actor text, by_role text
    );
    grant all on public.lines to anon, authenticated, service_role;
    create table public.places (id int primary key, taken int not null default 0);
    insert into public.places values (1), (2);
    grant all on public.places to authenticated;
    reset role;
    grant usage on schema public to identity;
    grant insert, select on public.lines to identity;`);
});

afterEach(async () => {
  await Promise.all(opened.map((sessions) => sessions.close()));
  opened = [];
  // A connection that was closed may still be counted for a moment, in the next test.
  await expect.poll(backends).toBe(0);
});

afterAll(async () => {
  await project.close();
});

function withBounds(bounds: Partial<SessionBounds> = {}): ProjectDatabase {
  const sessions = createSessions({ observe: ignoreObservations, bounds });
  opened.push(sessions);
  return sessions.project(project.target);
}

function call(text: string, more: Partial<Call> = {}): Call {
  return {
    login: 'authenticator',
    role: 'authenticated',
    settings: [],
    readOnly: false,
    statementTimeoutMs: 8_000,
    connection: 'shared',
    statement: { text, values: [] },
    ...more,
  };
}

const INSERT = `insert into public.lines (actor, by_role)
  values (current_setting('app.actor', true), current_user) returning backend, actor, by_role`;
const READ = 'select pg_backend_pid()';

const insert = (actor: string, more: Partial<Call> = {}): Call =>
  call(INSERT, { settings: [['app.actor', actor]], ...more });
const backendsOf = (answers: readonly CallResult[]): Set<string | null | undefined> =>
  new Set(answers.map(({ rows }) => rows[0]?.[0]));
const many = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Writers are opened for what comes after, so the first writes still go where reads go. */
async function warmUp(database: ProjectDatabase, more: Partial<Call> = {}): Promise<void> {
  for (let round = 0; round < 30; round++) {
    await Promise.all(many(32, () => database.call(insert('warm', more))));
  }
}

const backends = async (): Promise<number> => {
  const rows = await project.sql<{ count: number }>(
    // The server's own workers (autovacuum) come and go in any database.
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  return rows[0]?.count ?? 0;
};

test('writes that come together take several connections, on which no read waits', async () => {
  const database = withBounds();
  await warmUp(database);
  const [written, read] = await Promise.all([
    Promise.all(many(64, () => database.call(insert('x')))),
    Promise.all(many(64, () => database.call(call(READ, { readOnly: true })))),
  ]);
  expect(backendsOf(written).size).toBeGreaterThan(2);
  expect(backendsOf(written).size).toBeLessThanOrEqual(8);
  expect(backendsOf(read).size).toBeLessThanOrEqual(2);
  const common = [...backendsOf(written)].filter((backend) => backendsOf(read).has(backend));
  expect(common).toEqual([]);
});

test('one writer alone opens no connection beyond the shared one', async () => {
  const database = withBounds();
  const before = await backends();
  for (let index = 0; index < 5; index++) await database.call(insert('alone'));
  expect(await backends()).toBe(before + 1);
});

test('roles and settings of writes on one connection do not mix', async () => {
  const database = withBounds({ writerConnections: 1 });
  await warmUp(database);
  const roles = ['anon', 'authenticated', 'service_role'];
  const answers = await Promise.all(
    many(90, (index) => database.call(insert(`actor ${index}`, { role: roles[index % 3] ?? '' }))),
  );
  expect(answers.map(({ rows }) => rows[0]?.slice(1))).toEqual(
    many(90, (index) => [`actor ${index}`, roles[index % 3]]),
  );
});

test('a write of the platform shares connections of its own login and acts as the role it named', async () => {
  const database = withBounds({ writerConnections: 3 });
  const asIdentity: Partial<Call> = { login: 'platform', role: 'identity' };
  const answers = await Promise.all(many(100, (index) => database.call(insert(`service ${index}`, asIdentity))));
  expect(answers.map(({ rows }) => rows[0]?.slice(1))).toEqual(many(100, (index) => [`service ${index}`, 'identity']));
  expect(backendsOf(answers).size).toBeLessThanOrEqual(3);
  await expect(database.call(insert('nobody', { login: 'authenticator', role: 'identity' }))).rejects.toMatchObject({
    code: '42501',
  });
});

test('a write that fails undoes itself and none of its neighbours', async () => {
  const database = withBounds({ writerConnections: 1 });
  await warmUp(database);
  const answers = await Promise.allSettled(
    many(16, (index) => database.call(index === 7 ? call(`insert into public.places values (1)`) : insert('beside'))),
  );
  answers.forEach((answer, index) => {
    if (index === 7) expect(answer).toMatchObject({ status: 'rejected', reason: { code: '23505' } });
    else
      expect(answer).toMatchObject({
        status: 'fulfilled',
        value: { rows: [[expect.any(String), 'beside', 'authenticated']] },
      });
  });
});

test('writers step back for a transaction, and never hold more than the bound', async () => {
  const database = withBounds({ ownConnections: 3, ownConnectionsPerProject: 3, writerConnections: 3 });
  await warmUp(database, { login: 'platform', role: 'identity' });
  const over = new AbortController();
  const writers = many(64, async () => {
    while (!over.signal.aborted) await database.call(insert('flood', { login: 'platform', role: 'identity' }));
  });
  const terms = { login: 'authenticator', role: 'authenticated' } as const;
  const seen: number[] = [];
  for (let round = 0; round < 5; round++) {
    await Promise.all(
      many(4, () =>
        database.transaction(terms, async (tx) => {
          await tx.query('update public.places set taken = taken + 1 where id = 2');
        }),
      ),
    );
    seen.push(await backends());
  }
  over.abort();
  await Promise.all(writers);
  expect(await project.sql('select taken from public.places where id = 2')).toEqual([{ taken: 20 }]);
  expect(Math.max(...seen)).toBeLessThanOrEqual(3);
});

test('while transactions hold every own connection, writes of the API still go through', async () => {
  const database = withBounds({ ownConnections: 2, ownConnectionsPerProject: 2 });
  await warmUp(database);
  const gate = Promise.withResolvers<void>();
  const begun = many(2, () => Promise.withResolvers<void>());
  const holders = begun.map(({ resolve }) =>
    database.transaction({ login: 'authenticator', role: 'authenticated' }, async (tx) => {
      await tx.query('select 1');
      resolve();
      await gate.promise;
    }),
  );
  await Promise.all(begun.map(({ promise }) => promise));
  const answers = await Promise.all(many(20, () => database.call(insert('meanwhile'))));
  expect(answers.map(({ rows }) => rows[0]?.[1])).toEqual(many(20, () => 'meanwhile'));
  gate.resolve();
  await Promise.all(holders);
});

test('a write of the platform that finds no connection is refused in time', async () => {
  const database = withBounds({ ownConnections: 1, ownConnectionsPerProject: 1, maxWaiting: 2, maxWaitMs: 200 });
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const holder = database.transaction({ login: 'authenticator', role: 'authenticated' }, async (tx) => {
    await tx.query('select 1');
    begun.resolve();
    await gate.promise;
  });
  await begun.promise;
  const answers = await Promise.allSettled(
    many(4, () => database.call(insert('late', { login: 'platform', role: 'identity' }))),
  );
  const codes = answers.map((answer) => (answer.status === 'rejected' ? answer.reason.code : answer.status));
  expect(codes.filter((code) => code === 'postgres.queue_full')).toHaveLength(2);
  expect(codes.filter((code) => code === 'postgres.queue_timeout')).toHaveLength(2);
  gate.resolve();
  await holder;
  const { rows } = await database.call(insert('after', { login: 'platform', role: 'identity' }));
  expect(rows[0]?.[1]).toBe('after');
});

test('a row locked by somebody is waited for alone, and its neighbours are written meanwhile', async () => {
  const database = withBounds({ writerConnections: 1 });
  await warmUp(database);
  const locked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const holder = database.transaction({ login: 'authenticator', role: 'authenticated' }, async (tx) => {
    await tx.query('update public.places set taken = 100 where id = 1');
    locked.resolve();
    await gate.promise;
  });
  await locked.promise;
  const waiting = database.call(call('update public.places set taken = taken + 1 where id = 1 returning taken'));
  const others = await Promise.all(many(8, () => database.call(insert('free'))));
  expect(others).toHaveLength(8);
  gate.resolve();
  await holder;
  expect((await waiting).rows).toEqual([['101']]);
});

test('writers beside more transactions of another login than there are connections keep nobody from working', async () => {
  const database = withBounds({ ownConnections: 6, ownConnectionsPerProject: 6, writerConnections: 4 });
  const login = { login: 'authenticator', role: 'authenticated' } as const;
  const writer = { login: 'platform', role: 'identity' } as const;
  await warmUp(database, writer);
  const lane = async (at: number): Promise<void> => {
    for (let turn = 0; turn < 40; turn++) {
      if (at % 2 === 0) await Promise.all(many(32, () => database.call(insert('beside', writer))));
      else await database.transaction(login, (tx) => tx.query('select pg_sleep(0.002)'));
    }
  };
  await Promise.all(many(16, lane));
});

test('a writer that is killed fails what was in flight on it, and the next writes have another', async () => {
  const database = withBounds({ writerConnections: 1 });
  await warmUp(database);
  const counted = async (): Promise<number> =>
    (await project.sql<{ n: number }>(`select count(*)::int as n from public.lines where actor = 'doomed'`))[0]?.n ?? 0;
  const writes = Promise.allSettled(many(32, () => database.call(insert('doomed'))));
  await project.sql(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename like '%authenticator'`,
  );
  const ends = await writes;
  const answered = ends.filter(({ status }) => status === 'fulfilled').length;
  for (const end of ends) {
    if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'postgres.connection_lost' });
  }
  // What was acknowledged is there; what was not may be, and is never there twice.
  expect(await counted()).toBeGreaterThanOrEqual(answered);
  expect(await counted()).toBeLessThanOrEqual(32);
  // The goodbye of those that were killed idle may still be on its way.
  const after = (): Promise<number> =>
    Promise.all(many(16, () => database.call(insert('after the kill')))).then(
      (answers) => answers.length,
      () => 0,
    );
  await expect.poll(after).toBe(16);
});

test('a project that goes idle answers its writes and closes its writers', async () => {
  const database = withBounds();
  await warmUp(database);
  const writes = many(32, () => database.call(insert('last')));
  await database.idle();
  expect(await Promise.all(writes)).toHaveLength(32);
  // On a slow machine some of them moved to connections of their own meanwhile.
  await database.idle();
  await expect.poll(backends).toBe(0);
  await database.call(insert('awake again'));
});
