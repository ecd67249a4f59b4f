import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepUploads } from './application/resumable-uploads.ts';
import { createFolderPartialFiles } from './adapters/folder-partial-files.ts';
import { type Answer, type As, createStorageFixture, type StorageFixture } from './storage.fixture.ts';

const ADA = '0d9f1c1e-0000-4000-8000-00000000000a';
const IBN = '0d9f1c1e-0000-4000-8000-00000000000b';
const ada = { sub: ADA };
let storage: StorageFixture;

beforeAll(async () => {
  storage = await createStorageFixture({ fileSizeLimitBytes: 1_000_000 });
  await storage.bucket('private');
  await storage.bucket('pictures', { allowed_mime_types: ['image/*'], file_size_limit: 1_000 });
  await storage.asOwner(`
    create policy "own folder" on storage.objects for all to authenticated
      using (bucket_id = 'private' and (storage.foldername(name))[1] = auth.uid()::text)
      with check (bucket_id = 'private' and (storage.foldername(name))[1] = auth.uid()::text)`);
});

afterAll(() => storage?.[Symbol.asyncDispose]());

const TUS = { 'tus-resumable': '1.0.0' };
const CHUNK = { ...TUS, 'content-type': 'application/offset+octet-stream' };

function metadata(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
}

function named(path: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [bucketName = '', ...name] = path.split('/');
  return { 'upload-metadata': metadata({ bucketName, objectName: name.join('/'), ...more }) };
}

interface Begin {
  readonly as?: As;
  readonly length?: number | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly more?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly base?: string;
}

function begin(path: string, { as = ada, length = 10, headers = {}, more, body, base = '' }: Begin = {}) {
  const size = length === null ? { 'upload-defer-length': '1' } : { 'upload-length': String(length) };
  return storage.ask({
    method: 'POST',
    url: `/upload/resumable${base}`,
    as,
    headers: { ...TUS, ...size, ...named(path, more), ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

function addressOf({ status, headers, text }: Answer): string {
  expect(status, text).toBe(201);
  expect(headers.location).toMatch(/^http:\/\/127\.0\.0\.1:8000\/storage\/v1\/upload\/resumable\/(?:sign\/)?[\w-]+$/);
  return String(headers.location).slice('http://127.0.0.1:8000/storage/v1'.length);
}

function patch(url: string, offset: number, body: string, as: As = ada, headers: Record<string, string> = {}) {
  return storage.ask({
    method: 'PATCH',
    url,
    as,
    body,
    headers: { ...CHUNK, 'upload-offset': String(offset), ...headers },
  });
}

async function offsetOf(url: string): Promise<string> {
  const { status, headers } = await storage.ask({ method: 'HEAD', url, as: 'anon', headers: TUS });
  return status === 200 ? String(headers['upload-offset']) : String(status);
}

const stored = async (path: string) => (await storage.ask({ url: `/object/${path}` })).text;

async function parts(): Promise<string[]> {
  return readdir(join(storage.folder, storage.test.ref, 'parts')).catch(() => []);
}

test('what the protocol offers is told to anybody', async () => {
  const { status, headers } = await storage.ask({ method: 'OPTIONS', url: '/upload/resumable', as: 'anon' });
  expect(status).toBe(204);
  expect(headers).toMatchObject({
    'tus-version': '1.0.0',
    'tus-max-size': '1000000',
    'tus-extension': 'creation,creation-with-upload,creation-defer-length,termination,expiration',
  });
});

test('an upload in parts becomes an object with its last byte', async () => {
  const path = `private/${ADA}/parts.txt`;
  const url = addressOf(
    await begin(path, { more: { contentType: 'text/plain', cacheControl: '60', metadata: '{"k":"v"}' } }),
  );
  expect(await patch(url, 0, 'hello')).toMatchObject({ status: 204, headers: { 'upload-offset': '5' } });
  expect(await offsetOf(url)).toBe('5');
  expect(await stored(path)).toContain('Object not found');
  expect((await patch(url, 5, 'world')).headers['upload-offset']).toBe('10');
  expect(await stored(path)).toBe('helloworld');
  const { body } = await storage.ask({ url: `/object/info/${path}` });
  expect(body).toMatchObject({
    size: 10,
    content_type: 'text/plain',
    cache_control: 'max-age=60',
    metadata: { k: 'v' },
    etag: `"${createHash('md5').update('helloworld').digest('hex')}"`,
  });
  expect(await offsetOf(url)).toBe('404');
  expect(await parts()).toEqual([]);
});

test('bytes may come with the beginning, the length at the end, and there may be none', async () => {
  const whole = await begin(`private/${ADA}/whole`, { length: 5, headers: CHUNK, body: 'hello' });
  expect(whole).toMatchObject({ status: 201, headers: { 'upload-offset': '5' } });
  expect(await stored(`private/${ADA}/whole`)).toBe('hello');
  const url = addressOf(await begin(`private/${ADA}/later`, { length: null }));
  expect((await storage.ask({ method: 'HEAD', url, headers: TUS })).headers['upload-defer-length']).toBe('1');
  await patch(url, 0, 'abc');
  expect((await patch(url, 3, 'def', ada, { 'upload-length': '6' })).status).toBe(204);
  expect(await stored(`private/${ADA}/later`)).toBe('abcdef');
  expect((await begin(`private/${ADA}/empty`, { length: 0 })).status).toBe(201);
  expect(await stored(`private/${ADA}/empty`)).toBe('');
});

test('nobody begins what a policy refuses', async () => {
  const codes = async (path: string, options: Begin) => {
    const { status, body } = await begin(path, options);
    return [status, body.code];
  };
  expect(await codes(`private/${IBN}/x`, {})).toEqual([403, 'AccessDenied']);
  expect(await codes(`private/${ADA}/x`, { as: 'anon' })).toEqual([403, 'AccessDenied']);
  expect(await codes('pictures/x', {})).toEqual([403, 'AccessDenied']);
  expect(await codes('unknown/x', {})).toEqual([404, 'NoSuchBucket']);
  await storage.put(`private/${ADA}/taken`);
  expect(await codes(`private/${ADA}/taken`, {})).toEqual([409, 'KeyAlreadyExists']);
  const url = addressOf(await begin(`private/${ADA}/taken`, { headers: { 'x-upsert': 'true' } }));
  await patch(url, 0, 'new stuff!');
  expect(await stored(`private/${ADA}/taken`)).toBe('new stuff!');
  expect(await parts()).toEqual([]);
});

test('an upload is its beginner’s, whoever else knows its address', async () => {
  const url = addressOf(await begin(`private/${ADA}/mine`));
  for (const as of [{ sub: IBN }, 'anon', 'service'] as const) {
    expect((await patch(url, 0, 'foreign!!!', as)).body).toMatchObject({ statusCode: '403', code: 'AccessDenied' });
    expect((await storage.ask({ method: 'DELETE', url, as, headers: TUS })).status).toBe(403);
  }
  const refused = { reason: 'token-expired', message: 'JWT expired' } as const;
  const expired = await storage.ask({
    method: 'PATCH',
    url,
    as: 'anon',
    refusal: refused,
    body: 'x',
    headers: {
      ...CHUNK,
      'upload-offset': '0',
    },
  });
  expect(expired).toMatchObject({ status: 403, body: { message: 'JWT expired' } });
  expect(await offsetOf(url)).toBe('0');
  expect((await storage.ask({ method: 'DELETE', url, as: ada, headers: TUS })).status).toBe(204);
  expect(await offsetOf(url)).toBe('404');
});

test('a right that is taken away meanwhile is missing at the next part', async () => {
  const path = `private/${ADA}/revoked`;
  const url = addressOf(await begin(path));
  await patch(url, 0, 'hello');
  await storage.asOwner(
    'create policy "closed" on storage.objects as restrictive for insert to public with check (false)',
  );
  expect((await patch(url, 5, 'world')).body.code).toBe('AccessDenied');
  await storage.asOwner('drop policy "closed" on storage.objects');
  expect(await stored(path)).toContain('Object not found');
  expect((await patch(url, 5, 'world')).status).toBe(204);
});

test('who comes second with a name gets a conflict, and nothing stays of it', async () => {
  const path = `private/${ADA}/race`;
  const [first, second] = [addressOf(await begin(path)), addressOf(await begin(path))];
  expect((await patch(first, 0, 'the first!')).status).toBe(204);
  expect(await patch(second, 0, 'the second')).toMatchObject({ status: 409, body: { code: 'KeyAlreadyExists' } });
  expect(await stored(path)).toBe('the first!');
  await storage.ask({ method: 'DELETE', url: second, as: ada, headers: TUS });
  expect(await parts()).toEqual([]);
});

test('sizes and types are held to the bucket’s rules, whatever was declared', async () => {
  const as = 'service';
  expect((await begin('private/x', { as, length: 1_000_001 })).status).toBe(413);
  expect((await begin('pictures/x', { as, length: 1_001 })).status).toBe(413);
  const typed = await begin('pictures/x', { as, more: { contentType: 'text/plain' } });
  expect(typed).toMatchObject({ status: 415, body: { code: 'InvalidMimeType' } });
  const html = '<html><script>alert(1)</script></html>';
  const url = addressOf(await begin('pictures/x', { as, length: html.length, more: { contentType: 'image/png' } }));
  expect((await patch(url, 0, html, as)).status).toBe(415);
  expect(await offsetOf(url)).toBe('404');
  const open = addressOf(await begin('pictures/y', { as, length: null, more: { contentType: 'image/png' } }));
  expect((await patch(open, 0, 'x'.repeat(1_001), as)).status).toBe(413);
  const short = addressOf(await begin('private/z', { as, length: 3 }));
  expect((await patch(short, 0, 'four', as)).status).toBe(413);
  expect(await offsetOf(short)).toBe('0');
});

test('an offset that is not the upload’s changes nothing', async () => {
  const url = addressOf(await begin(`private/${ADA}/offset`));
  for (const offset of [1, 10, 11]) expect((await patch(url, offset, 'x')).status).toBe(409);
  await patch(url, 0, 'hello');
  expect((await patch(url, 0, 'again')).body).toMatchObject({ statusCode: '409', code: 'InvalidUploadOffset' });
  expect((await patch(url, 5, 'world')).status).toBe(204);
  expect(await stored(`private/${ADA}/offset`)).toBe('helloworld');
});

test('requests that are no proper tus are refused', async () => {
  const status = async (headers: Record<string, string>) =>
    (await storage.ask({ method: 'POST', url: '/upload/resumable', headers })).status;
  const name = named('private/x');
  expect(await status({ ...name, 'upload-length': '1' })).toBe(412);
  expect(await status({ ...TUS, ...name })).toBe(400);
  expect(await status({ ...TUS, ...name, 'upload-length': '1', 'upload-defer-length': '1' })).toBe(400);
  expect(await status({ ...TUS, ...name, 'upload-length': '-1' })).toBe(400);
  expect(await status({ ...TUS, ...name, 'upload-length': '1e3' })).toBe(400);
  expect(await status({ ...TUS, ...name, 'upload-length': '1', 'upload-concat': 'partial' })).toBe(400);
  expect(await status({ ...TUS, 'upload-length': '1' })).toBe(400);
  expect(await status({ ...TUS, 'upload-length': '1', 'upload-metadata': 'bucketName !!!' })).toBe(400);
  expect(await status({ ...TUS, 'upload-length': '1', ...named('private/../x') })).toBe(400);
  const many = Array.from({ length: 40 }, (_none, at) => `k${at} eA==`).join(',');
  expect(await status({ ...TUS, 'upload-length': '1', 'upload-metadata': many })).toBe(400);
  for (const id of ['x', Buffer.from('a/b/c').toString('base64url'), Buffer.from('\0/\0').toString('base64url')]) {
    expect(await offsetOf(`/upload/resumable/${id}`)).toBe('404');
  }
  const url = addressOf(await begin(`private/${ADA}/proper`));
  expect((await patch(url, 0, 'x', ada, { 'content-type': 'text/plain' })).status).toBe(415);
  const { body } = await storage.ask({ method: 'PATCH', url, as: ada, body: 'x', headers: CHUNK });
  expect(body.message).toBe('Upload-Offset is missing');
});

test('a signed address uploads in parts without a key, to its object alone', async () => {
  const path = `private/${ADA}/signed`;
  const signed = await storage.ask({ method: 'POST', url: `/object/upload/sign/${path}`, as: ada, body: {} });
  const headers = { 'x-signature': signed.body.token };
  const as = 'anon';
  expect((await begin(`private/${ADA}/other`, { as, headers, base: '/sign' })).body.code).toBe(
    'InvalidUploadSignature',
  );
  expect((await begin(path, { as, base: '/sign' })).body.code).toBe('InvalidJWT');
  expect((await begin(path, { as, headers })).body.code).toBe('AccessDenied');
  const url = addressOf(await begin(path, { as, headers, base: '/sign' }));
  expect((await patch(url, 0, 'hello', as)).body.code).toBe('InvalidJWT');
  expect((await patch(url.replace('/sign', ''), 0, 'hello', as)).status).toBe(404);
  expect((await patch(url, 0, 'hello', as, headers)).status).toBe(204);
  expect((await patch(url, 5, 'world', as, headers)).status).toBe(204);
  expect(await storage.test.sql(`select owner_id from storage.objects where name = '${ADA}/signed'`)).toEqual([
    { owner_id: ADA },
  ]);
});

test('an upload ends a day after its beginning, and then its bytes go', async () => {
  const url = addressOf(await begin(`private/${ADA}/expired`));
  await patch(url, 0, 'hello');
  const dayLater = new Date(storage.clock.now.getTime() + 24 * 3_600_000 + 1_000);
  // It stays so: the sweep this request sets off may come late, and would take what began a day before.
  storage.clock.now = dayLater;
  expect(await patch(url, 5, 'world')).toMatchObject({ status: 410, body: { code: 'NoSuchUpload' } });
  const partials = createFolderPartialFiles(storage.folder);
  await sweepUploads(storage.project, { partials }, dayLater);
  expect(await parts()).toEqual([]);
  expect(await offsetOf(url)).toBe('404');
});

test('two requests do not write to one upload at the same time', async () => {
  const url = addressOf(await begin(`private/${ADA}/held`));
  const [{ id } = { id: '' }] = await storage.test.sql<{ id: string }>(
    `select id from storage.resumable_uploads where name = '${ADA}/held'`,
  );
  const holdBy = (holder: string) =>
    storage.test.sql(`update storage.resumable_uploads set held_by = '${holder}',
      held_until = clock_timestamp() + interval '1 minute' where id = '${id}'`);
  await holdBy('another-machine/1/run/request');
  expect(await patch(url, 0, 'hello')).toMatchObject({ status: 423, body: { code: 'ResourceLocked' } });
  await storage.test.sql(`update storage.resumable_uploads set held_until = now() - interval '1 second'`);
  expect((await patch(url, 0, 'hello')).status).toBe(204);
  const answers = await Promise.all(Array.from({ length: 5 }, () => patch(url, 5, 'world')));
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  expect(answers.filter(({ status }) => [204, 404, 409, 423].includes(status))).toHaveLength(5);
  expect(await stored(`private/${ADA}/held`)).toBe('helloworld');
});

test('who lost the last answer is asked for the last byte again', async () => {
  const path = `private/${ADA}/lost`;
  const url = addressOf(await begin(path));
  await patch(url, 0, 'hello');
  expect((await patch(url, 5, 'worl')).status).toBe(204);
  // The file is whole, as after a crash between its last byte and the row.
  const [{ id } = { id: '' }] = await storage.test.sql<{ id: string }>(
    'select id from storage.resumable_uploads where name = $1',
    [`${ADA}/lost`],
  );
  const partials = createFolderPartialFiles(storage.folder);
  const place = { project: storage.test.ref, version: id };
  await partials.append(
    place,
    9,
    (async function* () {
      yield Buffer.from('d');
    })(),
    1,
  );
  expect(await offsetOf(url)).toBe('9');
  expect((await patch(url, 9, 'x')).status).toBe(400);
  expect((await patch(url, 9, 'd')).status).toBe(204);
  expect(await stored(path)).toBe('helloworld');
});

test('one owner has a bounded number of unfinished uploads', async () => {
  await storage.test.sql(`insert into storage.resumable_uploads
      (id, bucket_id, name, owner_id, role, is_signed, replaces, cache_control, expires_at)
    select gen_random_uuid(), 'private', 'x', '${ADA}', 'authenticated', false, false, '', now() + interval '1 day'
      from generate_series(1, 1000)`);
  expect(await begin(`private/${ADA}/many`)).toMatchObject({ status: 429, body: { code: 'SlowDown' } });
  expect((await begin('private/others', { as: 'service' })).status).toBe(201);
  await storage.test.sql('delete from storage.resumable_uploads');
});
