import { CreateMultipartUploadCommand, PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccessKey } from './application/access-keys.ts';
import { addUpUsage } from './application/usage.ts';
import { createStorageFixture, type StorageFixture } from './storage.fixture.ts';

let storage: StorageFixture;

beforeAll(async () => {
  storage = await createStorageFixture();
  await storage.bucket('counted');
  await storage.bucket('other');
});

afterAll(() => storage?.[Symbol.asyncDispose]());

async function usage(): Promise<Record<string, readonly [objects: number, bytes: number]>> {
  const { body } = await storage.ask({ url: '/usage' });
  const buckets: readonly { id: string; objects: number; bytes: number }[] = body.buckets;
  return Object.fromEntries(buckets.map(({ id, objects, bytes }) => [id, [objects, bytes]]));
}

async function connect(): Promise<S3Client> {
  const { id: accessKeyId, secret: secretAccessKey } = await createAccessKey(storage.project, '');
  const endpoint = `${await storage.listenOpen()}/storage/v1/s3`;
  const credentials = { accessKeyId, secretAccessKey };
  return new S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials });
}

async function truth(): Promise<Record<string, readonly [objects: number, bytes: number]>> {
  const rows = await storage.test.sql<{ id: string; objects: number; bytes: number }>(`
    select b.id, count(o.id)::int as objects, coalesce(sum((o.metadata ->> 'size')::bigint), 0)::int as bytes
      from storage.buckets b left join storage.objects o on o.bucket_id = b.id group by 1`);
  return Object.fromEntries(rows.map(({ id, objects, bytes }) => [id, [objects, bytes]]));
}

test('everything that is stored, replaced, moved, copied and removed is counted', async () => {
  await storage.put('counted/a', '12345');
  await storage.put('counted/b', '1234567890');
  expect(await usage()).toMatchObject({ counted: [2, 15], other: [0, 0] });
  await storage.put('counted/a', '1');
  const move = { bucketId: 'counted', sourceKey: 'b', destinationBucket: 'other', destinationKey: 'b' };
  await storage.ask({ method: 'POST', url: '/object/move', body: move });
  expect(await usage()).toMatchObject({ counted: [1, 1], other: [1, 10] });
  const copy = { bucketId: 'other', sourceKey: 'b', destinationKey: 'c' };
  await storage.ask({ method: 'POST', url: '/object/copy', body: copy });
  await storage.ask({ method: 'DELETE', url: '/object/counted/a' });
  expect(await usage()).toMatchObject({ counted: [0, 0], other: [2, 20] });
  expect((await storage.ask({ url: '/usage' })).body).toMatchObject({ objects: 2, bytes: 20 });
  await storage.ask({ method: 'POST', url: '/bucket/other/empty', body: {} });
  expect(await usage()).toEqual(await truth());
});

test('who is under policies is told nothing of it', async () => {
  for (const as of ['anon', { sub: '0d9f1c1e-0000-4000-8000-00000000000a' }] as const) {
    expect((await storage.ask({ url: '/usage', as })).body).toMatchObject({ statusCode: '403', code: 'AccessDenied' });
  }
});

test('counts are right under concurrent changes while they are added up', async () => {
  const names = Array.from({ length: 10 }, (_none, at) => `counted/${at}`);
  await Promise.all(
    Array.from({ length: 60 }, async (_none, at) => {
      const name = names[at % names.length] ?? '';
      if (at % 4 === 3) await storage.ask({ method: 'DELETE', url: `/object/${name}` });
      else await storage.put(name, 'x'.repeat(at));
      if (at % 5 === 0) await addUpUsage(storage.test.database);
    }),
  );
  expect(await usage()).toEqual(await truth());
  await addUpUsage(storage.test.database);
  expect(await usage()).toEqual(await truth());
  expect(await storage.test.sql('select * from storage.usage_changes')).toEqual([]);
});

test('a quota holds at every door, and together', async () => {
  await storage.bucket('small', { quota_bytes: '100B' });
  const post = (name: string, size: number, headers: Record<string, string> = {}) =>
    storage.ask({
      method: 'POST',
      url: `/object/small/${name}`,
      body: 'x'.repeat(size),
      headers: {
        'content-type': 'text/plain',
        ...headers,
      },
    });
  expect((await post('a', 60)).status).toBe(200);
  expect((await post('b', 41)).body).toMatchObject({ statusCode: '413', code: 'QuotaExceeded' });
  expect((await post('b', 40)).status).toBe(200);
  expect((await post('a', 61, { 'x-upsert': 'true' })).body.code).toBe('QuotaExceeded');
  expect((await post('a', 10, { 'x-upsert': 'true' })).status).toBe(200);
  const answers = await Promise.all(Array.from({ length: 12 }, (_none, at) => post(`c${at}`, 20)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
  await storage.put('other/big', 'x'.repeat(30));
  const there = { bucketId: 'other', sourceKey: 'big', destinationBucket: 'small', destinationKey: 'big' };
  for (const url of ['/object/move', '/object/copy']) {
    expect((await storage.ask({ method: 'POST', url, body: there })).body.code).toBe('QuotaExceeded');
  }
  const resumable = await storage.ask({
    method: 'POST',
    url: '/upload/resumable',
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': '50',
      'upload-metadata': `bucketName ${Buffer.from('small').toString('base64')},objectName eA==`,
    },
  });
  expect(resumable).toMatchObject({ status: 413, body: { code: 'QuotaExceeded' } });
  expect((await usage())['small']).toEqual([4, 90]);
  await storage.ask({ method: 'PUT', url: '/bucket/small', body: { quota_bytes: null } });
  expect((await post('d', 500)).status).toBe(200);
});

test('a quota of the project holds for all its buckets, at every door', async () => {
  await storage.bucket('one');
  await storage.bucket('two');
  const { objects, bytes } = (await storage.ask({ url: '/usage' })).body;
  storage.settings({ quotaBytes: bytes + 100, quotaObjects: objects + 4 });
  const post = (path: string, size: number) =>
    storage.ask({
      method: 'POST',
      url: `/object/${path}`,
      body: 'x'.repeat(size),
      headers: { 'content-type': 'text/plain', 'x-upsert': 'true' },
    });
  const refusal = { statusCode: '413', code: 'QuotaExceeded', message: 'The storage quota of the project is used up' };
  expect((await post('one/a', 60)).status).toBe(200);
  expect(await post('two/b', 41)).toMatchObject({ status: 400, body: refusal });
  const answers = await Promise.all(Array.from({ length: 8 }, (_none, at) => post(at % 2 ? 'one/c' : 'two/c', 20)));
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
  expect((await storage.ask({ url: '/usage' })).body).toMatchObject({
    objects: objects + 3,
    bytes: bytes + 100,
    quota_bytes: bytes + 100,
    quota_objects: objects + 4,
  });
  const copy = { bucketId: 'one', sourceKey: 'a', destinationBucket: 'two', destinationKey: 'a' };
  expect((await storage.ask({ method: 'POST', url: '/object/copy', body: copy })).body).toMatchObject(refusal);
  const upload = {
    'tus-resumable': '1.0.0',
    'upload-length': '1',
    'upload-metadata': 'bucketName b25l,objectName eA==',
  };
  expect(await storage.ask({ method: 'POST', url: '/upload/resumable', headers: upload })).toMatchObject({
    status: 413,
    body: refusal,
  });
  const client = await connect();
  await expect(client.send(new PutObjectCommand({ Bucket: 'one', Key: 'x', Body: 'x' }))).rejects.toMatchObject({
    name: 'QuotaExceeded',
    $metadata: { httpStatusCode: 403 },
  });
  const parts = { Bucket: 'one', Key: 'parts' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(parts));
  const part = client.send(new UploadPartCommand({ ...parts, UploadId, PartNumber: 1, Body: 'x' }));
  await expect(part).rejects.toMatchObject({ name: 'QuotaExceeded' });
  client.destroy();

  // What makes room, or needs none, is not held up.
  expect((await storage.ask({ method: 'POST', url: '/object/move', body: copy })).status).toBe(200);
  expect((await post('two/a', 0)).status).toBe(200);
  expect((await post('one/empty', 0)).status).toBe(200);
  expect((await post('one/empty-too', 0)).body).toMatchObject(refusal);
  storage.settings({ quotaBytes: null, quotaObjects: null });
  expect((await post('one/large', 5_000)).status).toBe(200);
  expect((await storage.ask({ url: '/usage' })).body).toMatchObject({ quota_bytes: null, quota_objects: null });
});

test('notes of changes are added up on the way when a quota has many to count', async () => {
  storage.settings({ quotaBytes: 1_000_000, quotaObjects: null });
  await storage.test.sql(`
    insert into storage.usage_changes (bucket_id, objects, bytes)
    select 'one', v, v from generate_series(1, 700) g, unnest(array[1, -1]) v`);
  await storage.put('one/after', 'x');
  const [row] = await storage.test.sql<{ notes: number }>('select count(*)::int as notes from storage.usage_changes');
  expect(row?.notes).toBeLessThan(10);
  expect(await usage()).toEqual(await truth());
  storage.settings({ quotaBytes: null, quotaObjects: null });
});

test('no caller of the API can move the quota of the project', async () => {
  for (const role of ['anon', 'authenticated', 'service_role', 'storage']) {
    for (const sql of ['update storage.project_quota set bytes = null', 'delete from storage.usage_changes']) {
      await expect(storage.test.sql(`set role ${role}; ${sql}; reset role`), role).rejects.toThrow(/permission denied/);
    }
  }
});
