import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as s3 from '@aws-sdk/client-s3';
import { type RunningServer, startServer } from '@ashlar/testing';
import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, expect, test } from 'vitest';

const Bucket = 'of-another';
let keeper: RunningServer;
let server: RunningServer;
let bucket: s3.S3Client;

beforeAll(async () => {
  keeper = await startServer({ environment: { ASHLAR_DEV: 'true' } });
  const credentials = await createKey(keeper);
  const endpoint = `${keeper.url}/storage/v1/s3`;
  bucket = new s3.S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials });
  await bucket.send(new s3.CreateBucketCommand({ Bucket }));
  server = await startServer({
    environment: {
      ASHLAR_DEV: 'true',
      ASHLAR_STORAGE_BACKEND: 's3',
      ASHLAR_STORAGE_S3_ENDPOINT: endpoint,
      ASHLAR_STORAGE_S3_BUCKET: Bucket,
      ASHLAR_STORAGE_S3_ACCESS_KEY: credentials.accessKeyId,
      ASHLAR_STORAGE_S3_SECRET_KEY: credentials.secretAccessKey,
    },
  });
}, 180_000);
afterAll(async () => {
  await server?.stop();
  await keeper?.stop();
});

async function createKey(of: RunningServer): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  const { stdout } = await of.ashlar('storage', 'keys', 'create');
  const [accessKeyId = '', secretAccessKey = ''] = stdout.match(/\S+$/gm) ?? [];
  return { accessKeyId, secretAccessKey };
}

async function keptKeys(): Promise<string[]> {
  const { Contents = [] } = await bucket.send(new s3.ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key ?? '');
}

async function rowsAsKeys(): Promise<string[]> {
  const rows = await server.sql<{ version: string }>('select version from storage.objects order by version');
  return rows.map(({ version }) => `ashlar/default/${version.slice(0, 2)}/${version}`);
}

test('files live a whole life in a bucket of another server', { timeout: 120_000 }, async () => {
  const supabase = createClient(server.url, server.serviceRoleKey, { auth: { persistSession: false } });
  await supabase.storage.createBucket('b');
  const files = supabase.storage.from('b');
  const bytes = randomBytes(9_000_000);
  expect((await files.upload('dir/large.bin', bytes)).error).toBeNull();
  expect((await files.upload('dir/empty', '')).error).toBeNull();
  expect((await files.copy('dir/large.bin', 'copied.bin')).error).toBeNull();
  expect((await files.move('copied.bin', 'moved.bin')).error).toBeNull();
  for (const [name, content] of [
    ['dir/large.bin', bytes],
    ['moved.bin', bytes],
    ['dir/empty', Buffer.alloc(0)],
  ] as const) {
    const { data, error } = await files.download(name);
    expect(error).toBeNull();
    expect(Buffer.from((await data?.arrayBuffer()) ?? new ArrayBuffer(1)).equals(content), name).toBe(true);
  }
  const part = await fetch(`${server.url}/storage/v1/object/b/moved.bin`, {
    headers: { apikey: server.serviceRoleKey, range: 'bytes=8999990-' },
  });
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(8_999_990))).toBe(true);
  expect(await keptKeys()).toEqual(await rowsAsKeys());
  expect((await files.remove(['moved.bin'])).error).toBeNull();
  await expect.poll(async () => (await keptKeys()).length, { timeout: 20_000 }).toBe(2);
  expect(await keptKeys()).toEqual(await rowsAsKeys());
});

test('its own S3 door puts parts together over there, and the sweeper looks there', { timeout: 120_000 }, async () => {
  const credentials = await createKey(server);
  const endpoint = `${server.url}/storage/v1/s3`;
  const own = new s3.S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials });
  const upload = { Bucket: 'b', Key: 'parts' };
  const { UploadId } = await own.send(new s3.CreateMultipartUploadCommand(upload));
  const pieces = [Buffer.alloc(5_242_880, 1), Buffer.from('end')];
  const Parts: s3.CompletedPart[] = [];
  for (const [at, Body] of pieces.entries()) {
    const { ETag } = await own.send(new s3.UploadPartCommand({ ...upload, UploadId, PartNumber: at + 1, Body }));
    Parts.push({ PartNumber: at + 1, ETag });
  }
  await own.send(new s3.CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload: { Parts } }));
  const got = await own.send(new s3.GetObjectCommand(upload));
  const whole = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
  expect(whole.equals(Buffer.concat(pieces))).toBe(true);
  const orphan = 'ashlar/default/00/00000000-0000-4000-8000-000000000000';
  await bucket.send(new s3.PutObjectCommand({ Bucket, Key: orphan, Body: 'x' }));
  const swept = await server.ashlar('storage', 'sweep', '--older-than', '0');
  expect(swept.stdout, swept.stderr).toContain('0 objects miss their file');
  await expect.poll(keptKeys, { timeout: 20_000 }).toEqual(await rowsAsKeys());
  expect(await readdir(join(server.dataDir, 'files')).catch(() => [])).toEqual([]);
});

test('a project that is removed takes its files in the bucket with it', { timeout: 120_000 }, async () => {
  const created = await server.ashlar('project', 'create', 'shop');
  expect(created.code, created.stderr).toBe(0);
  const Key = 'ashlar/shop/00/00000000-0000-4000-8000-000000000000';
  await bucket.send(new s3.PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const unfinished = { Bucket, Key: 'ashlar/shop/11/11111111-0000-4000-8000-000000000000' };
  await bucket.send(new s3.CreateMultipartUploadCommand(unfinished));
  const others = (await keptKeys()).filter((key) => !key.startsWith('ashlar/shop/'));
  const removed = await server.ashlar('project', 'remove', 'shop', '--yes');
  expect(removed.code, removed.stderr).toBe(0);
  expect(await keptKeys()).toEqual(others);
  const { Uploads = [] } = await bucket.send(new s3.ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads).toEqual([]);
});
