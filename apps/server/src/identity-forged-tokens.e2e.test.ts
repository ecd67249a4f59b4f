import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { startServer, type RunningServer } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Forged, forgedTokens, honestTokens, type TokenSource } from './forged-tokens.fixture.ts';

const SURFACES = ['/auth/v1/user', '/rest/v1/notes'];
/** At once: every refusal still has to come from the door, not from a full queue. */
const SIDE_BY_SIDE = 8;

let server: RunningServer;
let source: TokenSource;

beforeAll(async () => {
  server = await startServer({ environment: { ASHLAR_RATE_LIMIT_PER_ADDRESS: '0' } });
  await server.sql('create table notes (id int primary key)');
  const revoked = (await keysOf('default')).signingKey;
  expect((await server.ashlar('project', 'create', 'shop')).code).toBe(0);
  expect((await server.ashlar('keys', 'rotate', '--revoke')).code).toBe(0);
  const [own, other] = [await keysOf('default'), await keysOf('shop')];
  expect(own.signingKey.kid).not.toBe(revoked.kid);
  const signedUp = await fetch(`${server.url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: server.publishableKey },
    body: JSON.stringify({ email: 'ada@example.org', password: 'correct horse battery' }),
  });
  const { access_token: accessToken } = (await signedUp.json()) as { access_token: string };
  source = {
    jwtSecret: server.jwtSecret,
    signingKey: own.signingKey,
    revokedKey: revoked,
    other: { ...other, keys: [other.anonKey, other.serviceRoleKey] },
    claims: JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()),
    publicTexts: [server.anonKey, server.publishableKey],
    nowSeconds: Math.floor(Date.now() / 1000),
  };
});
afterAll(() => server?.stop());

// oxlint-disable-next-line typescript/no-explicit-any -- the file of keys, as the server wrote it
async function keysOf(ref: string): Promise<any> {
  return JSON.parse(await readFile(join(server.dataDir, 'keys', `${ref}.json`), 'utf8')).keys;
}

/** Bytes go as they are, which `fetch` would refuse to send. */
function ask(path: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const authorization = Buffer.from(`Bearer ${token}`).toString('latin1');
    request(`${server.url}${path}`, { headers: { apikey: server.publishableKey, authorization } })
      .on('response', (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      })
      .on('error', reject)
      .end();
  });
}

test('honest tokens of both algorithms are believed, so the others are refused for what they are', async () => {
  for (const [, token] of honestTokens(source)) {
    for (const path of SURFACES) expect(await ask(path, token)).toBe(200);
  }
});

test('more than five hundred forged tokens are refused on every surface', async () => {
  const vectors = forgedTokens(source);
  expect(new Set(vectors.map(([what]) => what)).size).toBeGreaterThan(500);
  const wrong: unknown[] = [];
  const line = [...vectors];
  const judge = async ([what, token]: Forged): Promise<void> => {
    const [account = 0, rows = 0] = await Promise.all(SURFACES.map((path) => ask(path, token)));
    if (![401, 403].includes(account) || rows !== 401) wrong.push({ what, account, rows });
  };
  const worker = async (): Promise<void> => {
    for (let next = line.pop(); next !== undefined; next = line.pop()) await judge(next);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  expect(wrong).toEqual([]);
}, 120_000);

test('a token of a megabyte is refused before anybody reads it', async () => {
  for (const path of SURFACES) {
    const status = await ask(path, 'x'.repeat(1_048_576)).catch(() => 431);
    expect(status).toBe(431);
  }
  expect(await ask('/rest/v1/notes', honestTokens(source)[0]?.[1] ?? '')).toBe(200);
});
