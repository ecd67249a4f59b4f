import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createAccessKey } from '../application/access-keys.ts';
import { fileStoreContract } from '../file-store.contract.ts';
import { createStorageFixture, type StorageFixture } from '../storage.fixture.ts';
import { createS3FileStore } from './s3-file-store.ts';
import type { S3Place } from './s3-connection.ts';

let storage: StorageFixture;
let place: S3Place;

// The service's own S3 door is a server like any other.
beforeAll(async () => {
  storage = await createStorageFixture({ fileSizeLimitBytes: 200_000_000 });
  await storage.bucket('files');
  const { id, secret } = await createAccessKey(storage.project, '');
  const endpoint = `${await storage.listenOpen()}/storage/v1/s3`;
  place = { endpoint, region: 'us-east-1', bucket: 'files', accessKey: id, secretKey: secret, prefix: '' };
});
afterAll(() => storage?.[Symbol.asyncDispose]());

fileStoreContract(async () => createS3FileStore({ ...place, prefix: `${randomUUID()}/` }));

test('a large file goes up in parts and a broken one leaves no parts behind', async () => {
  const store = createS3FileStore({ ...place, prefix: 'large/' });
  const at = { project: 'shop', version: randomUUID() };
  const piece = Buffer.alloc(3_000_000, 5);
  await store.write(at, repeat(piece, 10), 1e9);
  expect(await store.size(at)).toBe(30_000_000);
  const broken = { project: 'shop', version: randomUUID() };
  await expect(store.write(broken, repeat(piece, 10), 25_000_000)).rejects.toMatchObject({
    code: 'storage.entity_too_large',
  });
  expect(await storage.test.sql('select id from storage.s3_multipart_uploads')).toEqual([]);
});

test('uploads nobody finished are removed with the settled files', async () => {
  const store = createS3FileStore({ ...place, prefix: 'unfinished/' });
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  onTestFinished(() => stop());
  const half = (async function* () {
    yield Buffer.alloc(9_000_000, 1);
    await stopped;
    throw new Error('the process was killed');
  })();
  const writing = store.write({ project: 'shop', version: randomUUID() }, half, 1e9).catch(() => undefined);
  await expect.poll(() => storage.test.sql('select id from storage.s3_multipart_uploads')).toHaveLength(1);
  await Array.fromAsync(store.settled('shop', new Date(Date.now() + 1000)));
  expect(await storage.test.sql('select id from storage.s3_multipart_uploads')).toEqual([]);
  stop();
  await writing;
});

async function* repeat(piece: Buffer, times: number): AsyncGenerator<Buffer> {
  for (let time = 0; time < times; time += 1) yield piece;
}
