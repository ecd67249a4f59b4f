import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, type As, type Ask, createStorageFixture, type StorageFixture } from './storage.fixture.ts';

const ADA = '0d9f1c1e-0000-4000-8000-00000000000a';
const IBN = '0d9f1c1e-0000-4000-8000-00000000000b';
let storage: StorageFixture;

beforeAll(async () => {
  storage = await createStorageFixture();
  await storage.bucket('private');
  await storage.bucket('open', { public: true });
  await storage.bucket('nobody');
  for (const path of [`private/${ADA}/a.txt`, `private/${IBN}/b.txt`, 'nobody/n.txt', 'open/o.txt']) {
    await storage.put(path, `content of ${path}`);
  }
  // As the owner of a project writes them, with its own login's rights.
  await storage.asOwner(`
    create policy "own folder" on storage.objects for all to authenticated
      using (bucket_id = 'private' and (storage.foldername(name))[1] = auth.uid()::text)
      with check (bucket_id = 'private' and (storage.foldername(name))[1] = auth.uid()::text)`);
});

afterAll(() => storage?.[Symbol.asyncDispose]());

const own = `private/${ADA}/a.txt`;
const foreign = `private/${IBN}/b.txt`;
const ada = { sub: ADA };
const text = { 'content-type': 'text/plain' };

function base64(value: string): string {
  return Buffer.from(value).toString('base64');
}

/** Every way to an object, aimed at the path; the answer to who may and to who may not. */
const DOORS: readonly (readonly [name: string, ask: (path: string) => Ask])[] = [
  ['get', (path) => ({ url: `/object/${path}` })],
  ['get authenticated', (path) => ({ url: `/object/authenticated/${path}` })],
  ['head', (path) => ({ method: 'HEAD', url: `/object/${path}` })],
  ['part', (path) => ({ url: `/object/${path}`, headers: { range: 'bytes=0-3' } })],
  ['conditional', (path) => ({ url: `/object/${path}`, headers: { 'if-none-match': '*' } })],
  ['info', (path) => ({ url: `/object/info/${path}` })],
  ['info authenticated', (path) => ({ url: `/object/info/authenticated/${path}` })],
  ['info head', (path) => ({ method: 'HEAD', url: `/object/info/${path}` })],
  ['sign', (path) => ({ method: 'POST', url: `/object/sign/${path}`, body: { expiresIn: 60 } })],
  [
    'sign a picture',
    (path) => ({ method: 'POST', url: `/object/sign/${path}`, body: { expiresIn: 60, transform: { width: 10 } } }),
  ],
  [
    'upload in parts',
    (path) => ({
      method: 'POST',
      url: '/upload/resumable',
      body: 'x',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': '1',
        'content-type': 'application/offset+octet-stream',
        'x-upsert': 'true',
        'upload-metadata': `bucketName ${base64('private')},objectName ${base64(path.slice('private/'.length))}`,
      },
    }),
  ],
  [
    'copy from',
    (path) => ({
      method: 'POST',
      url: '/object/copy',
      headers: { 'x-upsert': 'true' },
      body: { bucketId: 'private', sourceKey: path.slice('private/'.length), destinationKey: `${ADA}/copied` },
    }),
  ],
  ['replace', (path) => ({ method: 'PUT', url: `/object/${path}`, body: 'x', headers: text })],
  [
    'upsert',
    (path) => ({ method: 'POST', url: `/object/${path}`, body: 'x', headers: { ...text, 'x-upsert': 'true' } }),
  ],
  [
    'sign upload',
    (path) => ({ method: 'POST', url: `/object/upload/sign/${path}`, body: {}, headers: { 'x-upsert': 'true' } }),
  ],
  [
    'move away',
    (path) => ({
      method: 'POST',
      url: '/object/move',
      body: {
        bucketId: 'private',
        sourceKey: path.slice('private/'.length),
        destinationKey: path.slice('private/'.length),
      },
    }),
  ],
  ['delete', (path) => ({ method: 'DELETE', url: `/object/${path}` })],
];

test.each(DOORS)('%s: an object is its owner’s, and nobody else’s', async (name, ask) => {
  const before = await storage.ask({ url: `/object/${foreign}` });
  for (const as of [ada, 'anon'] as const) {
    const refused = await storage.ask({ ...ask(foreign), as });
    // Clients of tus read the status of the line, those of all else the one in the body.
    expect([400, 403], `${name} as ${JSON.stringify(as)}: ${refused.text}`).toContain(refused.status);
    expect(refused.text).not.toContain('content of');
    expect(refused.text).not.toContain('token');
  }
  expect((await storage.ask({ url: `/object/${foreign}` })).text).toBe(before.text);
  const allowed = await storage.ask({ ...ask(own), as: ada });
  expect([200, 201, 206, 304], `${name}: ${allowed.text}`).toContain(allowed.status);
  await storage.put(own, `content of ${own}`);
});

function show(path: string, as: As): Promise<Answer> {
  return storage.ask({ url: `/render/image/authenticated/${path}?width=1`, as });
}

test('a picture is shown to whom its object is, in whatever size', async () => {
  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  for (const path of [own, foreign]) {
    await storage.ask({ method: 'PUT', url: `/object/${path}`, body: gif, headers: { 'content-type': 'image/gif' } });
  }
  expect((await show(own, ada)).status).toBe(200);
  expect((await show(foreign, ada)).body.code).toBe('NoSuchKey');
  expect((await show(own, 'anon')).body.code).toBe('NoSuchKey');
  for (const path of [own, foreign]) await storage.put(path, `content of ${path}`);
});

test('nobody moves or copies into a folder that is not theirs', async () => {
  for (const url of ['/object/move', '/object/copy']) {
    const body = { bucketId: 'private', sourceKey: `${ADA}/a.txt`, destinationKey: `${IBN}/planted` };
    const refused = await storage.ask({ method: 'POST', url, body, as: ada });
    expect(refused.body).toMatchObject({
      statusCode: '403',
      error: 'Unauthorized',
      code: 'AccessDenied',
      message: 'new row violates row-level security policy',
    });
    const elsewhere = await storage.ask({
      method: 'POST',
      url,
      body: { ...body, destinationBucket: 'nobody' },
      as: ada,
    });
    expect(elsewhere.body.code).toBe('AccessDenied');
  }
});

test('listings show what policies show', async () => {
  const listed = async (as: Ask['as'], prefix: string) =>
    (await storage.ask({ method: 'POST', url: '/object/list/private', body: { prefix }, ...(as ? { as } : {}) })).body;
  expect(await listed(ada, '')).toMatchObject([{ name: ADA, id: null }]);
  expect(await listed(ada, IBN)).toEqual([]);
  expect(await listed('anon', '')).toEqual([]);
  expect(await listed('service', '')).toMatchObject([{ name: ADA }, { name: IBN }]);
  const second = await storage.ask({ method: 'POST', url: '/object/list-v2/private', body: {}, as: ada });
  expect(second.body.objects.map(({ name }: { name: string }) => name)).toContain(`${ADA}/a.txt`);
  expect(second.text).not.toContain(IBN);
});

test('of several names only the visible ones are signed or removed', async () => {
  const paths = [`${ADA}/a.txt`, `${IBN}/b.txt`, 'unknown'];
  const signed = await storage.ask({
    method: 'POST',
    url: '/object/sign/private',
    body: { expiresIn: 60, paths },
    as: ada,
  });
  const error = 'Either the object does not exist or you do not have access to it';
  expect(signed.body).toEqual([
    { error: null, path: paths[0], signedURL: expect.stringContaining('/object/sign/private/') },
    { error, path: paths[1], signedURL: null },
    { error, path: paths[2], signedURL: null },
  ]);
  const removed = await storage.ask({ method: 'DELETE', url: '/object/private', body: { prefixes: paths }, as: ada });
  expect(removed.body).toMatchObject([{ name: `${ADA}/a.txt` }]);
  await storage.put(own, `content of ${own}`);
});

test('public buckets let anybody read one object, and nothing else', async () => {
  expect((await storage.ask({ url: '/object/public/open/o.txt', as: 'anon' })).text).toBe('content of open/o.txt');
  expect((await storage.ask({ url: '/object/open/o.txt', as: 'anon' })).status).toBe(200);
  const list = await storage.ask({ method: 'POST', url: '/object/list/open', body: {}, as: 'anon' });
  expect(list.body).toEqual([]);
  expect((await storage.ask({ method: 'DELETE', url: '/object/open/o.txt', as: 'anon' })).status).toBe(400);
  for (const bucket of ['private', 'nobody', 'unknown']) {
    const refused = await storage.ask({ url: `/object/public/${bucket}/n.txt`, as: 'anon' });
    expect(refused).toMatchObject({ status: 400, body: { statusCode: '404', code: 'NoSuchBucket' } });
  }
});

test('buckets are seen and changed by policy alone', async () => {
  expect((await storage.ask({ url: '/bucket', as: ada })).body).toEqual([]);
  for (const ask of [
    { url: '/bucket/open' },
    { method: 'PUT', url: '/bucket/open', body: { public: false } },
    { method: 'DELETE', url: '/bucket/open' },
    { method: 'POST', url: '/bucket/open/empty', body: {} },
  ] as const) {
    expect((await storage.ask({ ...ask, as: ada })).body.code).toBe('NoSuchBucket');
  }
  const made = await storage.ask({ method: 'POST', url: '/bucket', body: { name: 'mine' }, as: ada });
  expect(made.body).toMatchObject({ statusCode: '403', code: 'AccessDenied' });
});

test('policies may ask for the operation and the subject', async () => {
  await storage.bucket('drop');
  await storage.asOwner(`
    create policy "drop only" on storage.objects for insert to anon
      with check (bucket_id = 'drop' and storage.allow_only_operation('object.upload') and owner_id is null)`);
  const put = { method: 'POST', body: 'x', headers: text, as: 'anon' } as const;
  expect((await storage.ask({ ...put, url: '/object/drop/a' })).status).toBe(200);
  expect((await storage.ask({ ...put, url: '/object/drop/a' })).body.code).toBe('KeyAlreadyExists');
  expect(
    (await storage.ask({ ...put, url: '/object/drop/a', headers: { ...text, 'x-upsert': 'true' } })).body.code,
  ).toBe('AccessDenied');
  expect((await storage.ask({ ...put, url: '/object/upload/sign/drop/b', body: '{}' })).body.code).toBe('AccessDenied');
  expect((await storage.ask({ url: '/object/drop/a', as: 'anon' })).body.code).toBe('NoSuchKey');
});

test('a restrictive policy for everybody does not come between a stored file and its row', async () => {
  await storage.asOwner(`create policy "never" on storage.objects as restrictive for all to public using (false)`);
  expect((await storage.ask({ url: `/object/${own}`, as: ada })).body.code).toBe('NoSuchKey');
  expect((await storage.ask({ url: '/object/public/open/o.txt', as: 'anon' })).status).toBe(200);
  const put = { method: 'PUT', url: `/object/${own}`, body: 'x', headers: text } as const;
  expect((await storage.ask({ ...put, as: ada })).body.code).toBe('AccessDenied');
  expect((await storage.ask(put)).status).toBe(200);
  await storage.asOwner('drop policy "never" on storage.objects');
});

test('callers cannot use what the service keeps for itself', async () => {
  for (const role of ['anon', 'authenticated', 'service_role']) {
    for (const call of [
      `select * from storage.service_object('private', 'x')`,
      `select * from storage.service_put_object('private', 'x', null, null, null, null, true)`,
      'select * from storage.service_unwanted_files(1)',
      'select * from storage.unwanted_files',
      'select * from storage.resumable_uploads',
      `select * from storage.service_upload(gen_random_uuid())`,
      `select storage.note_usage('[]')`,
      'select storage.service_add_up_usage()',
      'truncate storage.objects',
      'create trigger sly before update on storage.objects for each row execute function pg_catalog.suppress_redundant_updates_trigger()',
      'create table pg_temp.pointing (id uuid references storage.objects (id))',
    ]) {
      await storage.test.sql(`set role ${role}`);
      await expect(storage.test.sql(call), `${role}: ${call}`).rejects.toThrow('permission denied');
      await storage.test.sql('reset role');
    }
  }
});

test('who cannot be known is refused in the words of this surface, but not at public addresses', async () => {
  const refusal = { reason: 'token-expired', message: 'JWT expired' } as const;
  expect(await storage.ask({ url: `/object/${own}`, as: 'anon', refusal })).toMatchObject({
    status: 400,
    body: { statusCode: '403', error: 'Unauthorized', message: 'JWT expired', code: 'AccessDenied' },
  });
  expect((await storage.ask({ url: '/object/public/open/o.txt', as: 'anon', refusal })).status).toBe(200);
  const missing = { reason: 'key-missing', message: 'no key' } as const;
  expect((await storage.ask({ url: '/bucket', as: 'anon', refusal: missing })).body).toEqual({
    statusCode: '400',
    error: 'Error',
    message: "headers must have required property 'authorization'",
    code: 'InvalidRequest',
  });
});
