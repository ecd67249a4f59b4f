import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ignoreObservations } from '@ashlar/telemetry';
import { createTestProject, type TestProject } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Call, ProjectDatabase } from './call.ts';
import { createSessions, type SessionBounds } from './sessions.ts';

let project: TestProject;

beforeAll(async () => {
  project = await createTestProject();
  await project.sql(`
    set role postgres;
    create table public.counted (id int generated always as identity primary key, run text);
    grant all on public.counted to authenticated;
    reset role;`);
});

afterAll(() => project.close());

function statement(text: string, more: Partial<Call> = {}): Call {
  return {
    login: 'authenticator',
    role: 'authenticated',
    settings: [],
    readOnly: true,
    statementTimeoutMs: 8_000,
    connection: 'shared',
    statement: { text, values: [] },
    ...more,
  };
}

async function pidOf(database: ProjectDatabase): Promise<number> {
  return Number((await database.call(statement('select pg_backend_pid()'))).rows[0]?.[0]);
}

/** A wire to PostgreSQL that a test can cut, and keep cut. */
async function cuttableWire(): Promise<{ server: Server; port: number; cut(): void; refuse(): Promise<void> }> {
  const { host, port } = project.target;
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    server,
    // A TCP server has an address with a port.
    port: (server.address() as AddressInfo).port,
    cut,
    refuse: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}

function through(
  port: number,
  bounds: Partial<SessionBounds> = {},
): {
  database: ProjectDatabase;
  close(): Promise<void>;
} {
  const sessions = createSessions({ observe: ignoreObservations, bounds });
  return { database: sessions.project({ ...project.target, host: '127.0.0.1', port }), close: () => sessions.close() };
}

test('a read in flight on a killed connection is repeated, a write is not', async () => {
  const sessions = createSessions({ observe: ignoreObservations, bounds: { sharedConnections: 1 } });
  const database = sessions.project(project.target);
  const pid = await pidOf(database);
  const insert = statement(`insert into public.counted (run) select 'write' from pg_sleep(1)`, { readOnly: false });
  const outcomes = Promise.allSettled([
    database.call(statement(`select 'read', pg_sleep(1)`)),
    database.call(insert),
    database.call(statement(`select 'behind'`)),
  ]);
  const sleeping = `select from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'`;
  await expect.poll(() => project.sql(sleeping, [pid]), { interval: 10 }).toHaveLength(1);
  await project.sql('select pg_terminate_backend($1)', [pid]);
  const [first, second, third] = await outcomes;
  expect(first).toMatchObject({ status: 'fulfilled', value: { rows: [['read', '']] } });
  expect(second).toMatchObject({
    status: 'rejected',
    reason: { code: 'postgres.connection_lost', kind: 'unavailable' },
  });
  expect(third).toMatchObject({ status: 'fulfilled', value: { rows: [['behind']] } });
  expect(await project.sql(`select * from public.counted where run = 'write'`)).toEqual([]);
  expect(await pidOf(database)).not.toBe(pid);
  await sessions.close();
});

test('while the database is away callers are refused at once, and served when it is back', async () => {
  const wire = await cuttableWire();
  const { database, close } = through(wire.port);
  await database.call(statement('select 1'));
  await wire.refuse();
  const startedAt = performance.now();
  const refused = await Promise.allSettled(Array.from({ length: 500 }, () => database.call(statement('select 1'))));
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(new Set(refused.map((answer) => (answer.status === 'rejected' ? answer.reason.code : 'answered')))).toEqual(
    new Set(['postgres.unavailable']),
  );
  await expect(
    database.transaction({ login: 'platform', role: 'identity' }, (tx) => tx.query('select 1')),
  ).rejects.toMatchObject({ code: 'postgres.unavailable' });
  await close();
});

test('a database that comes back is used again without a restart', async () => {
  const wire = await cuttableWire();
  const { database, close } = through(wire.port);
  await database.call(statement('select 1'));
  wire.cut();
  await expect.poll(async () => (await database.call(statement('select 2'))).rows[0]?.[0]).toBe('2');
  await close();
  await wire.refuse();
});

test('a connection that says nothing any more does not hold its callers for ever', async () => {
  const mute = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const { database, close } = through((mute.address() as AddressInfo).port, { connectTimeoutMs: 200 });
  await expect(database.call(statement('select 1'))).rejects.toMatchObject({ code: 'postgres.unavailable' });
  await close();
  mute.close();
});

test('closing lets what is in flight finish and refuses what comes after', async () => {
  const sessions = createSessions({ observe: ignoreObservations });
  const database = sessions.project(project.target);
  await database.call(statement('select 1'));
  const inFlight = database.call(statement(`select 'done', pg_sleep(0.1)`));
  // A call reaches its connection in the same turn when one is open.
  const closed = sessions.close();
  expect((await inFlight).rows).toEqual([['done', '']]);
  await closed;
  await expect(database.call(statement('select 1'))).rejects.toMatchObject({ code: 'postgres.closed' });
});

test('wrong credentials name the database and the reason', async () => {
  const sessions = createSessions({ observe: ignoreObservations });
  const { logins } = project.target;
  const database = sessions.project({
    ...project.target,
    logins: { ...logins, authenticator: { ...logins.authenticator, password: 'wrong' } },
  });
  await expect(database.call(statement('select 1'))).rejects.toThrow(/project_.*password authentication failed/);
  await sessions.close();
});
