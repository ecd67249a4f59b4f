import { randomBytes } from 'node:crypto';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { runAshlar, type RunningServer } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serviceNames } from './composition.ts';
import { ask, setUp } from './control-client.fixture.ts';
import { startServicesApart, type ServicesApart } from './services-apart.fixture.ts';

describe('gateway and every service in a process of its own serve what one process serves', () => {
  let apart: ServicesApart;
  let gateway: RunningServer;
  let ada: SupabaseClient;
  let ibn: SupabaseClient;

  beforeAll(async () => {
    apart = await startServicesApart();
    ({ gateway } = apart);
    await gateway.sql(`
      create table todos (id bigint generated always as identity primary key, owner uuid default auth.uid(), title text);
      alter table todos enable row level security;
      create policy own on todos to authenticated using (owner = auth.uid()) with check (owner = auth.uid());`);
    [ada, ibn] = await Promise.all([signUp('ada@example.org'), signUp('ibn@example.org')]);
  }, 120_000);

  afterAll(() => apart?.[Symbol.asyncDispose](), 60_000);

  async function signUp(email: string): Promise<SupabaseClient> {
    const client = createClient(gateway.url, gateway.publishableKey, { auth: { persistSession: false } });
    const { error } = await client.auth.signUp({ email, password: 'correct horse battery' });
    expect(error).toBeNull();
    return client;
  }

  test('keys are the same everywhere, and each person has their own rows', async () => {
    const names = ['data', 'identity', 'storage'];
    const keys = [gateway, ...names.map((name) => apart.service(name))].map(({ anonKey }) => anonKey);
    expect(new Set(keys).size).toBe(1);
    for (const [client, title] of [
      [ada, 'of Ada'],
      [ibn, 'of Ibn'],
    ] as const) {
      expect((await client.from('todos').insert({ title })).status).toBe(201);
      expect((await client.from('todos').select('title')).data).toEqual([{ title }]);
    }
    expect((await ada.auth.getUser()).data.user?.email).toBe('ada@example.org');
  });

  test('websockets go through the gateway, and nobody comes past it', async () => {
    const channels = [ada, ibn].map((client) => client.channel('room'));
    const heard: unknown[] = [];
    for (const channel of channels) {
      channel.on('broadcast', { event: 'hello' }, ({ payload }) => heard.push(payload));
      await new Promise((resolve) => channel.subscribe((status) => resolve(status)));
    }
    await channels[0]?.send({ type: 'broadcast', event: 'hello', payload: { over: 'two processes' } });
    await expect.poll(() => heard).toEqual([{ over: 'two processes' }]);
    const realtime = apart.service('realtime');
    // Only the gateway may bring somebody, and a refusal of the service comes through it as it is.
    expect((await fetch(`${realtime.url}/realtime/v1/websocket?apikey=${realtime.anonKey}`)).status).toBe(401);
    const { promise: refused, resolve } = Promise.withResolvers<string>();
    const address = gateway.url.replace('http', 'ws');
    new WebSocket(`${address}/realtime/v1/websocket?apikey=nonsense`).addEventListener('error', () =>
      resolve('refused'),
    );
    expect(await refused).toBe('refused');
    await Promise.all([ada.removeAllChannels(), ibn.removeAllChannels()]);
  });

  test('files go through, by the client and over S3', async () => {
    const files = createClient(gateway.url, gateway.secretKey, { auth: { persistSession: false } }).storage;
    await files.createBucket('split', { public: true });
    const content = randomBytes(3_000_000);
    expect((await files.from('split').upload('a.bin', new Blob([content]))).error).toBeNull();
    const got = await fetch(files.from('split').getPublicUrl('a.bin').data.publicUrl);
    expect(Buffer.from(await got.arrayBuffer()).equals(content)).toBe(true);
    expect((await ada.storage.from('split').list()).data).toEqual([]);
    // What was signed for the gateway's address reaches the service with the host and headers of another one.
    const sessionToken = (await ada.auth.getSession()).data.session?.access_token ?? '';
    const credentials = { accessKeyId: 'default', secretAccessKey: gateway.anonKey, sessionToken };
    const endpoint = `${gateway.url}/storage/v1/s3`;
    const s3 = new S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials, maxAttempts: 1 });
    expect((await s3.send(new ListObjectsV2Command({ Bucket: 'split' }))).KeyCount).toBe(0);
    const put = s3.send(new PutObjectCommand({ Bucket: 'split', Key: 'a', Body: 'streamed through' }));
    await expect(put).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('contracts are registered and read through the gateway', async () => {
    const url = `${gateway.url}/registry/v1/subjects/split.todo/versions/1.0.0`;
    const headers = { apikey: gateway.secretKey, 'content-type': 'application/json' };
    const contract = { format: 'json-schema', document: { type: 'object' }, visibility: 'public' };
    const put = async () => (await fetch(url, { method: 'PUT', headers, body: JSON.stringify(contract) })).status;
    expect([await put(), await put()]).toEqual([201, 200]);
    const read = await fetch(url, { headers: { apikey: gateway.anonKey } });
    expect(await read.json()).toMatchObject({ version: '1.0.0', document: { type: 'object' } });
    const direct = await fetch(url.replace(gateway.url, apart.service('registry').url), { headers });
    expect(direct.status).toBe(401);
  });

  test('jobs and webhooks are asked for through the gateway', async () => {
    const manage = { apikey: gateway.secretKey, 'content-type': 'application/json' };
    const made = await fetch(`${gateway.url}/webhooks/v1/endpoints`, {
      method: 'POST',
      headers: manage,
      body: JSON.stringify({ url: 'https://example.com/hook', event_types: ['app.*'] }),
    });
    expect([made.status, await made.json()]).toEqual([201, expect.objectContaining({ secret: expect.any(String) })]);
    const byAnyone = await fetch(`${gateway.url}/webhooks/v1/endpoints`, { headers: { apikey: gateway.anonKey } });
    expect(byAnyone.status).toBe(403);
    const job = await fetch(`${gateway.url}/scheduler/v1/jobs`, {
      method: 'POST',
      headers: manage,
      body: JSON.stringify({ task: 'sql', payload: { command: `delete from public.todos where title = 'of Ada'` } }),
    });
    expect(job.status).toBe(201);
    await expect.poll(async () => (await ada.from('todos').select('title')).data, { timeout: 20_000 }).toEqual([]);
  });

  test('a process of its own administers the instance, and the others follow', { timeout: 60_000 }, async () => {
    const owner = await setUp(gateway);
    const made = await ask(gateway, 'POST', `/organisations/${owner.organisation}/projects`, {
      bearer: owner.bearer,
      body: { ref: 'apart' },
    });
    expect(made.status).toBe(201);
    expect((await fetch(`${gateway.url}/p/apart/auth/v1/health`)).status).toBe(200);
    await ask(gateway, 'POST', '/projects/apart/pause', { bearer: owner.bearer });
    await expect.poll(async () => (await fetch(`${gateway.url}/p/apart/auth/v1/health`)).status).toBe(540);
  });

  test('a service that is away takes nothing else with it', async () => {
    const data = apart.service('data');
    const unsigned = await fetch(`${data.url}/rest/v1/todos`, { headers: { apikey: data.serviceRoleKey } });
    expect(unsigned.status).toBe(401);
    await data.end('SIGTERM');
    const away = await fetch(`${gateway.url}/rest/v1/todos`, { headers: { apikey: gateway.anonKey } });
    expect(away.status).toBe(503);
    expect((await ada.auth.getUser()).error).toBeNull();
  });

  test('a gateway that misses a service says with which option to name it', async () => {
    const environment = { ASHLAR_DATA: apart.dataDir, ASHLAR_DATABASE_URL: apart.databaseUrl, ASHLAR_PORT: '0' };
    const { code, stderr } = await runAshlar(['serve', 'gateway', 'identity'], environment);
    expect(code).toBe(1);
    expect(stderr).toContain('The gateway runs without data: found no address of it, wanted one with --upstream-data');
  });

  test('services without a shared database, or without each other, are refused', async () => {
    const alone = await runAshlar(['serve', 'data'], { ASHLAR_DATA: apart.dataDir });
    expect(alone.stderr).toContain('wanted DATABASE_URL');
    const two = await runAshlar(['serve', 'data', 'identity'], { ASHLAR_DATA: apart.dataDir });
    expect(two).toMatchObject({ code: 2, stderr: expect.stringContaining('one service per process') });
    const unknown = await runAshlar(['serve', 'cellar'], { ASHLAR_DATA: apart.dataDir });
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining(`wanted ${serviceNames.join(', ')}`) });
  });
});
