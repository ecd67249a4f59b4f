import { randomUUID } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkBucketName, checkObjectKey, isText } from './domain/object-key.ts';
import { HOSTILE_PATHS } from './hostile-names.fixture.ts';
import { type Ask, createStorageFixture, type StorageFixture } from './storage.fixture.ts';

const SENTINEL = 'what nobody may read';
let storage: StorageFixture;
let origin: string;

beforeAll(async () => {
  storage = await createStorageFixture();
  await storage.bucket('b', { public: true });
  await storage.put('b/ok.txt', 'fine');
  origin = await storage.listen();
  const version = randomUUID();
  await mkdir(join(storage.folder, 'other', version.slice(0, 2)), { recursive: true });
  await writeFile(join(storage.folder, 'secret.txt'), SENTINEL);
  await writeFile(join(storage.folder, 'other', 'secret.txt'), SENTINEL);
  await writeFile(join(storage.folder, 'other', version.slice(0, 2), version), SENTINEL);
});

afterAll(() => storage?.[Symbol.asyncDispose]());

test('more than two hundred ways out of a bucket lead nowhere', { timeout: 120_000 }, async () => {
  expect(HOSTILE_PATHS.length).toBeGreaterThanOrEqual(200);
  const before = await tree();
  for (const vector of HOSTILE_PATHS) {
    for (const [method, path] of [
      ['GET', `/object/b/${vector}`],
      ['GET', `/object/public/b/${vector}`],
      ['GET', `/object/${vector}`],
      ['POST', `/object/b/${vector}`],
      ['DELETE', `/object/b/${vector}`],
    ] as const) {
      const { status, text } = await raw(method, path);
      expect(text, `${method} ${path}`).not.toContain(SENTINEL);
      expect(status, `${method} ${path}: ${text}`).toBeLessThan(500);
      // A harmless name such as `....` may be stored, which is no way out.
      if (method !== 'POST') expect([400, 404, 200], `${method} ${path}: ${text}`).toContain(status);
    }
  }
  await storage.ask({ method: 'POST', url: '/bucket/b/empty', body: {} });
  const strangers = (await tree()).filter(
    (path) => !before.includes(path) && !/^t[0-9a-f]{12}\/(?:[0-9a-f]{2}|unfinished)(?:\/[0-9a-f-]{36})?$/.test(path),
  );
  expect(strangers).toEqual([]);
});

test('names inside of bodies are held to the same rules', { timeout: 60_000 }, async () => {
  await storage.put('b/ok.txt', 'fine');
  const names = [
    '../x',
    'a/../../x',
    '/etc/passwd',
    'a\\..\\x',
    'nul\0',
    '\u202e',
    'a//b',
    'a/',
    '.',
    '..',
    'é',
    '\n',
    '\ud800',
  ];
  for (const name of names) {
    for (const [url, body] of [
      ['/object/move', { bucketId: 'b', sourceKey: 'ok.txt', destinationKey: name }],
      ['/object/move', { bucketId: 'b', sourceKey: name, destinationKey: 'x' }],
      ['/object/copy', { bucketId: 'b', sourceKey: 'ok.txt', destinationKey: name }],
      ['/object/copy', { bucketId: name, sourceKey: 'ok.txt', destinationKey: 'x' }],
      ['/object/copy', { bucketId: 'b', sourceKey: 'ok.txt', destinationKey: 'x', destinationBucket: name }],
      ['/bucket', { name }],
    ] as const) {
      const { status, text } = await storage.ask({ method: 'POST', url, body });
      expect(status, `${url} ${JSON.stringify(body)}: ${text}`).toBe(400);
    }
    const many = { expiresIn: 60, paths: [name] };
    if (!isText(name)) continue;
    expect((await storage.ask({ method: 'POST', url: '/object/sign/b', body: many })).body).toMatchObject([
      { signedURL: null },
    ]);
    const removed = await storage.ask({ method: 'DELETE', url: '/object/b', body: { prefixes: [name] } });
    expect(removed.body).toEqual([]);
    expect((await storage.ask({ method: 'POST', url: '/object/list/b', body: { prefix: name } })).body).toEqual([]);
  }
  expect((await storage.ask({ url: '/object/b/ok.txt' })).text).toBe('fine');
});

test('a NUL or half a character is refused wherever a request may hold text', { timeout: 60_000 }, async () => {
  await storage.put('b/ok.txt', 'fine');
  const bad = ['\0', 'a\0b', '\ud800', 'a\udc00b'];
  const requests = bad.flatMap((text): Ask[] => [
    ...(
      [
        ['/bucket', { id: text, name: text }],
        ['/bucket', { name: 'n', allowed_mime_types: [text] }],
        ['/bucket', { name: 'n', file_size_limit: text }],
        ['/bucket', { name: 'n', quota_bytes: text }],
        ['/bucket', { name: 'n', [text]: 1 }],
        ['/object/list/b', { prefix: text }],
        ['/object/list/b', { prefix: '', search: text }],
        ['/object/list-v2/b', { prefix: text }],
        ['/object/list-v2/b', { cursor: text }],
        ['/object/sign/b', { expiresIn: 60, paths: ['ok.txt', text] }],
        ['/object/sign/b/ok.txt', { expiresIn: 60, transform: { resize: text } }],
        ['/object/move', { bucketId: 'b', sourceKey: 'ok.txt', destinationKey: text }],
        ['/object/copy', { bucketId: 'b', sourceKey: text, destinationKey: 'x' }],
        ['/s3-keys', { description: text }],
      ] as const
    ).map(([url, body]) => ({ method: 'POST', url, body }) as const),
    { method: 'PUT', url: '/bucket/b', body: { allowed_mime_types: [text] } },
    { method: 'DELETE', url: '/object/b', body: { prefixes: ['ok.txt', text] } },
    ...[{ k: text }, { [text]: 1 }, { k: [{ deep: text }] }].map((metadata) => ({
      method: 'POST' as const,
      url: '/object/b/new',
      body: 'x',
      headers: { 'content-type': 'text/plain', 'x-metadata': base64(JSON.stringify(metadata)) },
    })),
  ]);
  const inAddresses = ['%00', 'a%00b'].flatMap((text): Ask[] => [
    ...[
      `/object/b/ok.txt?download=${text}`,
      `/object/public/b/${text}`,
      `/object/sign/b/ok.txt?token=${text}`,
      `/object/sign/b/${text}?token=x`,
      `/object/info/b/${text}`,
      `/object/info/${text}/x`,
      `/render/image/authenticated/b/ok.txt?width=${text}`,
      `/render/image/public/b/${text}`,
      `/bucket?search=${text}`,
      `/bucket/${text}`,
      `/s3?prefix=${text}`,
      `/s3/b?list-type=2&prefix=${text}`,
    ].map((url) => ({ url })),
    { method: 'DELETE', url: `/s3-keys/${text}` },
    { method: 'PUT', url: `/object/upload/sign/b/${text}?token=x`, body: 'x' },
    { method: 'PUT', url: `/object/upload/sign/b/x?token=${text}`, body: 'x' },
    ...['bucketName', 'objectName', 'contentType', 'cacheControl', 'metadata'].map((member) => {
      const given = { bucketName: 'b', objectName: 'tus', [member]: decodeURIComponent(text) };
      const pairs = Object.entries(given).map(([name, value]) => `${name} ${base64(value)}`);
      const upload = { 'tus-resumable': '1.0.0', 'upload-length': '1', 'upload-metadata': pairs.join(',') };
      return { method: 'POST' as const, url: '/upload/resumable', headers: upload };
    }),
  ]);
  for (const asked of [...requests, ...inAddresses]) {
    const { status, text } = await storage.ask(asked);
    expect([400, 403, 404, 415], `${JSON.stringify(asked)}: ${status} ${text}`).toContain(status);
  }
  expect(storage.observed.filter(({ kind }) => kind === 'request.failed')).toEqual([]);
  expect((await storage.ask({ url: '/object/b/ok.txt' })).text).toBe('fine');
});

test('a key has at most 1,024 bytes of the letters everybody reads the same', () => {
  const fine = ["a/b-c_d!.*'() &$@=;:+,?/e", 'x'.repeat(1_024), '.hidden', 'a/...', 'a..b'];
  for (const key of fine) expect(checkObjectKey(key)).toBe(key);
  for (const key of [
    '',
    '/a',
    'a/',
    'a//b',
    'a/../b',
    'x'.repeat(1_025),
    'a\u0000',
    'ä',
    'a#b',
    'a%b',
    'a\tb',
    'a\n',
  ]) {
    expect(() => checkObjectKey(key), key).toThrow('Invalid key');
  }
  for (const name of ['', '.', '..', 'a ', 'a/b', 'a\n']) expect(() => checkBucketName(name)).toThrow('Bucket name');
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A request whose path nobody tidies up on the way. */
function raw(method: string, path: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { ...storage.doorHeaders('service'), 'content-type': 'text/plain' };
    const { hostname, port } = new URL(origin);
    const sent = request({ hostname, port, method, path: `/storage/v1${path}`, headers }, (response) => {
      response
        .toArray()
        .then(
          (chunks) => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          reject,
        );
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? 'x' : undefined);
  });
}

async function tree(): Promise<string[]> {
  return (await readdir(storage.folder, { recursive: true })).toSorted();
}
