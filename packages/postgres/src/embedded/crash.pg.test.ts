import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { proofSize } from '@ashlar/testing';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { withAdmin } from '../cluster/admin-connection.ts';
import { type EmbeddedCluster, openEmbeddedCluster } from './open-embedded-cluster.ts';

const ROUNDS = proofSize('crash', { short: 3, full: 20 });
const WRITERS = proofSize('crash', { short: 20, full: 150 });
/** What the platform promises after `kill -9`. */
const BACK_IN_SERVICE_MS = 5_000;

test('whatever moment the postmaster is killed, no acknowledged row is lost and none appears twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-crash-'));
  chmodSync(folder, 0o755);
  const cluster = await openEmbeddedCluster({
    dataDir: folder,
    superuserPassword: 'superuser',
    platformPassword: 'platform',
    port: 0,
    observe: () => undefined,
  });
  try {
    await run(cluster, 'CREATE TABLE public.entry (writer int, number int)');
    const writers = Array.from({ length: WRITERS }, () => ({ acknowledged: [] as number[], next: 1 }));
    for (let round = 0; round < ROUNDS; round += 1) {
      const writing = writers.map((writer, index) => writeUntilCut(cluster, index, writer));
      await delay(150 + 37 * (round % 10));
      process.kill(cluster.pid() ?? 0, 'SIGKILL');
      const killedAt = performance.now();
      await Promise.all(writing);
      await cluster.ready();
      await run(cluster, 'SELECT 1');
      expect(performance.now() - killedAt).toBeLessThan(BACK_IN_SERVICE_MS);
    }
    const rows = await run(cluster, 'SELECT writer, number, count(*)::int AS times FROM public.entry GROUP BY 1, 2');
    const found = new Set(rows.map((row) => `${String(row['writer'])}/${String(row['number'])}`));
    const lost = writers.flatMap(({ acknowledged }, index) =>
      acknowledged.map((number) => `${index}/${number}`).filter((entry) => !found.has(entry)),
    );
    expect(writers.flatMap(({ acknowledged }) => acknowledged).length).toBeGreaterThan(WRITERS * 2);
    expect(lost).toEqual([]);
    expect(rows.filter((row) => row['times'] !== 1)).toEqual([]);
  } finally {
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Inserts one row after the other, each number tried once, until the connection is cut. */
async function writeUntilCut(
  cluster: EmbeddedCluster,
  index: number,
  writer: { readonly acknowledged: number[]; next: number },
): Promise<void> {
  const client = new Client(cluster.admin('postgres'));
  client.on('error', () => undefined);
  try {
    await client.connect();
    for (;;) {
      const number = writer.next;
      writer.next += 1;
      await client.query('INSERT INTO public.entry VALUES ($1, $2)', [index, number]);
      writer.acknowledged.push(number);
    }
  } catch {
    await client.end().catch(() => undefined);
  }
}

function run(cluster: EmbeddedCluster, text: string): Promise<Record<string, unknown>[]> {
  return withAdmin(cluster.admin('postgres'), async (client) => (await client.query(text)).rows);
}
