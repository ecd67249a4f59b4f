import { createTestProject, type TestProject } from '@ashlar/testing';
import { ignoreObservations } from '@ashlar/telemetry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Call, ProjectDatabase } from './call.ts';
import { createSessions, type SessionBounds, type Sessions } from './sessions.ts';

let project: TestProject;
let opened: Sessions[] = [];

beforeAll(async () => {
  project = await createTestProject();
  await project.sql(`
    set role postgres;
    create table public.notes (id int primary key, owner text not null, body text not null default '');
    alter table public.notes enable row level security;
    create policy own_rows on public.notes for all to authenticated
      using (owner = current_setting('request.jwt.claims', true)::jsonb ->> 'sub');
    insert into public.notes select n, 'user ' || n % 10, 'note ' || n from generate_series(1, 1000) n;
    create table public.parents (id int primary key);
    create table public.children (parent int references public.parents deferrable initially deferred);
    grant all on all tables in schema public to authenticated;
    reset role;`);
});

afterAll(async () => {
  await Promise.all(opened.map((sessions) => sessions.close()));
  opened = [];
  await project.close();
});

function withBounds(bounds: Partial<SessionBounds>): ProjectDatabase {
  const sessions = createSessions({ observe: ignoreObservations, bounds });
  opened.push(sessions);
  return sessions.project(project.target);
}

function read(user: string, text: string, values: readonly string[] = [], more: Partial<Call> = {}): Call {
  return {
    login: 'authenticator',
    role: 'authenticated',
    settings: [['request.jwt.claims', JSON.stringify({ sub: user })]],
    readOnly: true,
    statementTimeoutMs: 8_000,
    connection: 'shared',
    statement: { text, values },
    ...more,
  };
}

const write = (user: string, text: string, values: readonly string[] = []): Call =>
  read(user, text, values, { readOnly: false });

const sleep = (seconds: string, signal?: AbortSignal): Call =>
  read('user 1', 'select pg_sleep($1)', [seconds], signal === undefined ? {} : { signal });

const backends = async (): Promise<number> => {
  const rows = await project.sql<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  return rows[0]?.count ?? 0;
};

test('claims of pipelined neighbours do not mix', async () => {
  const users = Array.from({ length: 200 }, (_, index) => `user ${index % 10}`);
  const answers = await Promise.all(
    users.map((user) =>
      project.database.call(
        read(
          user,
          `select current_setting('request.jwt.claims')::json ->> 'sub', count(*), min(owner) from public.notes`,
        ),
      ),
    ),
  );
  expect(answers.map(({ rows }) => rows[0])).toEqual(users.map((user) => [user, '100', user]));
});

test('a row of another user is invisible', async () => {
  const { rows } = await project.database.call(read('user 1', 'select body from public.notes where id = $1', ['2']));
  expect(rows).toEqual([]);
});

test('nothing of a request is left on its connection', async () => {
  await project.database.call(read('user 1', 'select 1'));
  const rows = await Promise.all(
    Array.from({ length: 4 }, () =>
      project.database.call({ ...read('', `select current_setting('request.jwt.claims', true)`), settings: [] }),
    ),
  );
  expect(rows.map((result) => result.rows[0]?.[0])).toEqual(['', '', '', '']);
});

test('an error of one request leaves its fifteen neighbours alone', async () => {
  const answers = await Promise.allSettled(
    Array.from({ length: 16 }, (_, index) =>
      project.database.call(
        index === 7
          ? write('user 1', `insert into public.notes (id, owner) values (1, 'user 1')`)
          : read('user 1', 'select body from public.notes where id = 11'),
      ),
    ),
  );
  answers.forEach((answer, index) => {
    if (index === 7) expect(answer).toMatchObject({ status: 'rejected', reason: { code: '23505' } });
    else expect(answer).toMatchObject({ status: 'fulfilled', value: { rows: [['note 11']] } });
  });
});

test('a statement that cannot be parsed does not fall on neighbours with the same text', async () => {
  const text = 'select no_such_column from public.notes';
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, () => project.database.call(read('user 1', text))),
  );
  expect(new Set(answers.map((answer) => (answer.status === 'rejected' ? answer.reason.code : answer.status)))).toEqual(
    new Set(['42703']),
  );
});

test('a constraint that fails at commit rejects the write', async () => {
  const orphan = write('user 1', 'insert into public.children values (42) returning parent');
  await expect(project.database.call(orphan)).rejects.toMatchObject({ code: '23503' });
});

test('a read-only request cannot write', async () => {
  const call = read('user 1', `insert into public.notes (id, owner) values (5000, 'user 1')`);
  await expect(project.database.call(call)).rejects.toMatchObject({ code: '25006' });
});

test('the statement before runs in the same transaction, as the same role, and may refuse', async () => {
  const before = { text: `select set_config('app.seen', current_user::text, true)`, values: [] };
  const { rows } = await project.database.call(read('user 1', `select current_setting('app.seen')`, [], { before }));
  expect(rows).toEqual([['authenticated']]);
  const refusal = { text: 'select 1 / 0', values: [] };
  await expect(project.database.call(read('user 1', 'select 1', [], { before: refusal }))).rejects.toMatchObject({
    code: '22012',
  });
});

test('a statement too long for a shared connection goes on alone, within its own limit', async () => {
  const { rows } = await project.database.call(read('user 1', `select 'slept', pg_sleep(0.4)`));
  expect(rows).toEqual([['slept', '']]);
  const limited = read('user 1', 'select pg_sleep(5)', [], { statementTimeoutMs: 500 });
  await expect(project.database.call(limited)).rejects.toMatchObject({ code: '57014' });
});

test('a shape that proved slow keeps off shared connections from then on', async () => {
  const database = withBounds({ sharedConnections: 1 });
  const slow = read('user 1', 'select pg_backend_pid(), pg_sleep(0.3)');
  await database.call(slow);
  await database.call(slow);
  const shared = await database.call(read('user 1', 'select pg_backend_pid()'));
  const [first, second] = await Promise.all([database.call(slow), database.call(slow)]);
  expect(new Set([shared.rows[0]?.[0], first.rows[0]?.[0], second.rows[0]?.[0]]).size).toBe(3);
});

test('an answer that lay unread while this process stood still does not make its shape slow', async () => {
  const database = withBounds({ sharedConnections: 1 });
  const backendsSeen = new Set<string | null | undefined>();
  for (let run = 0; run < 5; run++) {
    const answer = database.call(read('user 1', 'select pg_backend_pid()'));
    // The statement leaves with the turn's end; then nothing turns for longer than a slow run takes.
    await new Promise((sent) => setImmediate(sent));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 80);
    backendsSeen.add((await answer).rows[0]?.[0]);
  }
  expect(backendsSeen.size).toBe(1);
});

test('sleepers among them do not hold up the others', async () => {
  const database = withBounds({});
  // Twice too slow, and its neighbours are spared the shape.
  await database.call(sleep('0.1'));
  await database.call(sleep('0.1'));
  const abort = new AbortController();
  const sleepers = Promise.allSettled(Array.from({ length: 3 }, () => database.call(sleep('20', abort.signal))));
  const reads = Array.from({ length: 300 }, () =>
    database.call(read('user 1', 'select body from public.notes where id = 11')),
  );
  expect(await Promise.all(reads)).toHaveLength(300);
  abort.abort(new Error('enough'));
  expect((await sleepers).every(({ status }) => status === 'rejected')).toBe(true);
});

test('a row locked by somebody is waited for on an own connection, not on a shared one', async () => {
  const database = withBounds({ sharedConnections: 1 });
  await project.sql('begin; update public.notes set body = body where id = 21');
  const waiting = database.call(write('user 1', `update public.notes set body = 'mine' where id = 21 returning body`));
  const waitsForLock = async (): Promise<number> => {
    const rows = await project.sql<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%mine%'`,
    );
    return rows[0]?.count ?? 0;
  };
  // The first wait, on the shared connection, ends soon; the second goes on until the commit.
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await waitsForLock()).toBe(1);
  const { rows } = await database.call(read('user 1', 'select body from public.notes where id = 11'));
  expect(rows).toEqual([['note 11']]);
  await project.sql('commit');
  expect((await waiting).rows).toEqual([['mine']]);
});

test('when all places are taken a request waits, and beyond the bound it is refused at once', async () => {
  const database = withBounds({ sharedConnections: 1, sharedDepth: 2, maxWaiting: 3 });
  await database.call(read('user 1', 'select 1'));
  const answers = await Promise.allSettled(
    Array.from({ length: 8 }, () => database.call(read('user 1', 'select pg_sleep(0.03)'))),
  );
  expect(answers.map((answer) => (answer.status === 'rejected' ? answer.reason.code : 'answered'))).toEqual([
    ...Array.from({ length: 5 }, () => 'answered'),
    ...Array.from({ length: 3 }, () => 'postgres.queue_full'),
  ]);
});

test('a request that waits too long is told so', async () => {
  const database = withBounds({ sharedConnections: 1, sharedDepth: 1, maxWaitMs: 200 });
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, () => database.call(read('user 1', 'select pg_sleep(0.03)'))),
  );
  expect(answers.at(-1)).toMatchObject({
    status: 'rejected',
    reason: { code: 'postgres.queue_timeout', kind: 'timeout' },
  });
});

test('an aborted request is dropped and its neighbours are answered', async () => {
  const database = withBounds({ sharedConnections: 1 });
  await database.call(read('user 1', 'select 1'));
  const abort = new AbortController();
  const dropped = database.call(read('user 1', 'select pg_sleep(0.1)', [], { signal: abort.signal }));
  const neighbour = database.call(read('user 1', `select 'answered'`));
  abort.abort(new Error('the client went away'));
  await expect(dropped).rejects.toThrow('the client went away');
  expect((await neighbour).rows).toEqual([['answered']]);
});

test('the least used prepared statements are closed', async () => {
  const database = withBounds({ sharedConnections: 1, preparedStatements: 8 });
  for (let index = 0; index < 30; index++) {
    const { rows } = await database.call(read('user 1', `select ${index}`));
    expect(rows).toEqual([[String(index)]]);
  }
  const { rows } = await database.call(read('user 1', 'select count(*) from pg_prepared_statements'));
  // The one that made room for this very statement is closed with the next.
  expect(Number(rows[0]?.[0])).toBeLessThanOrEqual(9);
});

test('a statement whose result DDL changed is prepared anew', async () => {
  await project.sql(
    'create table public.shape (a int); insert into public.shape values (1); grant select on public.shape to authenticated',
  );
  const call = read('user 1', 'select * from public.shape');
  for (let run = 0; run < 6; run++) await project.database.call(call);
  await project.sql(`alter table public.shape add b text default 'new'`);
  const answers = await Promise.all(Array.from({ length: 20 }, () => project.database.call(call)));
  expect(answers.map(({ rows, fields }) => [rows, fields.length])).toEqual(answers.map(() => [[['1', 'new']], 2]));
});

test('values with quotes, nulls, emoji and backslashes arrive as they are, and a NUL is refused', async () => {
  const values = [`'; drop table notes; --`, '\\', 'ß€😀 نص', '', '"$1"'];
  const { rows } = await project.database.call(
    read('user 1', 'select $1::text, $2::text, $3::text, $4::text, $5::text', values),
  );
  expect(rows).toEqual([values]);
  await expect(project.database.call(read('user 1', 'select $1::text', ['a\0b']))).rejects.toMatchObject({
    code: '22021',
  });
  await expect(project.database.call(read('user 1', 'select 1 \0'))).rejects.toThrow('NUL');
  const withNull = { text: 'select $1::text', values: [null] };
  expect((await project.database.call({ ...read('user 1', ''), statement: withNull })).rows).toEqual([[null]]);
});

test('more values than PostgreSQL takes are refused by name', async () => {
  const values = Array.from({ length: 70_000 }, () => 'x');
  await expect(project.database.call(read('user 1', 'select $1', values))).rejects.toMatchObject({
    code: 'postgres.too_many_values',
  });
  expect((await project.database.call(read('user 1', 'select 1'))).rows).toEqual([['1']]);
});

test('a large answer and a large value travel whole', async () => {
  const large = 'ب'.repeat(1_000_000);
  const { rows } = await project.database.call(read('user 1', 'select $1::text || $1::text', [large]));
  expect(rows[0]?.[0]).toBe(large + large);
});

test('values can be had as the bytes the server wrote', async () => {
  const result = await project.database.call(read('user 1', `select 'a', null, '{"نص": "ß"}'::json, ''`));
  const bytes = [0, 1, 2, 3].map((column) => result.bytes(0, column));
  expect(bytes).toEqual([Buffer.from('a'), null, Buffer.from('{"نص": "ß"}'), Buffer.from('')]);
  expect(result.rows).toEqual([['a', null, '{"نص": "ß"}', '']]);
  expect(() => result.bytes(1, 0)).toThrow(RangeError);
  expect(() => result.bytes(0, 4)).toThrow(RangeError);
});

test('a statement that changes the encoding costs its connection, not its neighbours text', async () => {
  const database = withBounds({ sharedConnections: 1 });
  await database.call(read('user 1', 'select 1'));
  const poison = read('user 1', `select set_config('client_encoding', 'LATIN1', false)`);
  const answers = await Promise.allSettled([
    database.call(poison),
    ...Array.from({ length: 10 }, () => database.call(read('user 1', 'select $1::text', ['نص']))),
  ]);
  for (const answer of answers.slice(1)) expect(answer).toMatchObject({ value: { rows: [['نص']] } });
});

test('a project that goes idle holds no connection, and opens again when it is called', async () => {
  const before = await backends();
  const database = withBounds({ idleMs: 200 });
  const subscription = await database.listen('pgrst', () => undefined);
  await database.call(read('user 1', 'select 1'));
  await database.call(read('user 1', 'select 1', [], { connection: 'own' }));
  expect(await backends()).toBeGreaterThanOrEqual(before + 3);
  await expect.poll(backends).toBe(before);
  expect(database.awake).toBe(false);
  expect((await database.call(read('user 1', 'select 7'))).rows).toEqual([['7']]);
  await subscription.stop();
});

test('a database that stays awake keeps listening, and nothing else', async () => {
  // Of its own, because connections of other tests come and go.
  const quiet = await createTestProject();
  const sessions = createSessions({ observe: ignoreObservations, bounds: { idleMs: 200 } });
  const database = sessions.project({ ...quiet.target, staysAwake: true });
  const heard: string[] = [];
  await database.listen('control', ({ payload }) => heard.push(payload));
  await database.transaction({ login: 'owner', role: 'postgres' }, (tx) => tx.query('select 1'));
  const connections = (): Promise<unknown[]> =>
    quiet.sql(
      `select query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
  await expect.poll(connections).toEqual([{ query: expect.stringMatching(/^listen/i) }]);
  await quiet.sql(`notify control, 'late'`);
  await expect.poll(() => heard).toEqual(['late']);
  await sessions.close();
  await quiet.close();
});

test('a connection that is still being opened when all is closed does not stay behind', async () => {
  const quiet = await createTestProject();
  const sessions = createSessions({ observe: ignoreObservations });
  const answer = sessions.project(quiet.target).call(read('user 1', 'select 1'));
  await Promise.all([
    expect(answer).rejects.toMatchObject({ code: expect.stringMatching(/^postgres\./) }),
    sessions.close(),
  ]);
  // Long enough for the login that was under way to succeed.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const left = await quiet.sql(
    `select usename from pg_stat_activity where datname = current_database() and usename like '%authenticator'`,
  );
  expect(left).toEqual([]);
  await quiet.close();
});
