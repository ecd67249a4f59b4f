import type { Observation } from '@ashlar/telemetry';
import { startTestCluster, type TestCluster } from '@ashlar/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogBatch } from './log-batch.ts';
import { createLogStream, type LogStream } from './log-stream.ts';

// A server of its own, all of whose slots may be taken.
let own: TestCluster;
let admin: Client;
const streams: LogStream[] = [];
beforeAll(async () => {
  own = await startTestCluster();
  admin = new Client(own.cluster.admin('postgres'));
  await admin.connect();
  await admin.query(`
    create table public.things (id int primary key);
    create publication supabase_realtime for table public.things`);
});
afterAll(async () => {
  await Promise.all(streams.map((stream) => stream.close()));
  await admin?.end();
  await own?.close();
});

interface Heard {
  readonly observed: Observation[];
  readonly starts: boolean[];
  changes: number;
}

function listen(): Heard {
  const heard: Heard = { observed: [], starts: [], changes: 0 };
  const stream = createLogStream({
    project: 'crowded',
    access: own.cluster.admin('postgres'),
    observe: (one) => heard.observed.push(one),
  });
  streams.push(stream);
  stream.attach({
    name: 'listener',
    isDurable: false,
    onStart: ({ isContinued }) => void heard.starts.push(isContinued),
    onBatch: ({ changes }: LogBatch) => void (heard.changes += changes.length),
  });
  return heard;
}

test('a listener without a slot says why and hears as soon as there is one, while others go on', async () => {
  const first = listen();
  await expect.poll(() => first.starts).toEqual([false]);
  await admin.query(`
    select pg_create_physical_replication_slot('taken_' || n)
      from generate_series(1, current_setting('max_replication_slots')::int - 1) n`);
  const late = listen();
  await expect
    .poll(() => late.observed)
    .toContainEqual(
      expect.objectContaining({
        kind: 'stream.lost',
        error: expect.objectContaining({ message: expect.stringContaining('all replication slots are in use') }),
      }),
    );
  await admin.query('set synchronous_commit = on; insert into things values (1)');
  await expect.poll(() => first.changes).toBe(1);
  expect(late.starts).toEqual([]);
  await admin.query(`select pg_drop_replication_slot('taken_1')`);
  await expect.poll(() => late.starts).toEqual([false]);
  await admin.query('insert into things values (2)');
  await expect.poll(() => late.changes).toBe(1);
  await expect.poll(() => first.changes).toBe(2);
});
