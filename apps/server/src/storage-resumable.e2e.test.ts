import { createHash, randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, makeInstanceFolder, type RunningServer, startServer } from '@ashlar/testing';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import sharp from 'sharp';
import { type DetailedError, Upload, type UploadOptions } from 'tus-js-client';
import { afterAll, beforeAll, expect, test } from 'vitest';

const CHUNK = 6 * 1024 * 1024;
const BUCKET = 'resumable';
let dataDir: string;
let environment: Record<string, string>;
let server: RunningServer;
let tokens: readonly [ada: string, ibn: string];
let adaId: string;

beforeAll(async () => {
  dataDir = await makeInstanceFolder();
  environment = { ASHLAR_PORT: String(await freePort()), ASHLAR_DEV: 'true' };
  server = await startServer({ dataDir, environment });
  await admin().storage.createBucket(BUCKET);
  await server.sql(`create policy "own folder" on storage.objects for all to authenticated
    using ((storage.foldername(name))[1] = auth.uid()::text)
    with check ((storage.foldername(name))[1] = auth.uid()::text)`);
  const [ada, ibn] = await Promise.all(['ada', 'ibn'].map(signUp));
  tokens = [ada?.token ?? '', ibn?.token ?? ''];
  adaId = ada?.id ?? '';
});

afterAll(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function admin(): SupabaseClient {
  return createClient(server.url, server.serviceRoleKey, { auth: { persistSession: false, autoRefreshToken: false } });
}

async function signUp(name: string): Promise<{ id: string; token: string }> {
  const client = createClient(server.url, server.anonKey, { auth: { persistSession: false, autoRefreshToken: false } });
  const { data } = await client.auth.signUp({ email: `${name}@example.org`, password: 'a long password' });
  return { id: data.user?.id ?? '', token: data.session?.access_token ?? '' };
}

interface Sent {
  readonly upload: Upload;
  readonly done: Promise<void>;
}

function send(name: string, bytes: Buffer, token: string, options: Partial<UploadOptions> = {}): Sent {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const upload = new Upload(bytes, {
    endpoint: `${server.url}/storage/v1/upload/resumable`,
    headers: { authorization: `Bearer ${token}` },
    metadata: { bucketName: BUCKET, objectName: name, contentType: 'application/pdf', cacheControl: '3600' },
    chunkSize: CHUNK,
    retryDelays: [0, 100, 300, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000],
    onSuccess: () => resolve(),
    onError: reject,
    ...options,
  });
  upload.start();
  done.catch(() => undefined);
  return { upload, done };
}

function statusOf(error: unknown): number | undefined {
  return (error as DetailedError).originalResponse?.getStatus();
}

async function expectStored(name: string, bytes: Buffer): Promise<void> {
  const got = await fetch(`${server.url}/storage/v1/object/${BUCKET}/${name}`, {
    headers: { apikey: server.serviceRoleKey },
  });
  const content = Buffer.from(await got.arrayBuffer());
  expect(got.status).toBe(200);
  expect(content.equals(bytes)).toBe(true);
  expect(got.headers.get('etag')).toBe(`"${createHash('md5').update(bytes).digest('hex')}"`);
  expect(got.headers.get('content-type')).toBe('application/pdf');
}

const pdf = (size: number): Buffer => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(size)]);

test('tus-js-client uploads in chunks, stops, and goes on where it stopped', async () => {
  const bytes = pdf(2 * CHUNK + 12_345);
  const name = `${adaId}/stopped.pdf`;
  const reached = Promise.withResolvers<void>();
  const { upload } = send(name, bytes, tokens[0], { onChunkComplete: () => reached.resolve() });
  await reached.promise;
  await upload.abort();
  const { url } = upload;
  expect(url).toContain(`${server.url}/storage/v1/upload/resumable/`);
  const head = await fetch(url ?? '', { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } });
  expect(Number(head.headers.get('upload-offset'))).toBeGreaterThanOrEqual(CHUNK);
  await send(name, bytes, tokens[0], { uploadUrl: url }).done;
  await expectStored(name, bytes);
});

test('an upload outlives a kill -9 of the server, and says truly how far it is', { timeout: 90_000 }, async () => {
  const bytes = pdf(4 * CHUNK);
  const name = `${adaId}/killed.pdf`;
  const reached = Promise.withResolvers<void>();
  const { upload, done } = send(name, bytes, tokens[0], { onChunkComplete: () => reached.resolve() });
  await reached.promise;
  await server.end('SIGKILL');
  server = await startServer({ dataDir, environment });
  const head = await fetch(upload.url ?? '', { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } });
  const offset = Number(head.headers.get('upload-offset'));
  expect(offset).toBeGreaterThanOrEqual(CHUNK);
  const [{ id } = { id: '' }] = await server.sql<{ id: string }>('select id from storage.resumable_uploads');
  const part = await readFile(join(dataDir, 'files', 'default', 'parts', id));
  expect(part.subarray(0, offset).equals(bytes.subarray(0, offset))).toBe(true);
  // The client that was cut off has gone on trying.
  await done;
  await expectStored(name, bytes);
  expect(await server.sql('select id from storage.resumable_uploads')).toEqual([]);
});

test('nobody goes on with the upload of another, or begins one where they may not', async () => {
  const bytes = pdf(1_000);
  await expect(send(`${adaId}/foreign.pdf`, bytes, tokens[1]).done).rejects.toSatisfy(
    (error) => statusOf(error) === 403,
  );
  const reached = Promise.withResolvers<void>();
  const begun = send(`${adaId}/mine.pdf`, pdf(2 * CHUNK), tokens[0], { onChunkComplete: () => reached.resolve() });
  await reached.promise;
  await begun.upload.abort();
  const taken = send(`${adaId}/mine.pdf`, pdf(2 * CHUNK), tokens[1], { uploadUrl: begun.upload.url });
  await expect(taken.done).rejects.toSatisfy((error) => statusOf(error) === 403);
  await begun.upload.abort(true);
  const gone = await fetch(begun.upload.url ?? '', { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } });
  expect(gone.status).toBe(404);
});

test('an upload whose time is over begins anew', async () => {
  const bytes = pdf(3 * CHUNK);
  const name = `${adaId}/expired.pdf`;
  const reached = Promise.withResolvers<void>();
  const { upload } = send(name, bytes, tokens[0], { onChunkComplete: () => reached.resolve() });
  await reached.promise;
  await upload.abort();
  await server.sql(`update storage.resumable_uploads set expires_at = now() - interval '1 second'`);
  const resumed = send(name, bytes, tokens[0], { uploadUrl: upload.url });
  await resumed.done;
  expect(resumed.upload.url).not.toBe(upload.url);
  await expectStored(name, bytes);
  expect((await server.ashlar('storage', 'sweep')).code).toBe(0);
  expect(await server.sql('select id from storage.resumable_uploads')).toEqual([]);
});

test('a signed address is enough for tus-js-client', async () => {
  const { data } = await admin().storage.from(BUCKET).createSignedUploadUrl('signed.pdf');
  const bytes = pdf(CHUNK + 1);
  await send('signed.pdf', bytes, '', {
    endpoint: `${server.url}/storage/v1/upload/resumable/sign`,
    headers: { 'x-signature': data?.token ?? '' },
  }).done;
  await expectStored('signed.pdf', bytes);
});

test('supabase-js gets pictures in other sizes', async () => {
  const files = admin().storage.from(BUCKET);
  const picture = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#00aa00' } })
    .png()
    .toBuffer();
  expect((await files.upload('picture.png', picture, { contentType: 'image/png' })).error).toBeNull();
  const transform = { width: 30, height: 20 } as const;
  const { data: downloaded } = await files.download('picture.png', { transform });
  const { data: signed } = await files.createSignedUrl('picture.png', 60, { transform });
  const shown = await fetch(signed?.signedUrl ?? '');
  for (const bytes of [await downloaded?.arrayBuffer(), await shown.arrayBuffer()]) {
    expect(await sharp(Buffer.from(bytes ?? new ArrayBuffer(0))).metadata()).toMatchObject(transform);
  }
  expect(shown.headers.get('x-transformations')).toBe('height:20,width:30,resizing_type:fill');
});
