import { createHmac, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStorageFixture, JWT_SECRET, type StorageFixture } from './storage.fixture.ts';

let storage: StorageFixture;
let address: string;
let token: string;

beforeAll(async () => {
  storage = await createStorageFixture();
  await storage.bucket('vault');
  await storage.put('vault/a b/secret.txt', 'the secret');
  await storage.put('vault/other.txt', 'another secret');
  address = await sign('vault/a b/secret.txt');
  token = new URL(address, 'http://x').searchParams.get('token') ?? '';
});

afterAll(() => storage?.[Symbol.asyncDispose]());

async function sign(path: string, expiresIn = 60): Promise<string> {
  const url = `/object/sign/${encodeURI(path)}`;
  return (await storage.ask({ method: 'POST', url, body: { expiresIn } })).body.signedURL;
}

async function signUpload(path: string, headers = {}): Promise<string> {
  const url = `/object/upload/sign/${path}`;
  return (await storage.ask({ method: 'POST', url, body: {}, headers })).body.url;
}

const PATH = '/object/sign/vault/a%20b/secret.txt';
const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const signedWith = (key: string | Buffer, header: object, content: object): string => {
  const text = `${json(header)}.${json(content)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
};

test('a signed address opens its object without a key, until it expires', async () => {
  expect(address).toMatch(/^\/object\/sign\/vault\/a%20b\/secret\.txt\?token=/);
  const got = await storage.ask({ url: `${address}&download=x.txt`, as: 'anon' });
  expect(got).toMatchObject({ status: 200, text: 'the secret' });
  expect(got.headers['content-disposition']).toContain('filename=x.txt');
  expect((await storage.ask({ method: 'HEAD', url: address, as: 'anon' })).status).toBe(200);
  const { now } = storage.clock;
  storage.clock.now = new Date(now.getTime() + 61_000);
  expect(await storage.ask({ url: address, as: 'anon' })).toMatchObject({
    status: 400,
    body: { statusCode: '400', error: 'InvalidJWT', code: 'InvalidJWT', message: '"exp" claim timestamp check failed' },
  });
  storage.clock.now = now;
});

test('no forged, borrowed or broken token opens anything', async () => {
  const [head = '', body = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const es256 = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
  const ownKeys = [
    ['the secret of sessions', JWT_SECRET],
    ['the empty secret', ''],
    ['the ref', storage.project.ref],
    ['a purpose of another project', createHmac('sha256', JWT_SECRET).update('ashlar storage address other').digest()],
    ['zeros', Buffer.alloc(32)],
  ] as const;
  const claimForgeries = [
    { ...claims, exp: claims.exp + 1 },
    { ...claims, exp: undefined },
    { ...claims, exp: 'never' },
    { ...claims, url: 'vault/other.txt' },
    { ...claims, url: 'vault/*' },
    { ...claims, url: '' },
    { ...claims, scope: 'upload' },
    { ...claims, scope: undefined },
    { ...claims, role: 'service_role' },
    { role: 'service_role', sub: 'x', exp: claims.exp },
  ];
  const headers = [
    { alg: 'HS256', typ: 'JWT' },
    { alg: 'HS384' },
    { alg: 'HS512' },
    { alg: 'none' },
    { alg: 'None' },
    { alg: 'RS256' },
    { alg: 'hs256' },
    { alg: 'HS256', crit: ['exp'] },
    { alg: 'HS256', kid: '../../dev/null' },
    { alg: 'HS256', jwk: { kty: 'oct', k: '' } },
  ];
  const upload = new URL(await signUpload('vault/a%20b/new.txt'), 'http://x').searchParams.get('token') ?? '';
  const forgeries: readonly (readonly [why: string, token: string])[] = [
    ...ownKeys.map(
      ([why, key]) => [`signed with ${why}`, signedWith(key, { alg: 'HS256', typ: 'JWT' }, claims)] as const,
    ),
    ...claimForgeries.map((content, index) => [`claims ${index}`, `${head}.${json(content)}.${signature}`] as const),
    ...claimForgeries.map(
      (content, index) => [`claims ${index}, session key`, signedWith(JWT_SECRET, { alg: 'HS256' }, content)] as const,
    ),
    ...headers.flatMap((header, index) => [
      [`header ${index}, old signature`, `${json(header)}.${body}.${index === 0 ? 'AAAA' : signature}`] as const,
      [`header ${index}, no signature`, `${json(header)}.${body}.`] as const,
    ]),
    ['ES256 of a stranger', es256],
    ['an upload’s', upload],
    ['empty', ''],
    ['one part', body],
    ['two parts', `${head}.${body}`],
    ['four parts', `${token}.x`],
    ['a letter less', token.slice(0, -2)],
    ['a letter more', `${token}AAAA`],
    ['parts in another order', `${body}.${head}.${signature}`],
    ['no text', '\uFFFD\uFFFD.\uFFFD.\uFFFD'],
    ['not base64', '%.%.%'],
    ['very long', 'a'.repeat(20_000)],
    ['JSON', JSON.stringify(claims)],
  ];
  expect(forgeries.length).toBeGreaterThanOrEqual(50);
  for (const [why, forged] of forgeries) {
    const got = await storage.ask({ url: `${PATH}?token=${encodeURIComponent(forged)}`, as: 'anon' });
    expect(got.status, why).toBe(400);
    expect(['InvalidJWT', 'InvalidSignature'], why).toContain(got.body.code);
    expect(got.text, why).not.toContain('the secret');
  }
});

test('a token opens the one object it was made for', async () => {
  for (const path of ['vault/other.txt', 'vault/a%20b', 'vault/a%20b/secret.txt/x', 'other/a%20b/secret.txt']) {
    const got = await storage.ask({ url: `/object/sign/${path}?token=${token}`, as: 'anon' });
    expect(got.body, path).toMatchObject({ error: 'InvalidSignature', message: 'Invalid signature' });
  }
  expect((await storage.ask({ url: PATH, as: 'anon' })).body.code).toBe('InvalidJWT');
  expect((await storage.ask({ url: `${PATH}?token=${token}&token=${token}`, as: 'anon' })).body.code).toBe(
    'InvalidJWT',
  );
});

test('an address for an upload takes one object there and serves none', async () => {
  const url = await signUpload('vault/up.txt');
  const put = (target: string, body = 'uploaded') =>
    storage.ask({ method: 'PUT', url: target, body, headers: { 'content-type': 'text/plain' }, as: 'anon' });
  expect((await put(address.replace('/object/sign', '/object/upload/sign'))).body.code).toBe('InvalidUploadSignature');
  expect((await put(url.replace('up.txt', 'elsewhere.txt'))).body.code).toBe('InvalidUploadSignature');
  const asDownload = await storage.ask({ url: url.replace('/upload/sign', '/sign'), as: 'anon' });
  expect(asDownload.body.code).toBe('InvalidSignature');
  expect((await put(url)).body).toMatchObject({ Key: 'vault/up.txt' });
  expect((await put(url, 'again')).body.code).toBe('KeyAlreadyExists');
  expect((await storage.ask({ url: '/object/vault/up.txt' })).text).toBe('uploaded');
  const replacing = await signUpload('vault/up.txt', { 'x-upsert': 'true' });
  expect((await put(replacing, 'again')).status).toBe(200);
  storage.clock.now = new Date(Date.now() + 7_300_000);
  expect((await put(replacing, 'late')).body.code).toBe('InvalidJWT');
  storage.clock.now = new Date();
  expect((await storage.ask({ url: '/object/vault/up.txt' })).text).toBe('again');
});

test('an address keeps the rules of its bucket', async () => {
  await storage.bucket('small', { file_size_limit: 4, allowed_mime_types: ['text/plain'] });
  const url = await signUpload('small/x');
  const put = (body: string, type: string) =>
    storage.ask({ method: 'PUT', url, body, headers: { 'content-type': type }, as: 'anon' });
  expect((await put('12345', 'text/plain')).body.code).toBe('EntityTooLarge');
  expect((await put('1234', 'text/html')).body.code).toBe('InvalidMimeType');
  expect((await put('1234', 'text/plain')).status).toBe(200);
});

test.each([0, -1, 1.5, '60', 1e12, null])('an expiry of %j is refused', async (expiresIn) => {
  const refused = await storage.ask({ method: 'POST', url: '/object/sign/vault/other.txt', body: { expiresIn } });
  expect(refused).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } });
});
