import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeInstanceFolder, proofSize, type RunningServer, startServer } from '@ashlar/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Probe, PROBED_SERVER } from './fixtures/probe.ts';

const PATIENCE_MS = 30_000;
const KILLS = proofSize('stream-faults', { short: 1, full: 4 });

let dataDir: string;
let server: RunningServer;
let probe: Probe;
beforeAll(async () => {
  dataDir = await makeInstanceFolder();
  await start();
  probe = new Probe((text, values) => server.superuserSql(text, values));
});
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  server = await startServer({ dataDir, main: PROBED_SERVER, environment });
}

test('a subscription of a service hears what SQL emits in the project', { timeout: PATIENCE_MS * 2 }, async () => {
  await probe.begin();
  await probe.emit(1);
  await probe.emit(20);
  await probe.expectAllOnce();
});

test('kill -9 in the middle of handling loses none', { timeout: PATIENCE_MS * 3 }, async () => {
  for (let round = 0; round < KILLS; round += 1) {
    await probe.emit(400);
    await delay(60 * (round + 1));
    await server.end('SIGKILL');
    await start();
    await probe.emit(3);
  }
  await probe.expectAllOnce();
});

test('a restart loses none', { timeout: PATIENCE_MS * 2 }, async () => {
  await probe.emit(300);
  await server.end('SIGTERM');
  await start({ ASHLAR_PROJECT_IDLE_SECONDS: '1' });
  await probe.emit(3);
  await probe.expectAllOnce();
});

test(
  'a project out of use lets its log go, and catches up with its next use',
  { timeout: PATIENCE_MS * 3 },
  async () => {
    await expect.poll(() => probe.slots(), { timeout: PATIENCE_MS }).toBe(0);
    const before = await probe.count();
    await probe.emit(30);
    await delay(300);
    expect(await probe.count()).toBe(before);
    const headers = { apikey: server.serviceRoleKey };
    expect((await fetch(`${server.url}/rest/v1/effects?limit=1`, { headers })).status).toBeLessThan(500);
    await probe.expectAllOnce();
    await probe.emit(3);
    await probe.expectAllOnce();
    await expect.poll(() => probe.slots(), { timeout: PATIENCE_MS }).toBe(0);
  },
);

test(
  'a project with work left is woken by the next process, without a request',
  { timeout: PATIENCE_MS * 3 },
  async () => {
    await server.end('SIGTERM');
    await start();
    expect((await server.ashlar('project', 'create', 'shop')).code).toBe(0);
    const sql = async (text: string): Promise<unknown[]> => {
      const { logins } = JSON.parse(await readFile(join(dataDir, 'keys', 'shop.json'), 'utf8'));
      const { hostname, port } = new URL(server.dbUrl);
      const client = new Client({ host: hostname, port: Number(port), database: 'project_shop', ...logins.owner });
      await client.connect();
      const { rows } = await client.query(text);
      await client.end();
      return rows;
    };
    await sql(
      'create table public.effects (consumer text, event_id uuid, n int); grant all on public.effects to public',
    );
    await fetch(`${server.url}/p/shop/rest/v1/effects`, { headers: { apikey: server.anonKey } });
    await fetch(`${server.url}/p/shop/auth/v1/health`);
    await expect.poll(() => probe.slots(), { timeout: PATIENCE_MS }).toBe(2);
    await sql(`select events.emit('app.thing.happened', 's', '{"n": 1}')`);
    await server.end('SIGKILL');
    await start();
    await expect
      .poll(() => sql('select distinct consumer from public.effects order by 1'), { timeout: PATIENCE_MS })
      .toEqual([{ consumer: 'identity.probe' }, { consumer: 'storage.probe' }]);
    expect((await server.ashlar('project', 'remove', 'shop', '--yes')).code).toBe(0);
    await expect.poll(() => probe.slots(), { timeout: PATIENCE_MS }).toBe(1);
  },
);
