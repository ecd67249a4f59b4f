import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createS3FileStore } from './adapters/s3-file-store.ts';
import { createAccessKey } from './application/access-keys.ts';
import type { FileStore } from './application/file-store.ts';
import { removeProjectFiles } from './application/remove-project-files.ts';
import { collectUnwanted } from './application/sweep-files.ts';
import { createStorageFixture, type StorageFixture } from './storage.fixture.ts';

/** A line that can be cut. */
interface Line {
  readonly port: number;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

let keeper: StorageFixture;
let line: Line;
let files: FileStore;
let storage: StorageFixture;

beforeAll(async () => {
  keeper = await createStorageFixture();
  await keeper.bucket('kept');
  line = await lineTo(Number(new URL(await keeper.listenOpen()).port));
  const { id: accessKey, secret: secretKey } = await createAccessKey(keeper.project, '');
  const endpoint = `http://127.0.0.1:${line.port}/storage/v1/s3`;
  files = createS3FileStore({ endpoint, region: 'us-east-1', bucket: 'kept', accessKey, secretKey, prefix: '' });
  storage = await createStorageFixture({ files });
  await storage.bucket('b');
});
afterAll(async () => {
  await line?.cut();
  await storage?.[Symbol.asyncDispose]();
  await keeper?.[Symbol.asyncDispose]();
});

async function lineTo(target: number): Promise<Line> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const other = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  // A server that listens on a port has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async cut() {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      await once(server, 'close');
    },
    mend: () => listen(port),
  };
}

async function rows(): Promise<string[]> {
  const found = await storage.test.sql<{ version: string }>('select version from storage.objects order by version');
  return found.map(({ version }) => version);
}

async function kept(): Promise<string[]> {
  const found = await keeper.test.sql<{ name: string }>('select name from storage.objects');
  return found.map(({ name }) => name.slice(name.lastIndexOf('/') + 1)).toSorted();
}

const AWAY = {
  status: 503,
  headers: { 'retry-after': '1' },
  body: { statusCode: '503', message: 'The place where the files are kept cannot be reached' },
};

test('while the files cannot be reached every door says so, and nothing is lost', { timeout: 60_000 }, async () => {
  for (const name of ['kept', 'replaced', 'removed']) await storage.put(`b/${name}`, `content of ${name}`);
  await expect.poll(async () => (await kept()).length).toBe(3);
  const origin = await storage.listenOpen();
  const { id: accessKeyId, secret: secretAccessKey } = await createAccessKey(storage.project, '');
  const credentials = { accessKeyId, secretAccessKey };
  const endpoint = `${origin}/storage/v1/s3`;
  const client = new S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials, maxAttempts: 1 });
  const tus = {
    'tus-resumable': '1.0.0',
    'upload-length': '5',
    'upload-metadata': `bucketName ${Buffer.from('b').toString('base64')},objectName ${Buffer.from('tus').toString('base64')}`,
  };
  const begun = await storage.ask({ method: 'POST', url: '/upload/resumable', headers: tus });
  const location = String(begun.headers['location']).replace(/^.*\/storage\/v1/, '');
  const part = {
    method: 'PATCH',
    url: location,
    headers: {
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
    },
    body: 'bytes',
  } as const;

  await line.cut();
  const before = await rows();
  const typed = { 'content-type': 'text/plain', 'x-upsert': 'true' };
  expect(await storage.ask({ url: '/object/b/kept' })).toMatchObject(AWAY);
  expect(await storage.ask({ method: 'HEAD', url: '/object/b/kept' })).toMatchObject({ status: 503 });
  expect(await storage.ask({ url: '/render/image/authenticated/b/kept?width=10' })).toMatchObject(AWAY);
  for (const name of ['new', 'replaced']) {
    const upload = { method: 'POST', url: `/object/b/${name}`, body: 'other', headers: typed } as const;
    expect(await storage.ask(upload)).toMatchObject(AWAY);
  }
  const copy = { bucketId: 'b', sourceKey: 'kept', destinationKey: 'copied' };
  expect(await storage.ask({ method: 'POST', url: '/object/copy', body: copy })).toMatchObject(AWAY);
  expect(await storage.ask(part)).toMatchObject(AWAY);
  await expect(client.send(new GetObjectCommand({ Bucket: 'b', Key: 'kept' }))).rejects.toMatchObject({
    name: 'ServiceUnavailable',
    $metadata: { httpStatusCode: 503 },
  });
  expect(storage.observed.filter(({ kind }) => kind === 'request.failed').length).toBeGreaterThanOrEqual(7);
  // What is told by rows alone still is.
  expect((await storage.ask({ url: '/object/info/b/kept' })).status).toBe(200);
  expect((await storage.ask({ method: 'POST', url: '/object/list/b', body: { prefix: '' } })).body).toHaveLength(3);
  expect(await rows()).toEqual(before);
  expect((await storage.ask({ method: 'DELETE', url: '/object/b/removed' })).status).toBe(200);
  const { ref: project, database } = storage.project;
  await expect(collectUnwanted({ project, database, files })).rejects.toMatchObject({
    code: 'storage.files_unreachable',
  });

  await line.mend();
  expect((await storage.ask({ url: '/object/b/kept' })).text).toBe('content of kept');
  expect((await storage.ask({ url: '/object/b/replaced' })).text).toBe('content of replaced');
  // The upload's bytes are here; its last one makes the object.
  const again = { ...part, headers: { ...part.headers, 'upload-offset': '4' }, body: 's' };
  expect(await storage.ask(again)).toMatchObject({ status: 204, headers: { 'upload-offset': '5' } });
  expect((await storage.ask({ url: '/object/b/tus' })).text).toBe('bytes');
  await collectUnwanted({ project, database, files });
  expect(await kept()).toEqual(await rows());
  client.destroy();
});

test('files of a project that is removed meanwhile go with the next attempt', { timeout: 60_000 }, async () => {
  await storage.put('b/one', 'content');
  await line.cut();
  await expect(removeProjectFiles(files, storage.project.ref)).rejects.toMatchObject({
    code: 'storage.files_unreachable',
  });
  await line.mend();
  expect((await kept()).length).toBeGreaterThan(0);
  await removeProjectFiles(files, storage.project.ref);
  expect(await kept()).toEqual([]);
});
