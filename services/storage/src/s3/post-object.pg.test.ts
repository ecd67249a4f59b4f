import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccessKey } from '../application/access-keys.ts';
import { ANON_KEY, createStorageFixture, type StorageFixture } from '../storage.fixture.ts';
import { ALGORITHM, signatureOf, signingKey } from './signature-v4.ts';

const ADA = '0d9f1c1e-0000-4000-8000-00000000000a';
let storage: StorageFixture;
let origin: string;
let key: { readonly id: string; readonly secret: string };

beforeAll(async () => {
  storage = await createStorageFixture();
  origin = await storage.listenOpen();
  key = await createAccessKey(storage.project, '');
  await storage.bucket('b');
  await storage.asOwner(`
    create policy "own folder" on storage.objects for all to authenticated
      using ((storage.foldername(name))[1] = auth.uid()::text) with check ((storage.foldername(name))[1] = auth.uid()::text)`);
});
afterAll(() => storage?.[Symbol.asyncDispose]());

interface Wanted {
  readonly fields?: Readonly<Record<string, string>>;
  readonly conditions?: readonly unknown[];
  readonly expiration?: string;
  readonly content?: string;
  readonly session?: string;
  readonly bucket?: string;
  /** Changes what is sent after all was signed. */
  readonly forge?: (fields: Record<string, string>) => void;
}

async function post(wanted: Wanted): Promise<{ status: number; text: string; headers: Headers }> {
  const moment = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = { day: moment.slice(0, 8), region: 'us-east-1' };
  const [accessKey, secret] = wanted.session === undefined ? [key.id, key.secret] : [storage.project.ref, ANON_KEY];
  const fields: Record<string, string> = {
    key: 'k',
    'x-amz-algorithm': ALGORITHM,
    'x-amz-credential': `${accessKey}/${scope.day}/us-east-1/s3/aws4_request`,
    'x-amz-date': moment,
    ...(wanted.session === undefined ? {} : { 'x-amz-security-token': wanted.session }),
    ...wanted.fields,
  };
  const signed = Object.entries(fields).filter(([name]) => name !== 'key');
  const policy = {
    expiration: wanted.expiration ?? new Date(Date.now() + 60_000).toISOString(),
    conditions: [
      { bucket: 'b' },
      ...signed.map(([name, value]) => ({ [name]: value })),
      ...(wanted.conditions ?? [['eq', '$key', fields['key']]]),
    ],
  };
  fields['policy'] = Buffer.from(JSON.stringify(policy)).toString('base64');
  fields['x-amz-signature'] = signatureOf(signingKey(secret, scope), fields['policy']);
  wanted.forge?.(fields);
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([wanted.content ?? 'content'], { type: 'text/plain' }), 'of a client.txt');
  const url = `${origin}/storage/v1/s3/${wanted.bucket ?? 'b'}`;
  const answer = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

test('a form uploads what its policy allows, and is answered as it asks', async () => {
  expect((await post({})).status).toBe(204);
  expect((await storage.ask({ url: '/object/b/k' })).text).toBe('content');
  const named = await post({
    fields: {
      key: 'up/${filename}',
      'Content-Type': 'text/markdown',
      'x-amz-meta-colour': 'blue',
      success_action_status: '201',
    },
    conditions: [['starts-with', '$key', 'up/']],
  });
  expect(named).toMatchObject({ status: 201 });
  expect(named.text).toContain('<Key>up/of a client.txt</Key>');
  expect((await storage.ask({ url: '/object/info/b/up/of a client.txt' })).body).toMatchObject({
    content_type: 'text/markdown',
    metadata: { colour: 'blue' },
  });
  const sent = await post({ fields: { success_action_redirect: 'https://shop.example/done?x=1' } });
  expect(sent.status).toBe(303);
  expect(sent.headers.get('location')).toMatch(/^https:\/\/shop\.example\/done\?x=1&bucket=b&key=k&etag=/);
});

test.each([
  [
    'a changed policy',
    { forge: (f) => (f['policy'] = `${f['policy']?.slice(0, -4)}AAAA`) },
    403,
    'SignatureDoesNotMatch',
  ],
  ['another key', { forge: (f) => (f['key'] = 'other') }, 403, 'AccessDenied'],
  ['a field nobody allowed', { forge: (f) => (f['x-amz-meta-x'] = 'y') }, 403, 'AccessDenied'],
  ['another bucket', { bucket: 'c' }, 403, 'AccessDenied'],
  ['a policy whose time is over', { expiration: '2020-01-01T00:00:00Z' }, 403, 'AccessDenied'],
  ['no policy', { forge: (f) => delete f['policy'] }, 403, 'SignatureDoesNotMatch'],
  ['no signature', { forge: (f) => delete f['x-amz-signature'] }, 400, 'InvalidPolicyDocument'],
  [
    'an unknown key',
    { forge: (f) => (f['x-amz-credential'] = `x/${f['x-amz-credential']}`) },
    400,
    'InvalidPolicyDocument',
  ],
  [
    'a file that is too large',
    {
      conditions: [
        ['eq', '$key', 'k'],
        ['content-length-range', 0, 6],
      ],
    },
    400,
    'EntityTooLarge',
  ],
  [
    'a file that is too small',
    {
      conditions: [
        ['eq', '$key', 'k'],
        ['content-length-range', 8, 99],
      ],
    },
    400,
    'EntityTooSmall',
  ],
  ['a way out', { fields: { key: '../${filename}' }, conditions: [['starts-with', '$key', '']] }, 400, 'InvalidKey'],
  ['a condition nobody knows', { conditions: [['ends-with', '$key', 'k']] }, 400, 'InvalidPolicyDocument'],
] satisfies readonly [string, Wanted, number, string][])(
  '%s is refused, and nothing is stored',
  async (_what, wanted, status, code) => {
    const before = await storage.test.sql('select id, version from storage.objects order by id');
    const answer = await post({ ...wanted, content: 'another' });
    expect(answer.status, answer.text).toBe(status);
    expect(answer.text).toContain(`<Code>${code}</Code>`);
    expect(await storage.test.sql('select id, version from storage.objects order by id')).toEqual(before);
  },
);

test('a form signed by a session is under row-level security', async () => {
  const session = `x.${Buffer.from(JSON.stringify({ role: 'authenticated', sub: ADA })).toString('base64url')}.x`;
  expect((await post({ session, fields: { key: `${ADA}/mine` } })).status).toBe(204);
  const foreign = await post({ session, fields: { key: 'foreign/mine' } });
  expect(foreign.status).toBe(403);
  expect(foreign.text).toContain('AccessDenied');
});
