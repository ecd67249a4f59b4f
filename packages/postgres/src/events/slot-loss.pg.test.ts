import { setTimeout as delay } from 'node:timers/promises';
import type { Observation } from '@ashlar/telemetry';
import { createTestProject, proofSize, startTestCluster } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { createLogStream } from '../stream/log-stream.ts';
import { deliverEvents } from './event-delivery.ts';

/** Writes more log than a server keeps for a slot, 2 GB: only at full length, on a server of its own. */
const ROUNDS = proofSize('stream', { short: 0, full: 1 });
/** Segments of 16 MiB. */
const SWITCHES = 150;
const PATIENCE_MS = 60_000;

async function until(isSo: () => boolean): Promise<void> {
  const startedAt = performance.now();
  while (!isSo()) {
    if (performance.now() - startedAt > PATIENCE_MS) throw new Error('Waited in vain');
    await delay(20);
  }
}

test.runIf(ROUNDS > 0)(
  'events whose log the server has given up on are read from the event log',
  async () => {
    await using server = await startTestCluster();
    await using project = await createTestProject({ cluster: server.cluster });
    await project.sql('set synchronous_commit = on');
    const observed: Observation[] = [];
    const seen: unknown[] = [];
    const observe = (observation: Observation): void => void observed.push(observation);
    const start = (): { stop(): Promise<void> } => {
      const stream = createLogStream({
        project: project.ref,
        access: project.cluster.admin(project.target.database),
        observe,
      });
      const delivery = deliverEvents({
        project: project.ref,
        database: project.database,
        stream,
        observe,
        subscriptions: [
          {
            consumer: 'identity.watcher',
            types: ['app.thing.*'],
            effects: 'outside',
            handle: async (event) => void seen.push(event.data['n']),
          },
        ],
      });
      return {
        async stop() {
          await delivery.close();
          await stream.close();
        },
      };
    };
    const emit = (n: number): Promise<unknown> =>
      project.sql(`select events.emit('app.thing.happened', 's', jsonb_build_object('n', $1::int))`, [n]);

    const first = start();
    await until(() => observed.some(({ kind }) => kind === 'event.consumer-caught-up'));
    await emit(1);
    await until(() => seen.length === 1);
    await first.stop();
    await emit(2);
    for (let segment = 0; segment < SWITCHES; segment += 1) {
      await project.sql(`select pg_logical_emit_message(false, 'fill', 'x')`);
      await project.sql('select pg_switch_wal()');
    }
    await project.sql('checkpoint');
    const [slot] = await project.sql<{ status: string }>(
      'select wal_status as status from pg_replication_slots where database = current_database()',
    );
    expect(slot).toEqual({ status: 'lost' });

    const second = start();
    await emit(3);
    await until(() => seen.length === 3);
    await second.stop();
    expect(seen).toEqual([1, 2, 3]);
    expect(observed).toContainEqual(expect.objectContaining({ kind: 'stream.gap', reason: 'slot-lost' }));
  },
  600_000,
);
