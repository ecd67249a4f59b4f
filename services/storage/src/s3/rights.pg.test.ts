import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccessKey } from '../application/access-keys.ts';
import { ANON_KEY, createStorageFixture, type StorageFixture } from '../storage.fixture.ts';
import { type Heard, sendSigned, signHeader, type Wanted } from './sign-request.fixture.ts';

const ADA = '0d9f1c1e-0000-4000-8000-00000000000a';
const IBN = '0d9f1c1e-0000-4000-8000-00000000000b';
const FIVE_MIB = 5_242_880;
type As = 'anon' | 'service' | { readonly sub: string };
const ada = { sub: ADA };
const ibn = { sub: IBN };

let storage: StorageFixture;
let origin: string;
let key: { readonly id: string; readonly secret: string };

beforeAll(async () => {
  storage = await createStorageFixture();
  origin = await storage.listenOpen();
  key = await createAccessKey(storage.project, '');
  await storage.bucket('private');
  await storage.bucket('open', { public: true });
  // As the owner of a project writes them, with its own login's rights.
  await storage.asOwner(`
    create policy "own folder" on storage.objects for all to authenticated
      using (bucket_id = 'private' and (storage.foldername(name))[1] = auth.uid()::text)
      with check (bucket_id = 'private' and (storage.foldername(name))[1] = auth.uid()::text);
    create policy "read shared" on storage.objects for select to authenticated
      using (bucket_id = 'private' and (storage.foldername(name))[1] = 'shared');
    create policy "drop" on storage.objects for insert to anon with check (bucket_id = 'open')`);
});
afterAll(() => storage?.[Symbol.asyncDispose]());

/** Signed by the session of a user, or by a key of the project. */
function ask(as: As, wanted: Partial<Wanted>): Promise<Heard> {
  const claims = as === 'anon' ? { role: 'anon' } : { role: 'authenticated', ...(as === 'service' ? {} : as) };
  const token = `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
  const session = as === 'service' ? {} : { 'x-amz-security-token': token };
  const base = { method: 'GET', path: '', query: [], body: '', region: 'us-east-1', at: new Date() };
  const signer =
    as === 'service' ? { accessKey: key.id, secret: key.secret } : { accessKey: storage.project.ref, secret: ANON_KEY };
  const request = { ...base, ...signer, ...wanted, headers: { ...session, ...wanted.headers } };
  return sendSigned(origin, signHeader(request, new URL(origin).host));
}

const FILES = [`private/${ADA}/a.txt`, `private/${IBN}/b.txt`, 'private/shared/s.txt', 'open/o.txt'];

async function restore(): Promise<void> {
  for (const path of FILES) await storage.put(path, `content of ${path}`);
}

/** What the role may do with the row in SQL itself: the one wall there is. */
async function mayInSql(as: As, path: string, action: 'select' | 'delete' | 'put'): Promise<boolean> {
  const [bucket = '', ...rest] = path.split('/');
  const name = rest.join('/');
  const role = as === 'anon' ? 'anon' : as === 'service' ? 'service_role' : 'authenticated';
  const claims = JSON.stringify({ role, ...(typeof as === 'object' ? as : {}) });
  const statements = {
    select: `select 1 from storage.objects where bucket_id = '${bucket}' and name = '${name}'`,
    delete: `delete from storage.objects where bucket_id = '${bucket}' and name = '${name}' returning 1`,
    put: `insert into storage.objects (bucket_id, name) values ('${bucket}', '${name}')
          on conflict (bucket_id, name) do update set version = 'x' returning 1`,
  };
  try {
    await storage.test.sql(`begin; set local role ${role}; set local storage.allow_delete_query = 'true';
      set local request.jwt.claims = '${claims}'`);
    return (await storage.test.sql(statements[action])).length > 0;
  } catch {
    return false;
  } finally {
    await storage.test.sql('rollback');
  }
}

const CALLERS: readonly As[] = ['anon', ada, ibn, 'service'];

test(
  'every way of the door allows what the same role may do in SQL, and nothing else',
  { timeout: 60_000 },
  async () => {
    for (const as of CALLERS) {
      for (const path of FILES) {
        await restore();
        const about = `${JSON.stringify(as)} ${path}`;
        const [sees, puts, deletes] = [
          await mayInSql(as, path, 'select'),
          await mayInSql(as, path, 'put'),
          await mayInSql(as, path, 'delete'),
        ];
        const got = await ask(as, { path: `/${path}` });
        expect([got.status, got.text.includes('content of')], about).toEqual(sees ? [200, true] : [404, false]);
        expect((await ask(as, { method: 'HEAD', path: `/${path}` })).status, about).toBe(sees ? 200 : 404);
        expect((await ask(as, { path: `/${path}`, headers: { range: 'bytes=0-3' } })).status, about).toBe(
          sees ? 206 : 404,
        );
        expect((await ask(as, { path: `/${path}`, query: [['attributes', '']] })).status, about).toBe(sees ? 200 : 404);
        expect((await ask(as, { path: `/${path}`, query: [['tagging', '']] })).status, about).toBe(sees ? 200 : 404);

        const [bucket = ''] = path.split('/');
        const list = await ask(as, { path: `/${bucket}`, query: [['list-type', '2']] });
        expect(list.text.includes(`<Key>${path.slice(bucket.length + 1)}</Key>`), about).toBe(sees);
        const folders = await ask(as, { path: `/${bucket}`, query: [['delimiter', '/']] });
        const folder = path.split('/').length > 2 ? path.split('/')[1] : undefined;
        if (folder !== undefined) expect(folders.text.includes(`<Prefix>${folder}/</Prefix>`), about).toBe(sees);

        const target = typeof as === 'object' ? `/private/${as.sub}/copied` : '/private/copied';
        const copied = await ask(as, { method: 'PUT', path: target, headers: { 'x-amz-copy-source': `/${path}` } });
        expect(copied.status === 200, `${about}: ${copied.text}`).toBe(sees && as !== 'anon');

        const put = await ask(as, { method: 'PUT', path: `/${path}`, body: 'put' });
        expect(put.status, `${about}: ${put.text}`).toBe(puts ? 200 : 403);
        const started = await ask(as, { method: 'POST', path: `/${path}`, query: [['uploads', '']] });
        expect(started.status, about).toBe(puts ? 200 : 403);

        await restore();
        const gone = await ask(as, { method: 'DELETE', path: `/${path}` });
        expect(gone.status, about).toBe(sees && !deletes ? 403 : 204);
        expect((await storage.ask({ url: `/object/${path}` })).status === 200, about).toBe(!deletes);
        await restore();
        const body = `<Delete><Object><Key>${path.slice(bucket.length + 1)}</Key></Object></Delete>`;
        const many = await ask(as, { method: 'POST', path: `/${bucket}`, query: [['delete', '']], body });
        expect(many.text.includes('AccessDenied'), about).toBe(sees && !deletes);
        expect((await storage.ask({ url: `/object/${path}` })).status === 200, about).toBe(!deletes);
      }
    }
  },
);

test('buckets are seen and made by policy alone', async () => {
  for (const as of ['anon', ada] as const) {
    expect((await ask(as, {})).text).not.toContain('<Bucket><Name>');
    expect((await ask(as, { method: 'HEAD', path: '/private' })).status).toBe(404);
    expect((await ask(as, { method: 'PUT', path: '/mine' })).code).toBe('AccessDenied');
    expect((await ask(as, { method: 'DELETE', path: '/open' })).code).toBe('NoSuchBucket');
    expect((await ask(as, { path: '/open', query: [['location', '']] })).code).toBe('NoSuchBucket');
  }
});

test('an upload in parts is its owner’s, and ends with the right to its object', { timeout: 60_000 }, async () => {
  const path = `/private/${ADA}/parts`;
  const begun = await ask(ada, { method: 'POST', path, query: [['uploads', '']] });
  const id = /<UploadId>([^<]+)/.exec(begun.text)?.[1] ?? '';
  const part = (as: As, number: string, body: string | Buffer = 'x') =>
    ask(as, {
      method: 'PUT',
      path,
      query: [
        ['partNumber', number],
        ['uploadId', id],
      ],
      body,
    });
  const etag = `"${(await part(ada, '1', Buffer.alloc(FIVE_MIB, 1))).status}"`;
  expect(etag).toBe('"200"');
  const complete = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>`;
  for (const as of ['anon', ibn] as const) {
    expect((await part(as, '2')).code).toBe('NoSuchUpload');
    expect((await ask(as, { path, query: [['uploadId', id]] })).code).toBe('NoSuchUpload');
    expect((await ask(as, { method: 'DELETE', path, query: [['uploadId', id]] })).code).toBe('NoSuchUpload');
    expect((await ask(as, { method: 'POST', path, query: [['uploadId', id]], body: complete })).code).toBe(
      'NoSuchUpload',
    );
    expect((await ask(as, { path: '/private', query: [['uploads', '']] })).text).not.toContain(id);
  }
  expect((await ask(ada, { path: '/private', query: [['uploads', '']] })).text).toContain(id);
  expect((await ask('service', { path: '/private', query: [['uploads', '']] })).text).toContain(id);
  // The id is good for this object and no other.
  expect(
    (
      await ask(ada, {
        method: 'PUT',
        path: `/private/${ADA}/other`,
        query: [
          ['partNumber', '2'],
          ['uploadId', id],
        ],
        body: 'x',
      })
    ).code,
  ).toBe('NoSuchUpload');
  const source = { 'x-amz-copy-source': `/private/${IBN}/b.txt` };
  const stolen = await ask(ada, {
    method: 'PUT',
    path,
    query: [
      ['partNumber', '2'],
      ['uploadId', id],
    ],
    headers: source,
  });
  expect(stolen.code).toBe('NoSuchKey');
  await storage.asOwner(`drop policy "own folder" on storage.objects`);
  expect((await part(ada, '2')).code).toBe('AccessDenied');
  const md5 =
    /<ETag>&quot;([0-9a-f]+)/.exec((await ask('service', { path, query: [['uploadId', id]] })).text)?.[1] ?? '';
  const honest = complete.replace('<ETag>x', `<ETag>${md5}`);
  expect((await ask(ada, { method: 'POST', path, query: [['uploadId', id]], body: honest })).code).toBe('AccessDenied');
  expect((await ask('service', { path })).status).toBe(404);
  expect((await ask('service', { method: 'POST', path, query: [['uploadId', id]], body: honest })).status).toBe(200);
  expect((await ask('service', { method: 'HEAD', path })).status).toBe(200);
});

test('keys are the business of service_role alone, and of nobody in SQL', async () => {
  for (const as of ['anon', ada] as const) {
    for (const asked of [
      { url: '/s3-keys' },
      { method: 'POST', url: '/s3-keys', body: {} },
      { method: 'DELETE', url: `/s3-keys/${key.id}`, body: {} },
    ] as const) {
      expect((await storage.ask({ ...asked, as })).body.code).toBe('AccessDenied');
    }
  }
  const made = await storage.ask({ method: 'POST', url: '/s3-keys', body: { description: 'of the API' } });
  expect(made.body).toMatchObject({ id: expect.stringMatching(/^ak/), secret: expect.stringMatching(/^[\w-]{40}$/) });
  const listed = await storage.ask({ url: '/s3-keys' });
  expect(listed.text).toContain(made.body.id);
  expect(listed.text).not.toContain(made.body.secret);
  const { rows } = { rows: await storage.test.sql('select * from storage.s3_access_keys') };
  expect(JSON.stringify(rows)).not.toContain(made.body.secret);
  expect((await storage.ask({ method: 'DELETE', url: `/s3-keys/${made.body.id}`, body: {} })).status).toBe(200);
  expect((await storage.ask({ method: 'DELETE', url: `/s3-keys/${made.body.id}`, body: {} })).body.code).toBe(
    'NoSuchAccessKey',
  );
  for (const role of ['anon', 'authenticated', 'service_role']) {
    for (const call of [
      'select * from storage.s3_access_keys',
      `select storage.service_access_key_secret('${key.id}')`,
      `select storage.service_add_access_key('a', 'b', 'c')`,
      `select storage.service_complete_upload('a', '{}', 'a', 'b', null, 'x', null, null, true)`,
      `select storage.service_replace_object('a', 'b', 'c', 'd', 'e', null, null)`,
    ]) {
      await storage.test.sql(`set role ${role}`);
      await expect(storage.test.sql(call), `${role}: ${call}`).rejects.toThrow('permission denied');
      await storage.test.sql('reset role');
    }
  }
});
