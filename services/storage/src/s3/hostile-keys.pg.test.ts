import { randomUUID } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccessKey } from '../application/access-keys.ts';
import { HOSTILE_PATHS } from '../hostile-names.fixture.ts';
import { createStorageFixture, type StorageFixture } from '../storage.fixture.ts';
import { sendSigned, type Signed, signHeader, type Wanted } from './sign-request.fixture.ts';

const SENTINEL = 'what nobody may read';
let storage: StorageFixture;
let origin: string;
let base: Wanted;

beforeAll(async () => {
  storage = await createStorageFixture();
  origin = await storage.listenOpen();
  await storage.bucket('b');
  await storage.put('b/ok.txt', 'fine');
  const version = randomUUID();
  await mkdir(join(storage.folder, 'other', version.slice(0, 2)), { recursive: true });
  await writeFile(join(storage.folder, 'secret.txt'), SENTINEL);
  await writeFile(join(storage.folder, 'other', version.slice(0, 2), version), SENTINEL);
  const { id, secret } = await createAccessKey(storage.project, '');
  const key = { accessKey: id, secret, region: 'us-east-1', at: new Date() };
  base = { method: 'GET', path: '', query: [], headers: {}, body: '', ...key };
});
afterAll(() => storage?.[Symbol.asyncDispose]());

/** Signed for what a server makes of the path, sent in the spelling of the vector. */
function aimed(changes: Partial<Wanted>, vector: string): Signed {
  let path = `${changes.path ?? ''}${vector}`;
  try {
    path = decodeURIComponent(path);
  } catch {
    // Nothing a signature could be made for.
  }
  const well = path.toWellFormed();
  const request = signHeader({ ...base, ...changes, path: well }, new URL(origin).host);
  const [, query] = request.target.split('?');
  const target = `/storage/v1/s3${changes.path ?? ''}${vector}`.replaceAll(/[^!-~]/g, '%FF').replaceAll('?', '%3F');
  return { ...request, target: query === undefined ? target : `${target}?${query}` };
}

test(
  'more than two hundred ways out of a bucket lead nowhere, rightly signed as they are',
  { timeout: 120_000 },
  async () => {
    expect(HOSTILE_PATHS.length).toBeGreaterThanOrEqual(200);
    const before = await tree();
    const codes = new Map<string, number>();
    for (const [at, vector] of HOSTILE_PATHS.entries()) {
      const rest = [
        aimed({ path: '/' }, vector),
        aimed({ method: 'HEAD', path: '/b/' }, vector),
        aimed({ method: 'POST', path: '/b/', query: [['uploads', '']] }, vector),
        aimed({ method: 'DELETE', path: '/b/' }, vector),
      ];
      const source = `/b/${vector.replaceAll(/[^!-~]/g, '?')}`;
      for (const request of [
        aimed({ path: '/b/' }, vector),
        aimed({ method: 'PUT', path: '/b/', body: 'x' }, vector),
        aimed({ method: 'PUT', path: '/b/', headers: { 'x-amz-copy-source': source } }, vector),
        ...rest.slice(at % 4, (at % 4) + 1),
      ]) {
        const { status, text, code } = await sendSigned(origin, request);
        codes.set(code, (codes.get(code) ?? 0) + 1);
        const about = `${request.method} ${request.target}: ${text}`;
        expect(text, about).not.toContain(SENTINEL);
        expect([200, 204, 400, 403, 404, 405, 501], about).toContain(status);
      }
    }
    // A name that is refused for its signature alone has tried nothing.
    expect(codes.get('SignatureDoesNotMatch') ?? 0).toBeLessThan(HOSTILE_PATHS.length * 0.1);
    const rows = await storage.test.sql<{ name: string }>('select name from storage.objects');
    for (const { name } of rows) expect(name).toMatch(/^[\w/!\-.*'() &$@=;:+,?]+$/);
    expect(
      rows.map(({ name }) => name).filter((name) => name.split('/').some((part) => ['', '.', '..'].includes(part))),
    ).toEqual([]);
    const strangers = (await tree()).filter(
      (path) => !before.includes(path) && !/^t[0-9a-f]{12}\/(?:[0-9a-f]{2}|unfinished)(?:\/[0-9a-f-]{36})?$/.test(path),
    );
    expect(strangers).toEqual([]);
  },
);

test('hostile names inside of documents and parameters find nothing', { timeout: 60_000 }, async () => {
  await storage.put('b/ok.txt', 'fine');
  const host = new URL(origin).host;
  const names = [
    '../x',
    '/etc/passwd',
    'a\\..\\x',
    '\u202e',
    'é',
    '\n',
    "'; drop table x; --",
    '%',
    '_',
    '\\',
    ']]>',
    '&amp;',
    '<x>',
  ];
  for (const name of names) {
    const escaped = name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const body = `<Delete><Object><Key>${escaped}</Key></Object></Delete>`;
    const removed = await sendSigned(
      origin,
      signHeader({ ...base, method: 'POST', path: '/b', query: [['delete', '']], body }, host),
    );
    expect(removed.status, removed.text).toBe(200);
    for (const parameter of ['prefix', 'start-after', 'delimiter', 'marker', 'continuation-token']) {
      const query = [
        ['list-type', '2'],
        ['prefix', parameter === 'prefix' ? '' : 'zzz'],
        [parameter, name],
      ] as const;
      const unique = [...new Map(query)];
      const listed = await sendSigned(origin, signHeader({ ...base, path: '/b', query: unique }, host));
      expect([200, 400], listed.text).toContain(listed.status);
      expect(listed.text).not.toContain('ok.txt');
    }
    const upload = await sendSigned(
      origin,
      signHeader({ ...base, path: '/b/ok.txt', query: [['uploadId', name]] }, host),
    );
    expect(upload).toMatchObject({ status: 404, code: 'NoSuchUpload' });
  }
  const nul = await sendSigned(
    origin,
    signHeader(
      {
        ...base,
        path: '/b',
        query: [
          ['list-type', '2'],
          ['prefix', '\0'],
        ],
      },
      host,
    ),
  );
  expect(nul.status, nul.text).toBe(400);
  const fine = await sendSigned(origin, signHeader({ ...base, path: '/b/ok.txt' }, host));
  expect(fine.text).toBe('fine');
});

async function tree(): Promise<string[]> {
  return (await readdir(storage.folder, { recursive: true })).toSorted();
}
