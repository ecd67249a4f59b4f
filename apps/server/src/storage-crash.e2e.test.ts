import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, makeInstanceFolder, proofSize, type RunningServer, startServer } from '@ashlar/testing';
import { expect, test } from 'vitest';

const UPLOADS = proofSize('files', { short: 30, full: 200 });
const ROUNDS = proofSize('files', { short: 2, full: 20 });
/** Each upload is one of the keeper's as well. */
const S3_UPLOADS = proofSize('files', { short: 8, full: 60 });
const S3_ROUNDS = proofSize('files', { short: 1, full: 20 });
const BUCKET = 'crash';
/** Rows looked at after a kill, and how many of them at once: one by one each would wait for a turn among all uploads. */
const LOOKED_AT = 200;
const LOOKERS = 25;
const TIMEOUT_MS = 1_800_000;

interface Acknowledged {
  readonly name: string;
  readonly md5: string;
}

/** Where the bytes are, and how to look there past the server under test. */
interface Backend extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  /** Versions that are kept, sorted. */
  versions(dataDir: string): Promise<string[]>;
}

test(
  'a kill -9 under concurrent uploads leaves no row without its file and no part of a file',
  { timeout: TIMEOUT_MS },
  () =>
    survives(UPLOADS, ROUNDS, {
      environment: {},
      versions: filesIn,
      [Symbol.asyncDispose]: async () => undefined,
    }),
);

test('and so it is with the bytes in a bucket of an S3 server', { timeout: TIMEOUT_MS }, async () => {
  await using keeper = await startKeeper();
  await survives(S3_UPLOADS, S3_ROUNDS, keeper);
});

async function survives(uploads: number, rounds: number, backend: Backend): Promise<void> {
  const dataDir = await makeInstanceFolder();
  const environment = { ASHLAR_PORT: String(await freePort()), ASHLAR_DEV: 'true', ...backend.environment };
  let server = await startServer({ dataDir, environment });
  const uploading = { stopped: false };
  const writers: Promise<void>[] = [];
  const acknowledged: Acknowledged[] = [];
  try {
    await ask(server, 'POST', '/bucket', JSON.stringify({ name: BUCKET }), 'application/json');
    const write = async (writer: number): Promise<void> => {
      while (!uploading.stopped) {
        // Half of them replace one object again and again; sizes from nothing to some chunks.
        const name = writer % 2 === 0 ? `replaced/${writer}` : `new/${randomUUID()}`;
        const content = randomBytes(Math.floor(Math.random() ** 2 * 400_000));
        const status = await ask(server, 'PUT', `/object/${BUCKET}/${name}`, content).catch(() => 0);
        if (status === 200) acknowledged.push({ name, md5: md5Of(content) });
        else await delay(20);
      }
    };
    for (let writer = 0; writer < uploads; writer += 1) writers.push(write(writer));
    for (let round = 1; round <= rounds; round += 1) {
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(before + uploads);
      await delay(Math.random() * 300);
      await server.end('SIGKILL');
      server = await startServer({ dataDir, environment });
      await expectWhole(server, acknowledged);
    }
    uploading.stopped = true;
    await Promise.all(writers);
    await expectWhole(server, acknowledged);

    // Nothing is under way any more, so every file without a row is an orphan, whatever its age.
    const swept = await server.ashlar('storage', 'sweep', '--older-than', '0');
    expect(swept.code, swept.stderr).toBe(0);
    expect(swept.stdout).toContain('0 objects miss their file');
    const rows = await server.sql<{ version: string }>('select version from storage.objects');
    expect(await backend.versions(dataDir)).toEqual(rows.map(({ version }) => version).toSorted());
  } finally {
    uploading.stopped = true;
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** A server of ours that keeps the bytes of the one under test, and is not killed. */
async function startKeeper(): Promise<Backend> {
  const keeper = await startServer({ environment: { ASHLAR_DEV: 'true' } });
  const bucket = 'kept';
  const { stdout } = await keeper.ashlar('storage', 'keys', 'create');
  const [accessKey = '', secretKey = ''] = stdout.match(/\S+$/gm) ?? [];
  await ask(keeper, 'POST', '/bucket', JSON.stringify({ name: bucket }), 'application/json');
  return {
    environment: {
      ASHLAR_STORAGE_BACKEND: 's3',
      ASHLAR_STORAGE_S3_ENDPOINT: `${keeper.url}/storage/v1/s3`,
      ASHLAR_STORAGE_S3_BUCKET: bucket,
      ASHLAR_STORAGE_S3_ACCESS_KEY: accessKey,
      ASHLAR_STORAGE_S3_SECRET_KEY: secretKey,
    },
    async versions() {
      const rows = await keeper.sql<{ name: string }>('select name from storage.objects');
      return rows.map(({ name }) => name.slice(name.lastIndexOf('/') + 1)).toSorted();
    },
    async [Symbol.asyncDispose]() {
      await keeper.stop();
    },
  };
}

/** Every row's file is there and whole, and what was acknowledged last is what is stored. */
async function expectWhole(server: RunningServer, acknowledged: readonly Acknowledged[]): Promise<void> {
  const rows = await server.sql<{ name: string; version: string }>('select name, version from storage.objects');
  const names = new Set(rows.map(({ name }) => name));
  const news = acknowledged.filter(({ name }) => name.startsWith('new/'));
  expect(news.filter(({ name }) => !names.has(name))).toEqual([]);
  const known = new Map(news.map(({ name, md5 }) => [name, md5]));
  const looked = rows.toSorted(() => Math.random() - 0.5).slice(0, LOOKED_AT);
  await Promise.all(
    Array.from({ length: LOOKERS }, async () => {
      for (let row = looked.pop(); row !== undefined; row = looked.pop()) {
        await expectRight(server, row.name, known.get(row.name));
      }
    }),
  );
}

async function expectRight(server: RunningServer, name: string, md5: string | undefined): Promise<void> {
  const got = await download(server, name);
  const bytes = Buffer.from(await got.arrayBuffer());
  expect(got.status, name).toBe(200);
  // Writers go on meanwhile: the tag travels with the bytes it is of.
  expect(`"${md5Of(bytes)}"`, name).toBe(got.headers.get('etag'));
  if (md5 !== undefined) expect(md5Of(bytes), name).toBe(md5);
}

/** A server with more uploads than it can do at once may say so; it may not serve anything wrong. */
async function download(server: RunningServer, name: string): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const got = await fetch(`${server.url}/storage/v1/object/${BUCKET}/${name}`, {
      headers: { apikey: server.serviceRoleKey },
    });
    if (attempt === 10 || ![503, 504, 544].includes(got.status)) return got;
    await got.arrayBuffer();
    await delay(500);
  }
}

async function filesIn(dataDir: string): Promise<string[]> {
  const entries = await readdir(join(dataDir, 'files', 'default'), { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).toSorted();
}

async function ask(
  server: RunningServer,
  method: string,
  path: string,
  body: Buffer | string,
  type = 'application/octet-stream',
): Promise<number> {
  const answer = await fetch(`${server.url}/storage/v1${path}`, {
    method,
    headers: { apikey: server.serviceRoleKey, 'content-type': type },
    body: typeof body === 'string' ? body : new Uint8Array(body),
    signal: AbortSignal.timeout(15_000),
  });
  await answer.arrayBuffer();
  return answer.status;
}

function md5Of(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
