import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLogStream,
  createSessions,
  deliverEvents,
  migrateDatabase,
  openEmbeddedCluster,
  platformSchema,
} from '@ashlar/postgres';
import { Client } from 'pg';

const EVENTS = 50_000;
const RUNS = 3;
const BATCH = 500;
const observe = (): void => undefined;

/**
 * Events a second from `events.emit` in SQL to a handler that takes many at once and writes a row for each, all of it
 * durable. They are emitted while they are handled, in two transactions, so that both ways to a consumer are in it:
 * the stream, and the event log for what it could not hold.
 */
export async function measureEventDelivery(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-bench-events-'));
  // As root the server runs as nobody, who has to pass through.
  await chmod(folder, 0o755);
  const cluster = await openEmbeddedCluster({
    dataDir: folder,
    superuserPassword: 'bench',
    platformPassword: 'bench',
    port: 0,
    observe,
  });
  const sessions = createSessions({ observe });
  const password = randomBytes(16).toString('hex');
  const target = await cluster.ensureProject('bench', {
    authenticator: { user: 'bench_authenticator', password },
    owner: { user: 'bench_owner', password },
  });
  const access = cluster.admin(target.database);
  await migrateDatabase({ admin: access, owners: [platformSchema], ownerRole: cluster.ownerRole, observe });
  const client = new Client(access);
  const stream = createLogStream({ project: 'bench', access, observe });
  let handled = 0;
  let wanted = EVENTS;
  let done = Promise.withResolvers<void>();
  const delivery = deliverEvents({
    project: 'bench',
    database: sessions.project(target),
    stream,
    observe,
    subscriptions: [
      {
        consumer: 'identity.bench',
        types: ['app.*'],
        effects: 'database',
        role: 'identity',
        maxBatch: BATCH,
        async handleBatch(events, { tx }) {
          await tx.query('insert into public.effects select unnest($1::uuid[])', [events.map(({ id }) => id)]);
          handled += events.length;
          if (handled >= wanted) done.resolve();
        },
      },
    ],
  });
  try {
    await client.connect();
    await client.query('create table public.effects (id uuid); grant all on public.effects to identity');
    const emit = (count: number): Promise<unknown> =>
      client.query(`select events.emit('app.thing.happened', (n % 500)::text, '{"total": 1200}')
                      from generate_series(1, ${count}) n`);
    while (stream.status().state !== 'reading') await new Promise((resolve) => setTimeout(resolve, 20));
    const rates: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      wanted = handled + EVENTS;
      done = Promise.withResolvers();
      const startedAt = performance.now();
      await emit(EVENTS / 2);
      await emit(EVENTS / 2);
      await done.promise;
      rates.push(EVENTS / ((performance.now() - startedAt) / 1000));
    }
    return rates.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
  } finally {
    await delivery.close();
    await stream.close();
    await client.end();
    await sessions.close();
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  }
}
