import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { type RunningServer, startServer } from '@ashlar/testing';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, expect, test } from 'vitest';

let server: RunningServer;
let admin: SupabaseClient;

beforeAll(async () => {
  server = await startServer({ environment: { ASHLAR_DEV: 'true', ASHLAR_STORAGE_FILE_SIZE_LIMIT: '200000000' } });
  admin = client(server.serviceRoleKey);
  await server.sql(`create policy "own folder" on storage.objects for all to authenticated
    using ((storage.foldername(name))[1] = auth.uid()::text)
    with check ((storage.foldername(name))[1] = auth.uid()::text)`);
});

afterAll(() => server?.stop());

function client(key: string): SupabaseClient {
  return createClient(server.url, key, { auth: { persistSession: false, autoRefreshToken: false } });
}

/** The data of an answer that must not be an error. */
function ok<Data>({ data, error }: { data: Data; error: unknown }): NonNullable<Data> {
  expect(error).toBeNull();
  if (data === null || data === undefined) throw new Error('There is no data');
  return data;
}

test('buckets live a whole life in the client', async () => {
  ok(await admin.storage.createBucket('life', { public: false, fileSizeLimit: '1MB', allowedMimeTypes: ['text/*'] }));
  expect(ok(await admin.storage.getBucket('life'))).toMatchObject({ id: 'life', public: false, file_size_limit: 1e6 });
  expect(ok(await admin.storage.listBuckets()).map(({ id }) => id)).toContain('life');
  ok(await admin.storage.updateBucket('life', { public: true }));
  ok(await admin.storage.from('life').upload('a.txt', 'a', { contentType: 'text/plain' }));
  const refused = await admin.storage.from('life').upload('a.png', 'a', { contentType: 'image/png' });
  expect(refused.error).toMatchObject({ message: 'mime type image/png is not supported', statusCode: '415' });
  expect((await admin.storage.deleteBucket('life')).error?.message).toBe('The bucket you tried to delete is not empty');
  ok(await admin.storage.emptyBucket('life'));
  ok(await admin.storage.deleteBucket('life'));
  expect((await admin.storage.getBucket('life')).error).toMatchObject({
    message: 'Bucket not found',
    statusCode: '404',
  });
});

test('objects live a whole life in the client', async () => {
  ok(await admin.storage.createBucket('objects'));
  const objects = admin.storage.from('objects');
  const bytes = randomBytes(300_000);
  const uploaded = ok(
    await objects.upload('dir/a.bin', new Blob([bytes]), {
      contentType: 'application/x-thing',
      cacheControl: '77',
      metadata: { colour: 'blue' },
    }),
  );
  expect(uploaded).toEqual({ id: expect.any(String), path: 'dir/a.bin', fullPath: 'objects/dir/a.bin' });
  expect((await objects.upload('dir/a.bin', bytes)).error).toMatchObject({ statusCode: '409' });
  ok(await objects.upload('dir/a.bin', bytes, { upsert: true, contentType: 'application/x-thing' }));
  ok(await objects.update('dir/b.txt', 'text of b'));
  const downloaded = ok(await objects.download('dir/a.bin'));
  expect(Buffer.from(await downloaded.arrayBuffer()).equals(bytes)).toBe(true);
  expect(ok(await objects.info('dir/a.bin'))).toMatchObject({
    name: 'dir/a.bin',
    size: 300_000,
    contentType: 'application/x-thing',
    etag: `"${createHash('md5').update(bytes).digest('hex')}"`,
  });
  expect((await objects.exists('dir/a.bin')).data).toBe(true);
  expect((await objects.exists('dir/none')).data).toBe(false);
  expect(ok(await objects.list()).map(({ name, id }) => [name, id])).toEqual([['dir', null]]);
  expect(ok(await objects.list('dir', { sortBy: { column: 'name', order: 'desc' } })).map(({ name }) => name)).toEqual([
    'b.txt',
    'a.bin',
  ]);
  const second = ok(await objects.listV2({ prefix: 'dir/', with_delimiter: true, limit: 1 }));
  expect(second).toMatchObject({ hasNext: true, objects: [{ name: 'dir/a.bin' }], folders: [] });
  ok(await objects.move('dir/b.txt', 'moved/b.txt'));
  expect(ok(await objects.copy('moved/b.txt', 'copied/c.txt'))).toMatchObject({ path: 'objects/copied/c.txt' });
  expect(ok(await objects.remove(['moved/b.txt', 'none'])).map(({ name }) => name)).toEqual(['moved/b.txt']);
  expect(await ok(await objects.download('copied/c.txt')).text()).toBe('text of b');
  expect((await objects.download('moved/b.txt')).error).not.toBeNull();
});

test('signed and public addresses work without any key', async () => {
  ok(await admin.storage.createBucket('shared', { public: true }));
  const shared = admin.storage.from('shared');
  ok(await shared.upload('a b.txt', 'shared text'));
  const { publicUrl } = shared.getPublicUrl('a b.txt', { download: 'öl.txt' }).data;
  const open = await fetch(publicUrl);
  expect(await open.text()).toBe('shared text');
  expect(open.headers.get('content-disposition')).toContain("filename*=UTF-8''%C3%B6l.txt");
  const { signedUrl } = ok(await shared.createSignedUrl('a b.txt', 60));
  expect(await (await fetch(signedUrl)).text()).toBe('shared text');
  const many = ok(await shared.createSignedUrls(['a b.txt', 'none'], 60));
  expect(many.map(({ error }) => error === null)).toEqual([true, false]);
  const upload = ok(await shared.createSignedUploadUrl('up.txt'));
  const stranger = client(server.publishableKey).storage.from('shared');
  expect(ok(await stranger.uploadToSignedUrl('up.txt', upload.token, new Blob(['by token'])))).toMatchObject({
    fullPath: 'shared/up.txt',
  });
  expect(await ok(await shared.download('up.txt')).text()).toBe('by token');
  const other = await stranger.uploadToSignedUrl('other.txt', upload.token, 'x');
  expect(other.error?.message).toBe('Invalid signature');
});

test('users reach their own folder and no other, with every kind of key', async () => {
  ok(await admin.storage.createBucket('homes'));
  const [ada, ibn] = await Promise.all(['ada', 'ibn'].map((name) => signedUp(`${name}@example.org`)));
  if (ada === undefined || ibn === undefined) throw new Error('unreachable');
  ok(await ada.files.upload(`${ada.id}/diary.txt`, 'dear diary'));
  expect((await ibn.files.download(`${ada.id}/diary.txt`)).error).not.toBeNull();
  expect((await ibn.files.upload(`${ada.id}/note.txt`, 'x')).error).toMatchObject({
    message: 'new row violates row-level security policy',
    statusCode: '403',
  });
  expect(ok(await ibn.files.list(ada.id))).toEqual([]);
  expect(ok(await ada.files.list(ada.id)).map(({ name }) => name)).toEqual(['diary.txt']);
  const [row] = await server.sql<{ owner_id: string }>(
    `select owner_id from storage.objects where bucket_id = 'homes'`,
  );
  expect(row?.owner_id).toBe(ada.id);
  expect(
    (await client(server.publishableKey).storage.from('homes').download(`${ada.id}/diary.txt`)).error,
  ).not.toBeNull();
  expect(await ok(await client(server.secretKey).storage.from('homes').download(`${ada.id}/diary.txt`)).text()).toBe(
    'dear diary',
  );
  const forged = client(`${server.anonKey.slice(0, -4)}AAAA`);
  expect((await forged.storage.from('homes').list()).error).toMatchObject({ statusCode: '403' });
});

async function signedUp(email: string) {
  const user = client(server.publishableKey);
  const { data } = await user.auth.signUp({ email, password: 'correct horse battery' });
  return { id: data.user?.id ?? '', files: user.storage.from('homes') };
}

test('a stream of unknown length goes through in bounded memory', { timeout: 120_000 }, async () => {
  ok(await admin.storage.createBucket('large'));
  const chunk = randomBytes(1024 * 1024);
  const chunks = 150;
  const hash = createHash('md5');
  const source = Readable.from(
    (function* () {
      for (let index = 0; index < chunks; index += 1) {
        hash.update(chunk);
        yield chunk;
      }
    })(),
  );
  const sent = await fetch(`${server.url}/storage/v1/object/large/big`, {
    method: 'POST',
    headers: { apikey: server.serviceRoleKey, 'content-type': 'application/octet-stream' },
    body: Readable.toWeb(source) as ReadableStream,
    duplex: 'half',
  });
  expect(sent.status, await sent.text()).toBe(200);
  const got = await fetch(`${server.url}/storage/v1/object/large/big`, { headers: { apikey: server.serviceRoleKey } });
  expect(got.headers.get('content-length')).toBe(String(chunks * chunk.length));
  const received = createHash('md5');
  for await (const part of got.body ?? []) received.update(part);
  expect(received.digest('hex')).toBe(hash.digest('hex'));
});

test('a client that leaves in the middle leaves nothing behind, and the next is served', async () => {
  const leaving = request(`${server.url}/storage/v1/object/objects/half.bin`, {
    method: 'POST',
    headers: { apikey: server.serviceRoleKey, 'content-type': 'application/x-half', 'content-length': '1000000' },
  });
  leaving.on('error', () => undefined);
  leaving.write(randomBytes(500_000));
  await new Promise((resolve) => setTimeout(resolve, 300));
  leaving.destroy();
  await expect.poll(async () => (await admin.storage.from('objects').exists('half.bin')).data).toBe(false);
  ok(await admin.storage.from('objects').upload('half.bin', 'whole'));
});

test('an upload that grows too large hears so before it ends', async () => {
  ok(await admin.storage.createBucket('tight', { public: false, fileSizeLimit: 2_000_000 }));
  const endless = Readable.from(
    (function* () {
      for (let index = 0; index < 40; index += 1) yield Buffer.alloc(100_000);
    })(),
  );
  const refused = await fetch(`${server.url}/storage/v1/object/tight/x`, {
    method: 'POST',
    headers: { apikey: server.serviceRoleKey, 'content-type': 'application/octet-stream' },
    body: Readable.toWeb(endless) as ReadableStream,
    duplex: 'half',
  });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ statusCode: '413', code: 'EntityTooLarge' });
  expect((await admin.storage.from('tight').exists('x')).data).toBe(false);
});

test('files of one project are nothing to another', async () => {
  const made = await server.ashlar('project', 'create', 'shop');
  expect(made.code, made.stderr).toBe(0);
  const stolen = await fetch(`${server.url}/p/shop/storage/v1/object/objects/dir/a.bin`, {
    headers: { apikey: server.serviceRoleKey },
  });
  expect(stolen.status).toBe(400);
});

test('what is not built says so', async () => {
  for (const path of ['/vector/index', '/iceberg/v1/config', '/cdn/bucket']) {
    const answer = await fetch(`${server.url}/storage/v1${path}`, { headers: { apikey: server.serviceRoleKey } });
    expect(await answer.json()).toMatchObject({ code: 'FeatureNotEnabled', statusCode: '400' });
  }
  const nowhere = await fetch(`${server.url}/storage/v1/nowhere`, { method: 'PATCH' });
  expect(await nowhere.json()).toMatchObject({ statusCode: '404' });
});
