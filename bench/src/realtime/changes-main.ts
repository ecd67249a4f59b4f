// `node bench/src/realtime/changes-main.ts`: what changes of tables cost, without the rest of the benchmark.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startInstance } from '../instance/instance.ts';
import { changesAt, type ChangeLoad, idleLatency } from './measure-changes.ts';
import { CHANGES_SCHEMA } from './measure-realtime.ts';

const SECONDS = 10;
const LOADS: readonly ChangeLoad[] = [
  { groups: 1, perSecond: 20, seconds: SECONDS },
  { groups: 50, perSecond: 100, seconds: SECONDS },
  { groups: 50, perSecond: 500, seconds: SECONDS },
];

const folder = await mkdtemp(join(tmpdir(), 'ashlar-changes-'));
await using closing = new AsyncDisposableStack();
closing.defer(() => rm(folder, { recursive: true, force: true }));
const instance = await startInstance({ dataDir: join(folder, 'data'), logLevel: 'warn' });
closing.defer(() => instance.stop());
const owner = new Client(instance.login('owner'));
await owner.connect();
await owner.query(CHANGES_SCHEMA);
await owner.end();

say(`one subscriber, 20 changes/s: p95 ${(await idleLatency(instance, 100)).toFixed(0)} ms`);
for (const load of LOADS) {
  const { groups, perSecond, p95Ms, missing, cpuPerChange } = await changesAt(instance, load);
  say(
    `500 subscribers, ${groups} groups, ${load.perSecond} changes/s: ${perSecond.toFixed(0)}/s written, ` +
      `p95 ${p95Ms.toFixed(0)} ms, ${missing} missing, CPU per change: ` +
      `server ${cpuPerChange.server.toFixed(0)} µs, PostgreSQL ${cpuPerChange.postgres.toFixed(0)} µs`,
  );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
