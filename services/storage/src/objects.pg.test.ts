import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepFiles } from './application/sweep-files.ts';
import { createStorageFixture, type StorageFixture } from './storage.fixture.ts';

let storage: StorageFixture;

beforeAll(async () => {
  storage = await createStorageFixture({ fileSizeLimitBytes: 1_000_000 });
  await storage.bucket('files');
  await storage.bucket('open', { public: true });
});

afterAll(() => storage?.[Symbol.asyncDispose]());

const soon = (): Date => new Date(Date.now() + 1_000);

async function sweep() {
  const { project, files } = storage;
  return sweepFiles({ project: project.ref, database: project.database, files, before: soon(), checkRows: true });
}

test('a file comes back as it was sent, with what was said of it', async () => {
  const sent = await storage.ask({
    method: 'POST',
    url: '/object/files/docs/a.txt',
    body: 'hello',
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      'cache-control': 'max-age=3600',
      'x-metadata': Buffer.from('{"k":"v"}').toString('base64'),
    },
  });
  expect(sent).toMatchObject({ status: 200, body: { Id: expect.any(String), Key: 'files/docs/a.txt' } });
  const got = await storage.ask({ url: '/object/files/docs/a.txt' });
  expect(got.text).toBe('hello');
  const md5 = createHash('md5').update('hello').digest('hex');
  expect(got.headers).toMatchObject({
    'content-type': 'text/plain;charset=UTF-8',
    'content-length': '5',
    etag: `"${md5}"`,
    'cache-control': 'max-age=3600',
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'none',
  });
  const info = await storage.ask({ url: '/object/info/files/docs/a.txt' });
  expect(info.body).toMatchObject({
    id: sent.body.Id,
    name: 'docs/a.txt',
    bucket_id: 'files',
    size: 5,
    content_type: 'text/plain;charset=UTF-8',
    cache_control: 'max-age=3600',
    etag: `"${md5}"`,
    metadata: { k: 'v' },
  });
  const head = await storage.ask({ method: 'HEAD', url: '/object/authenticated/files/docs/a.txt' });
  expect(head).toMatchObject({ status: 200, text: '', headers: { 'content-length': '5' } });
});

test('a second upload of a name is refused, unless it may replace', async () => {
  await storage.put('files/twice.txt', 'one');
  const again = { method: 'POST', url: '/object/files/twice.txt', body: 'two' } as const;
  expect(await storage.ask(again)).toMatchObject({
    status: 400,
    body: {
      statusCode: '409',
      error: 'Duplicate',
      message: 'The resource already exists',
      code: 'KeyAlreadyExists',
    },
  });
  expect((await storage.ask({ url: '/object/files/twice.txt' })).text).toBe('one');
  expect((await storage.ask({ ...again, headers: { 'x-upsert': 'true' } })).status).toBe(200);
  expect((await storage.ask({ ...again, method: 'PUT', body: 'three' })).status).toBe(200);
  expect((await storage.ask({ url: '/object/files/twice.txt' })).text).toBe('three');
});

test('a form carries fields and a file', async () => {
  const form = new FormData();
  form.append('cacheControl', '120');
  form.append('metadata', '{"from":"form"}');
  form.append('', new Blob(['\r\n--not the boundary\r\n'], { type: 'text/csv' }), 'a.csv');
  const request = new Request('http://x', { method: 'POST', body: form });
  const headers = { 'content-type': request.headers.get('content-type') ?? '' };
  const body = Buffer.from(await request.arrayBuffer());
  const sent = await storage.ask({ method: 'POST', url: '/object/files/form.csv', body, headers });
  expect(sent.status).toBe(200);
  const got = await storage.ask({ url: '/object/files/form.csv' });
  expect(got.text).toBe('\r\n--not the boundary\r\n');
  expect(got.headers).toMatchObject({ 'content-type': 'text/csv', 'cache-control': 'max-age=120' });
  expect((await storage.ask({ url: '/object/info/files/form.csv' })).body.metadata).toEqual({ from: 'form' });
  const cut = await storage.ask({
    method: 'PUT',
    url: '/object/files/form.csv',
    body: body.subarray(0, body.length - 12),
    headers,
  });
  expect(cut).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } });
  expect((await storage.ask({ url: '/object/files/form.csv' })).text).toBe('\r\n--not the boundary\r\n');
});

test('parts of a file are served, and parts it has not are refused', async () => {
  await storage.put('open/digits', '0123456789');
  const part = (range: string, headers = {}) =>
    storage.ask({ url: '/object/public/open/digits', as: 'anon', headers: { range, ...headers } });
  expect(await part('bytes=2-4')).toMatchObject({
    status: 206,
    text: '234',
    headers: { 'content-range': 'bytes 2-4/10', 'content-length': '3' },
  });
  expect((await part('bytes=7-')).text).toBe('789');
  expect((await part('bytes=-2')).text).toBe('89');
  expect((await part('bytes=-99')).text).toBe('0123456789');
  expect((await part('bytes=5-99')).text).toBe('56789');
  expect(await part('bytes=0-1,4-5')).toMatchObject({ status: 200, text: '0123456789' });
  expect(await part('lines=0-1')).toMatchObject({ status: 200 });
  expect(await part('bytes=0-1', { 'if-range': '"another"' })).toMatchObject({ status: 200 });
  expect(await part('bytes=10-')).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */10' } });
  expect((await part('bytes=-0')).status).toBe(416);
});

test('a client that holds the version is told so', async () => {
  await storage.put('open/kept', 'kept');
  const url = '/object/public/open/kept';
  const { headers } = await storage.ask({ url, as: 'anon' });
  const ask = (conditions: Record<string, string>) => storage.ask({ url, as: 'anon', headers: conditions });
  expect(await ask({ 'if-none-match': String(headers.etag) })).toMatchObject({ status: 304, text: '' });
  expect((await ask({ 'if-none-match': `"x", W/${String(headers.etag)}` })).status).toBe(304);
  expect((await ask({ 'if-none-match': '"x"' })).status).toBe(200);
  expect((await ask({ 'if-modified-since': String(headers['last-modified']) })).status).toBe(304);
  expect((await ask({ 'if-modified-since': 'Thu, 01 Jan 2015 00:00:00 GMT' })).status).toBe(200);
});

test('what a browser could run is sandboxed and saved, never shown', async () => {
  const cases = [
    ['text/html', '<script>alert(1)</script>'],
    ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'],
    ['application/xhtml+xml', '<html/>'],
    ['application/xml', '<?xml version="1.0"?><a/>'],
    ['multipart/x-mixed-replace;boundary=x', '--x'],
  ] as const;
  for (const [type, content] of cases) {
    await storage.put('open/active', content, { 'content-type': type });
    const { headers } = await storage.ask({ url: '/object/public/open/active', as: 'anon' });
    expect(headers['content-disposition'], type).toBe('attachment');
    expect(headers['content-security-policy'], type).toMatch(/default-src 'none'.*sandbox/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
  await storage.put('open/plain', '<script>', { 'content-type': 'image/png' });
  const { headers } = await storage.ask({ url: '/object/public/open/plain', as: 'anon' });
  expect(headers).toMatchObject({ 'content-type': 'image/png', 'x-content-type-options': 'nosniff' });
});

test('a name to save under cannot break the header', async () => {
  await storage.put('open/save');
  const named = (name: string) =>
    storage.ask({ url: `/object/public/open/save?download=${encodeURIComponent(name)}`, as: 'anon' });
  expect((await named('')).headers['content-disposition']).toBe('attachment;');
  expect((await named('ö"\r\nx: y;.txt')).headers['content-disposition']).toBe(
    "attachment; filename=%C3%B6%22%0D%0Ax%3A%20y%3B.txt; filename*=UTF-8''%C3%B6%22%0D%0Ax%3A%20y%3B.txt;",
  );
});

test('sizes and types a bucket does not take are refused, and leave nothing', async () => {
  await storage.bucket('strict', { file_size_limit: '1KB', allowed_mime_types: ['image/*', 'text/plain'] });
  const put = (body: string | Buffer, type: string, headers = {}) =>
    storage.ask({ method: 'POST', url: '/object/strict/x', body, headers: { 'content-type': type, ...headers } });
  expect(await put('x'.repeat(1_001), 'text/plain')).toMatchObject({
    status: 400,
    body: { statusCode: '413', code: 'EntityTooLarge', message: 'The object exceeded the maximum allowed size' },
  });
  expect(await put('a,b', 'text/csv')).toMatchObject({
    status: 400,
    body: { statusCode: '415', code: 'InvalidMimeType' },
  });
  expect(await put('<html><body>', 'image/png')).toMatchObject({
    body: { message: 'mime type text/html is not supported' },
  });
  expect(await put('%PDF-1.7', 'text/plain')).toMatchObject({ body: { code: 'InvalidMimeType' } });
  expect(await put('x', 'no type')).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } });
  const big = await storage.ask({ method: 'POST', url: '/object/files/big', body: Buffer.alloc(1_000_001) });
  expect(big.body.code).toBe('EntityTooLarge');
  expect((await storage.ask({ url: '/object/strict/x' })).body.code).toBe('NoSuchKey');
  await sweep();
  expect((await sweep()).removedFiles).toBe(0);
  expect((await put('fine', 'text/plain')).status).toBe(200);
});

test('a type nobody named is told by the bytes', async () => {
  const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(600)]);
  await storage.ask({ method: 'POST', url: '/object/files/untyped', body: png });
  expect((await storage.ask({ url: '/object/files/untyped' })).headers['content-type']).toBe('image/png');
});

test('objects are renamed, copied and removed, and files go with the last row', async () => {
  await storage.put('files/m/one', 'moved');
  const moved = await storage.ask({
    method: 'POST',
    url: '/object/move',
    body: { bucketId: 'files', sourceKey: 'm/one', destinationKey: 'm/two' },
  });
  expect(moved.body).toMatchObject({ message: 'Successfully moved', Key: 'files/m/two' });
  expect((await storage.ask({ url: '/object/files/m/one' })).body.code).toBe('NoSuchKey');
  const copied = await storage.ask({
    method: 'POST',
    url: '/object/copy',
    body: { bucketId: 'files', sourceKey: 'm/two', destinationKey: 'c', destinationBucket: 'open' },
  });
  expect(copied.body).toMatchObject({ Key: 'open/c', Id: expect.any(String) });
  const twice = await storage.ask({
    method: 'POST',
    url: '/object/copy',
    body: { bucketId: 'files', sourceKey: 'm/two', destinationKey: 'c', destinationBucket: 'open' },
  });
  expect(twice.body.code).toBe('KeyAlreadyExists');
  const removed = await storage.ask({
    method: 'DELETE',
    url: '/object/files',
    body: { prefixes: ['m/two', 'unknown', '../../etc/passwd'] },
  });
  expect(removed.body).toMatchObject([{ bucket_id: 'files', name: 'm/two' }]);
  expect((await storage.ask({ url: '/object/public/open/c', as: 'anon' })).text).toBe('moved');
  expect(await storage.ask({ method: 'DELETE', url: '/object/open/c' })).toMatchObject({
    body: { message: 'Successfully deleted' },
  });
  expect((await storage.ask({ method: 'DELETE', url: '/object/open/c' })).body).toMatchObject({
    statusCode: '404',
    code: 'NoSuchKey',
  });
  await sweep();
  const rows = await storage.test.sql<{ version: string }>('select version from storage.objects');
  const kept = await Array.fromAsync(storage.files.settled(storage.project.ref, soon()));
  expect(kept.toSorted()).toEqual(rows.map(({ version }) => version).toSorted());
});

test('buckets are made, changed, emptied and deleted', async () => {
  await storage.bucket('life', { file_size_limit: '20KB', allowed_mime_types: ['text/*'] });
  const life = { id: 'life', name: 'life', public: false, file_size_limit: 20_000, allowed_mime_types: ['text/*'] };
  expect((await storage.ask({ url: '/bucket/life' })).body).toMatchObject(life);
  const again = await storage.ask({ method: 'POST', url: '/bucket', body: { name: 'life' } });
  expect(again).toMatchObject({ status: 400, body: { statusCode: '409', code: 'BucketAlreadyExists' } });
  const changed = await storage.ask({
    method: 'PUT',
    url: '/bucket/life',
    body: { public: true, file_size_limit: null },
  });
  expect(changed.body).toEqual({ message: 'Successfully updated' });
  const found = await storage.ask({ url: '/bucket?search=LIF&sortColumn=created_at&sortOrder=desc' });
  expect(found.body).toMatchObject([{ ...life, public: true, file_size_limit: null, type: 'STANDARD' }]);
  await storage.put('life/a');
  await storage.put('life/b/c');
  const full = await storage.ask({ method: 'DELETE', url: '/bucket/life', body: {} });
  expect(full.body).toMatchObject({ statusCode: '409', message: 'The bucket you tried to delete is not empty' });
  expect((await storage.ask({ method: 'POST', url: '/bucket/life/empty', body: {} })).status).toBe(200);
  expect((await storage.ask({ method: 'DELETE', url: '/bucket/life' })).body).toEqual({
    message: 'Successfully deleted',
  });
  expect((await storage.ask({ url: '/bucket/life' })).body).toMatchObject({ statusCode: '404', code: 'NoSuchBucket' });
});

test.each([
  [{}, "body must have required property 'name'", 'InvalidRequest'],
  [{ name: ' a' }, 'Bucket name invalid', 'InvalidBucketName'],
  [{ name: 'a/b' }, 'Bucket name invalid', 'InvalidBucketName'],
  [{ name: 'ü' }, 'Bucket name invalid', 'InvalidBucketName'],
  [{ name: 'a'.repeat(101) }, 'Bucket name invalid', 'InvalidBucketName'],
  [{ name: 'n', file_size_limit: '20 parsecs' }, 'Invalid file size format', 'InvalidRequest'],
  [{ name: 'n', file_size_limit: '1TB' }, 'The object exceeded', 'EntityTooLarge'],
  [{ name: 'n', allowed_mime_types: ['image'] }, 'mime type image', 'InvalidMimeType'],
  [{ name: 'n', type: 'VECTOR' }, 'not available', 'FeatureNotEnabled'],
])('a bucket like %j is refused', async (body, message, code) => {
  const { status, body: refusal } = await storage.ask({ method: 'POST', url: '/bucket', body });
  expect(status).toBe(400);
  expect(refusal).toMatchObject({ code, message: expect.stringContaining(message) });
});

test('rows that SQL deletes directly are refused, and a statement that insists leaves no file behind', async () => {
  await storage.put('files/by-sql');
  await expect(storage.test.sql(`delete from storage.objects where name = 'by-sql'`)).rejects.toThrow(
    'Direct deletion from storage tables is not allowed',
  );
  const [{ version } = { version: '' }] = await storage.test.sql<{ version: string }>(
    `select version from storage.objects where name = 'by-sql'`,
  );
  await storage.test.sql(`begin; set local storage.allow_delete_query = 'true';
    delete from storage.objects where name = 'by-sql'; commit`);
  expect((await sweep()).removedFiles).toBeGreaterThan(0);
  expect(await storage.files.size({ project: storage.project.ref, version })).toBeNull();
});

test('a row that names another path opens nothing, and one whose file is lost is counted', async () => {
  for (const version of ['../../keys/default.json', '/etc/passwd', crypto.randomUUID()]) {
    await storage.test.sql(`insert into storage.objects (bucket_id, name, version) values ('files', $1, $2)`, [
      `lost-${version.replaceAll(/\W/g, '')}`,
      version,
    ]);
    const got = await storage.ask({ url: `/object/files/lost-${version.replaceAll(/\W/g, '')}` });
    expect(got).toMatchObject({ status: 500, body: { code: 'InternalError', message: 'Internal Server Error' } });
  }
  expect((await sweep()).missingFiles).toBe(3);
});
