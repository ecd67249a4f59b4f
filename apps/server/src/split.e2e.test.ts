import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import { runAshlar, startServer, startTestCluster, type RunningServer, type TestCluster } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

// A PostgreSQL "somebody else runs", and three processes of one instance that share its URL and a key folder.
let cluster: TestCluster;
let dataDir: string;
let databaseUrl: string;
const running: RunningServer[] = [];

beforeAll(async () => {
  cluster = await startTestCluster();
  dataDir = await mkdtemp(join(tmpdir(), 'ashlar-split-'));
  const { password, port, user } = cluster.cluster.admin('postgres');
  databaseUrl = `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
});

afterAll(async () => {
  await Promise.all(running.map((server) => server.stop()));
  await cluster?.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function serve(services: readonly string[], environment: Record<string, string> = {}): Promise<RunningServer> {
  const server = await startServer({
    dataDir,
    args: ['serve', ...services],
    environment: { ASHLAR_DATABASE_URL: databaseUrl, ...environment },
  });
  running.push(server);
  return server;
}

test('gateway, data and identity as three processes serve what one process serves', async () => {
  // Together, so that they meet on an empty key folder and an empty database.
  const [data, identity] = await Promise.all([serve(['data']), serve(['identity'])]);
  const gateway = await serve(['gateway'], {
    ASHLAR_UPSTREAM_DATA: data.url,
    ASHLAR_UPSTREAM_IDENTITY: identity.url,
  });
  expect(new Set([data.anonKey, identity.anonKey, gateway.anonKey]).size).toBe(1);
  await gateway.sql(`
    create table todos (id bigint generated always as identity primary key, owner uuid default auth.uid(), title text);
    alter table todos enable row level security;
    create policy own on todos to authenticated using (owner = auth.uid()) with check (owner = auth.uid());`);

  const [ada, ibn] = await Promise.all(
    ['ada@example.org', 'ibn@example.org'].map(async (email) => {
      const client = createClient(gateway.url, gateway.publishableKey, { auth: { persistSession: false } });
      const { error } = await client.auth.signUp({ email, password: 'correct horse battery' });
      expect(error).toBeNull();
      expect((await client.from('todos').insert({ title: `of ${email}` })).status).toBe(201);
      return client;
    }),
  );
  expect((await ada?.from('todos').select('title'))?.data).toEqual([{ title: 'of ada@example.org' }]);
  expect((await ibn?.from('todos').select('title'))?.data).toEqual([{ title: 'of ibn@example.org' }]);
  expect((await ada?.auth.getUser())?.data.user?.email).toBe('ada@example.org');

  const unsigned = await fetch(`${data.url}/rest/v1/todos`, { headers: { apikey: data.serviceRoleKey } });
  expect(unsigned.status).toBe(401);

  await data.end('SIGTERM');
  const away = await fetch(`${gateway.url}/rest/v1/todos`, { headers: { apikey: gateway.anonKey } });
  expect(away.status).toBe(503);
  expect((await ada?.auth.getUser())?.error).toBeNull();
});

test('a gateway that misses a service says with which option to name it', async () => {
  const environment = { ASHLAR_DATA: dataDir, ASHLAR_DATABASE_URL: databaseUrl, ASHLAR_PORT: '0' };
  const { code, stderr } = await runAshlar(['serve', 'gateway', 'identity'], environment);
  expect(code).toBe(1);
  expect(stderr).toContain('The gateway runs without data: found no address of it, wanted one with --upstream-data');
});

test('services without a shared database, or without each other, are refused', async () => {
  const alone = await runAshlar(['serve', 'data'], { ASHLAR_DATA: dataDir });
  expect(alone.stderr).toContain('wanted DATABASE_URL');
  const two = await runAshlar(['serve', 'data', 'identity'], { ASHLAR_DATA: dataDir });
  expect(two).toMatchObject({ code: 2, stderr: expect.stringContaining('one service per process') });
  const unknown = await runAshlar(['serve', 'storage'], { ASHLAR_DATA: dataDir });
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('wanted gateway, data, identity') });
});
