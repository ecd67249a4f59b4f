import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { startServer, type RunningServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
  await server.sql('create table notes (id int primary key)');
});
afterAll(() => server?.stop());

function clientOf(): SupabaseClient {
  return createClient(server.url, server.publishableKey, { auth: { persistSession: false, autoRefreshToken: false } });
}

async function published(): Promise<string[]> {
  const { keys } = (await (await fetch(`${server.url}/auth/v1/.well-known/jwks.json`)).json()) as {
    keys: { kid: string; d?: string }[];
  };
  for (const key of keys) expect(key.d).toBeUndefined();
  return keys.map(({ kid }) => kid);
}

async function rest(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, apikey: server.anonKey };
  return (await fetch(`${server.url}/rest/v1/notes`, { headers })).status;
}

function headerOf(token: string): { readonly alg?: string; readonly kid?: string } {
  return JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString() || '{}');
}

const kidOf = (token: string): string | undefined => headerOf(token).kid;

async function eventually(check: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + 30_000;
  while (!(await check()) && performance.now() < until) await delay(50);
  expect(await check()).toBe(true);
}

test('keys are rotated under a running server, and nobody is signed out', async () => {
  const client = clientOf();
  const { data } = await client.auth.signUp({ email: 'ada@example.org', password: 'correct horse battery' });
  const before = data.session!;
  const old = kidOf(before.access_token)!;
  expect(headerOf(before.access_token).alg).toBe('ES256');
  expect(await published()).toEqual([old]);

  const { code, stdout } = await server.ashlar('keys', 'rotate', '--wait', '8');
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('is published and signs from') });
  await eventually(async () => (await published()).length === 2);
  expect(kidOf((await client.auth.refreshSession()).data.session!.access_token)).toBe(old);

  await eventually(async () => kidOf((await client.auth.refreshSession()).data.session?.access_token ?? '') !== old);
  const { data: renewed } = await client.auth.getSession();
  expect(await published()).toContain(kidOf(renewed.session!.access_token));
  expect(await rest(renewed.session!.access_token)).toBe(200);
  // Signed by the former key and still within its time.
  expect(await rest(before.access_token)).toBe(200);
  expect((await client.auth.getClaims()).error).toBeNull();
  expect(await rest(server.serviceRoleKey)).toBe(200);
});

test('keys that are no longer secret are revoked at once, and sessions go on', async () => {
  const client = clientOf();
  const { data } = await client.auth.signUp({ email: 'ibn@example.org', password: 'correct horse battery' });
  const token = data.session!.access_token;
  expect(await rest(token)).toBe(200);
  expect((await server.ashlar('keys', 'rotate', '--revoke')).code).toBe(0);
  await eventually(async () => (await rest(token)) === 401);
  expect(await published()).toHaveLength(1);
  const { data: renewed } = await client.auth.refreshSession();
  expect(await rest(renewed.session!.access_token)).toBe(200);
  expect(await rest(server.anonKey)).toBe(200);
});

test('a wait that is no number of seconds is refused', async () => {
  for (const wait of ['-1', '1.5', '86401', 'soon']) {
    expect((await server.ashlar('keys', 'rotate', `--wait=${wait}`)).code).toBe(2);
  }
});

test('a key that does not sign yet has to begin before another is made', async () => {
  expect((await server.ashlar('keys', 'rotate', '--wait', '3600')).code).toBe(0);
  const again = await server.ashlar('keys', 'rotate');
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('Tried to rotate the signing key') });
});
