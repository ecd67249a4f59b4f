import { ignoreObservations } from '@ashlar/telemetry';
import { createTestProject, heldBytes, type TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Call, ResultRows } from './call.ts';
import { runScript } from './run-script.ts';
import { createSessions } from './sessions.ts';

let project: TestProject;

beforeAll(async () => {
  project = await createTestProject();
  await project.sql(`
    set role postgres;
    create table public.things (id int primary key, body text);
    grant all on public.things to authenticated;
    reset role;
    grant usage on schema public to identity;
    grant all on public.things to identity;`);
});

afterAll(() => project.close());

function own(text: string, more: Partial<Call> = {}): Call {
  return {
    login: 'authenticator',
    role: 'authenticated',
    settings: [],
    readOnly: false,
    connection: 'own',
    statement: { text, values: [] },
    ...more,
  };
}

async function* rowsOf(stream: AsyncIterable<ResultRows>): AsyncGenerator<readonly (string | null)[], void, undefined> {
  for await (const page of stream) yield* page.rows;
}

/** Reads a stream to its end, or leaves it after `limit` rows, and counts. */
async function drain(stream: AsyncIterable<ResultRows>, seen: { rows: number }, limit = Infinity): Promise<void> {
  const rows = rowsOf(stream)[Symbol.asyncIterator]();
  while (seen.rows < limit && (await rows.next()).done !== true) seen.rows++;
  await rows.return?.();
}

async function count(where: string): Promise<number> {
  const rows = await project.sql<{ count: number }>(`select count(*)::int as count from ${where}`);
  return rows[0]?.count ?? 0;
}

test('rollback shows the result and keeps nothing', async () => {
  const call = own(`insert into public.things values (1, 'gone') returning body`, { rollback: true });
  expect(await project.database.call(call)).toMatchObject({ rows: [['gone']], command: 'INSERT', rowCount: 1 });
  expect(await count('public.things where id = 1')).toBe(0);
});

test('an isolation level holds for its call and for no other', async () => {
  const level = `select current_setting('transaction_isolation')`;
  const serializable = await project.database.call(own(level, { isolation: 'serializable' }));
  expect(serializable.rows).toEqual([['serializable']]);
  expect((await project.database.call(own(level))).rows).toEqual([['read committed']]);
});

test('a call that fails inside an explicit transaction leaves a usable connection', async () => {
  const sessions = createSessions({ observe: ignoreObservations, bounds: { ownConnections: 1 } });
  const database = sessions.project(project.target);
  await expect(database.call(own('select 1 / 0', { isolation: 'serializable' }))).rejects.toMatchObject({
    code: '22012',
  });
  expect((await database.call(own('select 1'))).rows).toEqual([['1']]);
  await sessions.close();
});

test('an abort cancels the statement at the server and frees the connection', async () => {
  const sessions = createSessions({ observe: ignoreObservations, bounds: { ownConnections: 1 } });
  const database = sessions.project(project.target);
  const startedAt = performance.now();
  const call = own('select pg_sleep(20) /* cancelled */', { signal: AbortSignal.timeout(150) });
  await expect(database.call(call)).rejects.toMatchObject({ name: 'TimeoutError' });
  expect((await database.call(own('select 1'))).rows).toEqual([['1']]);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(
    await count(
      `pg_stat_activity where state = 'active' and query like '%/* cancelled */%' and pid <> pg_backend_pid()`,
    ),
  ).toBe(0);
  await sessions.close();
});

test('what a burst has opened closes soon, but for the connection used last', async () => {
  const sessions = createSessions({ observe: ignoreObservations, bounds: { spareIdleMs: 200 } });
  const database = sessions.project(project.target);
  const burst = async (): Promise<ReadonlySet<string>> => {
    const answers = await Promise.all(
      [1, 2, 3].map(() => database.call(own('select pg_backend_pid() from pg_sleep(0.3)'))),
    );
    return new Set(answers.flatMap(({ rows }) => rows.map(([pid]) => pid ?? '')));
  };
  const opened = await burst();
  expect(opened.size).toBe(3);
  const left = `pg_stat_activity where pid in (${[...opened].join()})`;
  await vi.waitUntil(async () => (await count(left)) === 1, 10_000);
  const [[again] = []] = (await database.call(own('select pg_backend_pid()'))).rows;
  expect(opened).toContain(again);
  await sessions.close();
});

test('all projects together hold no more than the bound, and the least used connection makes room', async () => {
  await using other = await createTestProject();
  const sessions = createSessions({
    observe: ignoreObservations,
    bounds: { ownConnections: 3, ownConnectionsPerProject: 2 },
  });
  const one = sessions.project(project.target);
  const two = sessions.project(other.target);
  let running = 0;
  let most = 0;
  const nap = async (database: typeof one): Promise<void> => {
    await database.transaction({ login: 'platform', role: 'identity' }, async (tx) => {
      running++;
      most = Math.max(most, running);
      await tx.query('select pg_sleep(0.03)');
      running--;
    });
  };
  await Promise.all(Array.from({ length: 12 }, (_, index) => nap(index % 2 === 0 ? one : two)));
  expect(most).toBeLessThanOrEqual(3);
  expect(
    await count(
      `pg_stat_activity where application_name in ('ashlar ${project.ref} platform', 'ashlar ${other.ref} platform')`,
    ),
  ).toBeLessThanOrEqual(3);
  await sessions.close();
});

test('one project cannot take all own connections', async () => {
  await using other = await createTestProject();
  const sessions = createSessions({
    observe: ignoreObservations,
    bounds: { ownConnections: 3, ownConnectionsPerProject: 2 },
  });
  const greedy = sessions.project(project.target);
  const modest = sessions.project(other.target);
  const naps = Array.from({ length: 6 }, () => greedy.call(own('select pg_sleep(0.3)')));
  const startedAt = performance.now();
  await modest.call(own('select 1'));
  expect(performance.now() - startedAt).toBeLessThan(250);
  await Promise.all(naps);
  await sessions.close();
});

test('a stream gives every row, in order, without holding them', async () => {
  const rows = 200_000;
  let next = 0;
  let peakBytes = 0;
  const bytesBefore = heldBytes();
  const text = `select n, repeat('x', 100) from generate_series(0, ${rows - 1}) n`;
  const stream = project.database.stream(own(text, { statementTimeoutMs: 60_000 }));
  for await (const [n] of rowsOf(stream)) {
    if (n !== String(next)) throw new Error(`row ${next} is ${n}`);
    if (++next % 20_000 === 0) peakBytes = Math.max(peakBytes, heldBytes());
  }
  expect(next).toBe(rows);
  // The whole result has more than 20 MB.
  expect(peakBytes - bytesBefore).toBeLessThan(8_000_000);
});

test('a slow reader makes the server wait', async () => {
  const stream = rowsOf(project.database.stream(own('select n from generate_series(1, 1000000) n')));
  await stream.next();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(
    await count(`pg_stat_activity where query like '%generate_series(1, 1000000)%' and wait_event = 'ClientRead'`),
  ).toBe(1);
  await stream.return?.();
});

test('leaving a stream early cancels the rest and frees the connection', async () => {
  const sessions = createSessions({ observe: ignoreObservations, bounds: { ownConnections: 1 } });
  const database = sessions.project(project.target);
  const seen = { rows: 0 };
  await drain(database.stream(own('select n, pg_sleep(0.001) from generate_series(1, 100000) n')), seen, 300);
  expect(seen.rows).toBe(300);
  expect((await database.call(own('select 1'))).rows).toEqual([['1']]);
  await sessions.close();
});

test('a stream runs as its role, within its limits, and says what went wrong in the middle', async () => {
  const call = own(`select case when n < 600 then n else 1 / (600 - n) end from generate_series(1, 1000) n`);
  const seen = { rows: 0 };
  await expect(drain(project.database.stream(call), seen)).rejects.toMatchObject({ code: '22012' });
  expect(seen.rows).toBeGreaterThan(0);
  const roles: (readonly (string | null)[])[] = [];
  const isolated = own('select current_user', { isolation: 'repeatable read' });
  for await (const row of rowsOf(project.database.stream(isolated))) roles.push(row);
  expect(roles).toEqual([['authenticated']]);
});

test('a stream that cannot be sent is refused and its connection stays in step', async () => {
  const sessions = createSessions({ observe: ignoreObservations, bounds: { ownConnections: 1 } });
  const database = sessions.project(project.target);
  await expect(drain(database.stream(own('select \0')), { rows: 0 })).rejects.toThrow('NUL');
  for (let run = 0; run < 3; run++) expect((await database.call(own(`select ${run}`))).rows).toEqual([[String(run)]]);
  await expect(runScript(project.target, 'select \0')).rejects.toThrow('NUL');
  await sessions.close();
});

test('aborting a stream ends it', async () => {
  const signal = AbortSignal.timeout(100);
  const stream = project.database.stream(own('select pg_sleep(0.01) from generate_series(1, 10000)', { signal }));
  await expect(drain(stream, { rows: 0 })).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a transaction commits what its callback did, as the role it named', async () => {
  const result = await project.database.transaction(
    { login: 'platform', role: 'identity', settings: [['request.jwt.claims', '{"sub":"u"}']] },
    async (tx) => {
      await tx.query('insert into public.things values ($1, $2)', [100, 'kept']);
      const { rows } = await tx.query<{ role: string; at: Date; n: number; big: string; doc: unknown; list: number[] }>(
        `select current_user::text as role, timestamptz '2024-01-02T03:04:05Z' as at, 7 as n, 9007199254740993 as big,
                $1::jsonb as doc, $2::int[] as list`,
        [{ a: [1, null] }, [1, 2]],
      );
      return rows[0];
    },
  );
  expect(result).toEqual({
    role: 'identity',
    at: new Date('2024-01-02T03:04:05Z'),
    n: 7,
    big: '9007199254740993',
    doc: { a: [1, null] },
    list: [1, 2],
  });
  expect(await count('public.things where id = 100')).toBe(1);
});

test('a transaction whose callback throws keeps nothing and rethrows', async () => {
  const fail = project.database.transaction({ login: 'platform', role: 'identity' }, async (tx) => {
    await tx.query(`insert into public.things values (101, 'lost')`);
    throw new Error('changed my mind');
  });
  await expect(fail).rejects.toThrow('changed my mind');
  expect(await count('public.things where id = 101')).toBe(0);
});

test('a transaction whose callback swallowed an error does not claim to have committed', async () => {
  const swallow = project.database.transaction({ login: 'platform', role: 'identity' }, async (tx) => {
    await tx.query(`insert into public.things values (102, 'lost')`);
    await tx.query('select 1 / 0').catch(() => undefined);
    return 'done';
  });
  await expect(swallow).rejects.toMatchObject({ code: 'postgres.transaction_aborted' });
  expect(await count('public.things where id = 102')).toBe(0);
});

test('a transaction keeps nothing when a query of it was not sent any more, heard of or not', async () => {
  const abort = new AbortController();
  const work = project.database.transaction(
    { login: 'platform', role: 'identity', signal: abort.signal },
    async (tx) => {
      await tx.query(`insert into public.things values (104, 'half')`);
      abort.abort();
      tx.query(`insert into public.things values (105, 'half')`).catch(() => undefined);
      return 'done';
    },
  );
  await expect(work).rejects.toThrow();
  // Who gave up does not wait for the end of what was begun.
  const busy = `from pg_stat_activity where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()`;
  await expect.poll(() => project.sql(`select ${busy}`)).toEqual([]);
  expect(await count('public.things where id in (104, 105)')).toBe(0);
});

test('a transaction that is aborted is undone', async () => {
  const abort = new AbortController();
  const work = project.database.transaction(
    { login: 'platform', role: 'identity', signal: abort.signal },
    async (tx) => {
      await tx.query(`insert into public.things values (103, 'lost')`);
      setTimeout(() => abort.abort(new Error('too late')), 50);
      await tx.query('select pg_sleep(10)');
    },
  );
  await expect(work).rejects.toThrow('too late');
  await expect.poll(() => count('public.things where id = 103')).toBe(0);
});

test('a transaction whose callback never returns is ended by the server', async () => {
  const limit = await project.database.transaction({ login: 'platform', role: 'identity' }, async (tx) => {
    const { rows } = await tx.query(`select current_setting('idle_in_transaction_session_timeout') as limit`);
    return rows;
  });
  expect(limit).toEqual([{ limit: '1min' }]);
});

test('DDL between two transactions does not fail the second', async () => {
  const readAll = (): Promise<Record<string, unknown>[]> =>
    project.database.transaction({ login: 'platform', role: 'identity' }, async (tx) => {
      return (await tx.query('select * from public.reshaped')).rows;
    });
  await project.sql(
    'create table public.reshaped (a int); insert into public.reshaped values (1); grant all on public.reshaped to identity',
  );
  for (let run = 0; run < 6; run++) await readAll();
  await project.sql(`alter table public.reshaped add b int default 2`);
  expect(await readAll()).toEqual([{ a: 1, b: 2 }]);
});

test('a query after the end of its transaction is refused', async () => {
  let leaked: Parameters<Parameters<typeof project.database.transaction>[1]>[0] | undefined;
  await project.database.transaction({ login: 'platform', role: 'identity' }, async (tx) => {
    leaked = tx;
    await tx.query('select 1');
  });
  await expect(leaked?.query('select 1')).rejects.toThrow('over');
});

test('the login decides which roles can be taken', async () => {
  await expect(project.database.call(own('select 1', { role: 'postgres' }))).rejects.toMatchObject({ code: '42501' });
  await expect(project.database.call(own('select 1', { login: 'owner', role: 'identity' }))).rejects.toMatchObject({
    code: '42501',
  });
});

test('a script runs as the owner and tells the result of each statement', async () => {
  const results = await runScript(
    project.target,
    `create table public.scripted (id int, at timestamptz default now());
     insert into public.scripted (id) values (1), (2);
     select id, current_user from public.scripted order by id;`,
  );
  expect(results.map(({ command, rowCount, rows }) => [command, rowCount, rows])).toEqual([
    ['CREATE', 0, []],
    ['INSERT', 2, []],
    [
      'SELECT',
      2,
      [
        ['1', 'postgres'],
        ['2', 'postgres'],
      ],
    ],
  ]);
});

test('a script that fails leaves nothing and says where', async () => {
  const script = runScript(project.target, 'create table public.half (id int); select nothing_of_the_kind;');
  await expect(script).rejects.toMatchObject({ code: '42703', position: '43' });
  expect(await project.sql(`select to_regclass('public.half') as found`)).toEqual([{ found: null }]);
  await expect(runScript(project.target, 'copy public.things from stdin')).rejects.toMatchObject({ code: '57014' });
});

test('each step of a transaction has its settings, whatever the step before did to them or to the role', async () => {
  const settingsAndRole = {
    text: `select current_setting('app.a', true), current_setting('app.b', true), current_user`,
    values: [],
  };
  const results = await project.database.transaction(
    { login: 'authenticator', role: 'authenticated', settings: [['app.a', 'opening']] },
    async (tx) => {
      const first = await tx.execute({ statement: settingsAndRole });
      await tx.execute({
        statement: { text: `select set_config('role', 'anon', true), set_config('app.a', '?', true)`, values: [] },
      });
      const second = await tx.execute({
        settings: [['app.a', 'step']],
        before: { text: `select set_config('app.b', 'before', true)`, values: [] },
        statement: settingsAndRole,
      });
      return [...first.rows, ...second.rows];
    },
  );
  expect(results).toEqual([
    ['opening', null, 'authenticated'],
    ['step', 'before', 'authenticated'],
  ]);
});

const text = (sql: string, ...values: string[]): Call['statement'] => ({ text: sql, values });

test('statements sent in one packet are all answered, up to the first that is refused', async () => {
  const options = { login: 'authenticator', role: 'authenticated', rollback: true } as const;
  const seen = await project.database.transaction(options, async (tx) => {
    const all = await tx.executeAll([
      text('savepoint s'),
      text('select $1::int + 1', '1'),
      text('select 3 where false'),
    ]);
    const some = await tx.executeAll([text('select $1::int + 1', '2'), text('select 1 / 0'), text('select 5')]);
    const after = await tx.executeAll([text('rollback to savepoint s'), text('select $1::int + 1', '6')]);
    return [all, some, after];
  });
  expect(seen.map(({ answers }) => answers.map(({ rows }) => rows))).toEqual([
    [[], [['2']], []],
    [[['3']]],
    [[], [['7']]],
  ]);
  expect(seen.map(({ error }) => error)).toEqual([null, expect.objectContaining({ code: '22012' }), null]);
});

test('a transaction may be undone although all of it went well', async () => {
  const read = await project.database.transaction(
    { login: 'authenticator', role: 'authenticated', rollback: true },
    async (tx) =>
      (await tx.execute({ statement: { text: 'insert into public.things values (77) returning id', values: [] } }))
        .rows,
  );
  expect(read).toEqual([['77']]);
  expect(await count('public.things where id = 77')).toBe(0);
});

test('what a transaction waits for in its middle gets a connection, although the project has all of its share', async () => {
  const bounds = { ownConnections: 4, ownConnectionsPerProject: 2, maxWaitMs: 1_000 };
  const sessions = createSessions({ observe: ignoreObservations, bounds });
  const database = sessions.project(project.target);
  const outer = { login: 'authenticator', role: 'authenticated' } as const;
  const nested = { login: 'service', role: 'identity', isNested: true } as const;
  const bothAreIn = Promise.withResolvers<void>();
  let inside = 0;
  const nest = () =>
    database.transaction(outer, async (tx) => {
      await tx.query('select 1');
      if ((inside += 1) === 2) bothAreIn.resolve();
      await bothAreIn.promise;
      return database.transaction(nested, async (other) => (await other.query('select 2 as two')).rows);
    });
  expect(await Promise.all([nest(), nest()])).toEqual([[{ two: 2 }], [{ two: 2 }]]);
  await sessions.close();
});
