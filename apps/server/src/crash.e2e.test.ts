import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeInstanceFolder, proofSize, type RunningServer, startServer } from '@ashlar/testing';
import { expect, onTestFinished, test } from 'vitest';

const WRITERS = proofSize('crash', { short: 50, full: 500 });
const ROUNDS = proofSize('crash', { short: 4, full: 20 });
/** Promised on a machine of one's own; the short run shares two cores with other tests. */
const READY_AGAIN_MS = proofSize('crash', { short: 20_000, full: 5_000 });
const SEED = 20_261_121;

test('no acknowledged row is lost when server or postmaster are killed under load', { timeout: 600_000 }, async () => {
  const dataDir = await makeInstanceFolder();
  const random = seeded(SEED);
  const writing = { round: 0, stopped: false };
  const environment = { ASHLAR_PORT: String(await freePort()), ASHLAR_DEV: 'true' };
  let server = await startServer({ dataDir, environment });
  onTestFinished(async () => {
    writing.stopped = true;
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  await server.sql('create table writes (id uuid primary key, round int not null)');
  await expect.poll(() => write(server, randomUUID(), -1), { timeout: 10_000 }).toBe(true);

  const acknowledged: string[] = [];
  const readyAgainMs: number[] = [];
  const writers = Array.from({ length: WRITERS }, async () => {
    while (!writing.stopped) {
      const id = randomUUID();
      if (await write(server, id, writing.round)) acknowledged.push(id);
      else await delay(20);
    }
  });

  // Five hundred connections take a while to open; the kills are to hit a server at work.
  await expect.poll(() => acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(WRITERS * 2);
  for (writing.round = 1; writing.round <= ROUNDS; writing.round += 1) {
    await delay(200 + random() * 600);
    const killedAt = performance.now();
    // The first two rounds kill one of each, so that a short run proves both.
    const victim = writing.round <= 2 ? writing.round : 1 + Math.floor(random() * 2);
    if (victim === 1) process.kill(await postmasterPid(dataDir), 'SIGKILL');
    else {
      await server.end('SIGKILL');
      server = await startServer({ dataDir, environment });
    }
    // Backends outlive a killed postmaster for a moment and still acknowledge; only a new one lets anybody in.
    await expect.poll(() => answers(server), { timeout: 60_000, interval: 10 }).toBe(true);
    await expect.poll(() => write(server, randomUUID(), writing.round), { timeout: 60_000, interval: 10 }).toBe(true);
    readyAgainMs.push(Math.round(performance.now() - killedAt));
  }

  writing.stopped = true;
  await Promise.all(writers);
  const rows = await server.sql<{ id: string }>('select id from writes');
  const stored = new Set(rows.map((row) => row.id));
  expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  expect(Math.max(...readyAgainMs), `ready again after ${readyAgainMs.join(', ')} ms`).toBeLessThan(READY_AGAIN_MS);
});

/** True when the server acknowledged the row; whatever else happens is not an acknowledgement. */
async function write(server: RunningServer, id: string, round: number): Promise<boolean> {
  try {
    const response = await fetch(`${server.url}/rest/v1/writes`, {
      method: 'POST',
      headers: { apikey: server.serviceRoleKey, 'content-type': 'application/json' },
      body: JSON.stringify({ id, round }),
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    return response.status === 201;
  } catch {
    return false;
  }
}

async function answers(server: RunningServer): Promise<boolean> {
  return server.sql('select 1').then(
    () => true,
    () => false,
  );
}

async function postmasterPid(dataDir: string): Promise<number> {
  const [pid] = (await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      // A TCP server has an address with a port; only pipes have a name instead.
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Mulberry32: the same kills at the same moments for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
