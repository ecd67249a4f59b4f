import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { fastify, type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StudioState } from './studio-folder.ts';
import { createStudioPages } from './studio-pages.ts';

const SCRIPT = 'console.log(1)';
const INDEX = '<!doctype html><title>Studio</title>';

let folder: string;
let state: StudioState = { is: 'building' };
let app: FastifyInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ashlar-studio-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), INDEX);
  await writeFile(join(folder, 'assets', 'main-abc.js'), SCRIPT);
  await writeFile(join(folder, 'assets', 'main-abc.js.br'), brotliCompressSync(SCRIPT));
  await writeFile(join(tmpdir(), 'ashlar-studio-secret'), 'not for the web');
  app = fastify();
  createStudioPages({ state: () => state, close() {} }).addRoutes(app);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
  await rm(join(tmpdir(), 'ashlar-studio-secret'));
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

test('while Studio is built a page says so and asks again', async () => {
  state = { is: 'building' };
  const answer = await get('/studio/projects/shop');
  expect(answer.statusCode).toBe(503);
  expect(answer.headers).toMatchObject({ refresh: '2', 'retry-after': '2', 'cache-control': 'no-store' });
  expect(answer.body).toContain('Studio is being built');
  expect(answer.body).not.toContain('<script');
});

test('a build that failed is told with its reason, which is text', async () => {
  state = { is: 'failed', reason: 'no <module>' };
  const answer = await get('/studio');
  expect(answer.statusCode).toBe(500);
  expect(answer.body).toContain('no &#60;module&#62;');
  state = { is: 'absent' };
  expect((await get('/studio')).statusCode).toBe(404);
});

test('every address Studio knows is answered with its first page, which no inline script may join', async () => {
  state = { is: 'ready', folder };
  for (const url of ['/studio', '/studio/', '/studio/projects/shop/keys?a=1']) {
    const answer = await get(url);
    expect([url, answer.statusCode, answer.body]).toEqual([url, 200, INDEX]);
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect(answer.headers['content-security-policy']).toMatch(/script-src 'self';/);
  }
});

test('files named by their content are kept for ever and travel compressed to who accepts that', async () => {
  state = { is: 'ready', folder };
  const plain = await get('/studio/assets/main-abc.js');
  expect(plain.body).toBe(SCRIPT);
  expect(plain.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'text/javascript; charset=utf-8',
    vary: 'Accept-Encoding',
  });
  const packed = await get('/studio/assets/main-abc.js', { 'accept-encoding': 'gzip, br' });
  expect(packed.headers['content-encoding']).toBe('br');
  expect(brotliDecompressSync(packed.rawPayload).toString()).toBe(SCRIPT);
  const again = await get('/studio/assets/main-abc.js', { 'if-none-match': String(plain.headers['etag']) });
  expect([again.statusCode, again.body]).toEqual([304, '']);
});

test('a file that is not there is no page, and no other file of the machine is served', async () => {
  state = { is: 'ready', folder };
  expect((await get('/studio/assets/main-old.js')).statusCode).toBe(404);
  for (const url of ['/studio/../ashlar-studio-secret', '/studio/..%2fashlar-studio-secret', '/studio//etc/passwd']) {
    expect((await get(url)).body).not.toContain('not for the web');
  }
});
