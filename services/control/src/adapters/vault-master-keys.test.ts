import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newMasterKey } from '../application/master-keys.ts';
import { createVaultMasterKeys } from './vault-master-keys.ts';

// No Vault runs here: this speaks what its documentation says of the KV engine, version 2.
let server: Server;
let url: string;
let stored: { data: unknown; version: number } | null;
let sealed: boolean;
const TOKEN = 'hvs.test';

beforeEach(async () => {
  stored = null;
  sealed = false;
  server = createServer(async (request, response) => {
    const { status, body } = await answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body === null ? '' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has such an address.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.close();
});

async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
  if (sealed) return { status: 503, body: { errors: ['Vault is sealed'] } };
  if (request.headers['x-vault-token'] !== TOKEN) return { status: 403, body: { errors: ['permission denied'] } };
  if (request.url !== '/v1/secret/data/ashlar/master-keys') return { status: 404, body: { errors: [] } };
  if (request.method === 'GET') {
    if (stored === null) return { status: 404, body: { errors: [] } };
    const metadata = {
      created_time: '2026-01-01T00:00:00Z',
      deletion_time: '',
      destroyed: false,
      version: stored.version,
    };
    return { status: 200, body: { data: { data: stored.data, metadata } } };
  }
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const { data, options }: { data: unknown; options: { cas: number } } = JSON.parse(text);
  if (options.cas !== (stored?.version ?? 0)) {
    return { status: 400, body: { errors: ['check-and-set parameter did not match the current version'] } };
  }
  stored = { data, version: options.cas + 1 };
  return { status: 200, body: { data: { version: stored.version } } };
}

const open = (token = TOKEN) => createVaultMasterKeys({ url, token, mount: 'secret', path: 'ashlar/master-keys' });

test('an empty vault gets its first key, and everybody reads the same', async () => {
  const [one, other] = await Promise.all([open().read(), open().read()]);
  expect(one).toHaveLength(1);
  expect(other).toEqual(one);
  expect(await open().read()).toEqual(one);
});

test('of two who replace the keys at once one is refused', async () => {
  const before = await open().read();
  const [one, other] = [newMasterKey(), newMasterKey()];
  const done = await Promise.all([open().replace(before, [one]), open().replace(before, [other])]);
  expect(done.toSorted()).toEqual([false, true]);
  expect(await open().read()).toEqual([done[0] ? one : other]);
  expect(await open().replace(before, [newMasterKey()])).toBe(false);
});

test.each([
  ['a sealed vault', () => (sealed = true), TOKEN, 'it answered 503'],
  ['a token without the right', () => undefined, 'hvs.other', 'it answered 403'],
  ['something else at the path', () => (stored = { data: { note: 'mine' }, version: 1 }), TOKEN, 'it answered 200'],
])('%s is a refusal that names no secret', async (_what, arrange, token, reason) => {
  arrange();
  await expect(open(token).read()).rejects.toMatchObject({ code: 'control.vault_unusable', params: { reason } });
});

test('a vault that is not there is unavailable, not broken', async () => {
  const away = createVaultMasterKeys({ url: 'http://127.0.0.1:1', token: TOKEN, mount: 'secret', path: 'x' });
  await expect(away.read()).rejects.toMatchObject({ kind: 'unavailable' });
});
