import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccessKey, revokeAccessKey } from '../application/access-keys.ts';
import { ANON_KEY, createStorageFixture, JWT_SECRET, type StorageFixture } from '../storage.fixture.ts';
import { sendSigned, type Signed, signHeader, signQuery, type Wanted } from './sign-request.fixture.ts';

const MINUTE_MS = 60_000;
let storage: StorageFixture;
let origin: string;
let host: string;
let base: Wanted;
let revoked: { readonly id: string; readonly secret: string };

beforeAll(async () => {
  storage = await createStorageFixture();
  origin = await storage.listenOpen();
  host = new URL(origin).host;
  await storage.bucket('b');
  await storage.put('b/secret.txt', 'what nobody may read');
  const { id, secret } = await createAccessKey(storage.project, '');
  revoked = await createAccessKey(storage.project, '');
  await revokeAccessKey(storage.project, revoked.id);
  const key = { accessKey: id, secret, region: 'us-east-1' };
  const text = { headers: { 'content-type': 'text/plain' }, body: 'content' };
  base = { method: 'PUT', path: '/b/forged.txt', query: [], ...text, ...key, at: storage.clock.now };
});
afterAll(() => storage?.[Symbol.asyncDispose]());

/** A forgery: what is signed, and what becomes of it before it is sent. */
type Forgery = (base: Wanted) => Signed;

type Replacement = string | ((all: string, group: string) => string);
const replaced =
  (replacement: Replacement) =>
  (all: string, group: string): string =>
    typeof replacement === 'string' ? replacement : replacement(all, group);

const signed = (changes: Partial<Wanted> = {}): Signed => signHeader({ ...base, ...changes }, host);
const address = (changes: Partial<Wanted> = {}, expires?: string): Signed =>
  signQuery({ ...base, method: 'GET', path: '/b/secret.txt', headers: {}, body: '', ...changes }, host, expires);
const withHeaders = (request: Signed, headers: Readonly<Record<string, string>>): Signed => ({
  ...request,
  headers: { ...request.headers, ...headers },
});
/** The header Authorization with something in it replaced. */
const authorized =
  (pattern: string | RegExp, replacement: Replacement): Forgery =>
  () => {
    const request = signed();
    return withHeaders(request, {
      authorization: (request.headers['authorization'] ?? '').replace(pattern, replaced(replacement)),
    });
  };
const aimed =
  (pattern: string | RegExp, replacement: string, changes: Partial<Wanted> = {}): Forgery =>
  () => {
    const request = signed(changes);
    return { ...request, target: request.target.replace(pattern, replacement) };
  };
const readdressed =
  (pattern: string | RegExp, replacement: Replacement): Forgery =>
  () => {
    const request = address();
    return { ...request, target: request.target.replace(pattern, replaced(replacement)) };
  };
const later = (ms: number): Date => new Date(storage.clock.now.getTime() + ms);

const HEADER: Readonly<Record<string, Forgery>> = {
  'no signature at all': () => ({ ...signed(), headers: { host } }),
  'an empty authorization': authorized(/.*/, ''),
  'another secret': () => signed({ secret: `${base.secret}x` }),
  'an empty secret': () => signed({ secret: '' }),
  'the secret of the project': () => signed({ secret: JWT_SECRET }),
  'a key nobody has': () => signed({ accessKey: 'ak00' }),
  'a revoked key': () => signed({ accessKey: revoked.id, secret: revoked.secret }),
  'the secret of a revoked key': () => signed({ secret: revoked.secret }),
  'another key’s name': authorized(/Credential=\w+/, () => `Credential=${revoked.id}`),
  'the first digit turned': authorized(
    /Signature=(.)/,
    (_all: string, digit: string) => `Signature=${digit === '0' ? '1' : '0'}`,
  ),
  'the last digit turned': authorized(/(.)$/, (digit: string) => (digit === '0' ? '1' : '0')),
  'a signature of zeros': authorized(/Signature=\w+/, `Signature=${'0'.repeat(64)}`),
  'no digits': authorized(/Signature=\w+/, 'Signature='),
  'a shorter signature': authorized(/.$/, ''),
  'a longer signature': authorized(/$/, '0'),
  'a signature in capitals': authorized(
    /Signature=(\w+)/,
    (all: string) => `Signature=${all.slice(10).toUpperCase()}A`,
  ),
  'a signature that is no number': authorized(/Signature=\w+/, `Signature=${'z'.repeat(64)}`),
  'two signatures': authorized(/$/, `, Signature=${'0'.repeat(64)}`),
  'another algorithm': authorized('HMAC-SHA256', 'HMAC-SHA1'),
  'an asymmetric algorithm': authorized('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'),
  'the algorithm in small letters': authorized('AWS4-HMAC-SHA256', 'aws4-hmac-sha256'),
  'the algorithm and nothing else': authorized(/ .*/, ''),
  'the algorithm and a blank': authorized(/ .*/, ' '),
  'members that are none': authorized(/ .*/, ' a, b, c'),
  'version 2': authorized(/.*/, () => `AWS ${base.accessKey}:AAAAAAAAAAAAAAAAAAAAAAAAAAA=`),
  'a bearer': authorized(/.*/, `Bearer ${ANON_KEY}`),
  basic: authorized(/.*/, 'Basic YTpi'),
  'another day': authorized(/\/\d{8}\//, '/20200101/'),
  'another region': authorized('us-east-1', 'eu-west-1'),
  'a region that is allowed but was not signed': authorized('us-east-1', 'local'),
  'signed for another region': () => signed({ region: 'eu-west-1' }),
  'another service': authorized('/s3/', '/iam/'),
  'another end': authorized('aws4_request', 'aws5_request'),
  'no scope': authorized(/Credential=[^,]+/, () => `Credential=${base.accessKey}`),
  'signed headers without host': authorized('host;', ''),
  'signed headers in capitals': authorized('host;', 'Host;'),
  'signed headers out of order': authorized('host;x-amz-content-sha256', 'x-amz-content-sha256;host'),
  'a signed header twice': authorized('host;', 'host;host;'),
  'no signed headers': authorized(/SignedHeaders=[^,]+/, 'SignedHeaders='),
  'a signed header left out': authorized(';x-amz-date', ''),
  'a header signed that was not sent': authorized('host;', 'host;range;'),
  'another method': () => ({ ...signed(), method: 'DELETE' }),
  'another object': aimed('forged', 'other'),
  'another bucket': aimed('/b/', '/c/'),
  'a doubled slash': aimed('/b/', '//b/'),
  'other letters': aimed('forged', 'FORGED'),
  'an added query': aimed(/$/, '?acl'),
  'a changed query': aimed('partNumber=1', 'partNumber=2', {
    query: [
      ['partNumber', '1'],
      ['uploadId', 'x'],
    ],
  }),
  'a query left out': aimed(/\?.*/, '', { query: [['uploads', '']], method: 'POST' }),
  'a parameter twice': aimed(/$/, '&uploads=', { query: [['uploads', '']], method: 'POST' }),
  'signed for another host': () => withHeaders(signHeader(base, 'evil.example'), { host }),
  'another moment': () => withHeaders(signed(), { 'x-amz-date': '20260101T000000Z' }),
  'no moment': () => {
    const { headers, ...rest } = signed();
    const { 'x-amz-date': _gone, ...others } = headers;
    return { ...rest, headers: others };
  },
  'sixteen minutes ago': () => signed({ at: later(-16 * MINUTE_MS) }),
  'sixteen minutes ahead': () => signed({ at: later(16 * MINUTE_MS) }),
  'long ago': () => signed({ at: new Date(0) }),
  'a day there is none': () => withHeaders(signed(), { 'x-amz-date': '20260231T000000Z' }),
  'another content type': () => withHeaders(signed(), { 'content-type': 'text/html' }),
  'an added copy': () => withHeaders(signed(), { 'x-amz-copy-source': '/b/secret.txt' }),
  'added metadata': () => withHeaders(signed(), { 'x-amz-meta-role': 'admin' }),
  'an added token': () => withHeaders(signed(), { 'x-amz-security-token': 'x.y.z' }),
  'a token with a key that takes none': () => signed({ headers: { 'x-amz-security-token': 'x.y.z' } }),
  'another body': () => ({ ...signed(), body: 'c0ntent' }),
  'a longer body': () => ({ ...signed(), body: 'content and more' }),
  'no body': () => ({ ...signed(), body: '' }),
  'a body nobody vouches for': () => withHeaders(signed(), { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
  'a hash of something else': () => withHeaders(signed(), { 'x-amz-content-sha256': '0'.repeat(64) }),
  'a hash of something else, signed': () => signed({ payload: '0'.repeat(64) }),
  'no hash, signed': () => signed({ payload: '' }),
  'a word for a hash, signed': () => signed({ payload: 'TRUST-ME' }),
  'a wrong MD5': () => signed({ headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' } }),
  'half an MD5': () => signed({ headers: { 'content-md5': 'AAAA' } }),
  'a wrong checksum': () => signed({ headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } }),
  'two checksums': () =>
    signed({ headers: { 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' } }),
  'both header and query': () => {
    const { target } = address({ method: 'PUT', path: base.path });
    return { ...signed(), target };
  },
  'a session without a token': () => signed({ accessKey: storage.project.ref, secret: ANON_KEY }),
  'a session of nonsense': () =>
    signed({ accessKey: storage.project.ref, secret: ANON_KEY, headers: { 'x-amz-security-token': 'nonsense' } }),
  'a session with another secret': () =>
    signed({ accessKey: storage.project.ref, secret: 'guess', headers: { 'x-amz-security-token': 'x.y.z' } }),
  'a session with the secret of the project': () =>
    signed({ accessKey: storage.project.ref, secret: JWT_SECRET, headers: { 'x-amz-security-token': 'x.y.z' } }),
  'a session of another project': () =>
    signed({ accessKey: 'other', secret: ANON_KEY, headers: { 'x-amz-security-token': 'x.y.z' } }),
};

const PARAMETERS = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature'];

const QUERY: Readonly<Record<string, Forgery>> = {
  ...Object.fromEntries(
    PARAMETERS.map((name) => [`without ${name}`, readdressed(new RegExp(`[?&]X-Amz-${name}=[^&]*`), '&')]),
  ),
  ...Object.fromEntries(
    PARAMETERS.map((name) => [`${name} emptied`, readdressed(new RegExp(`X-Amz-${name}=[^&]*`), `X-Amz-${name}=`)]),
  ),
  ...Object.fromEntries(PARAMETERS.map((name) => [`${name} twice`, readdressed(/$/, `&X-Amz-${name}=1`)])),
  expired: () => address({ at: later(-61_000) }),
  'not begun': () => address({ at: later(16 * MINUTE_MS) }),
  'made to last': readdressed('Expires=60', 'Expires=604800'),
  'no time at all': () => address({}, '0'),
  'negative time': () => address({}, '-1'),
  'more than a week': () => address({}, '604801'),
  'time in words': () => address({}, 'long'),
  'a fraction': () => address({}, '60.5'),
  'another secret': () => address({ secret: 'guess' }),
  'another object': readdressed('secret.txt', 'other.txt'),
  'another method': () => ({ ...address(), method: 'DELETE' }),
  'an upload': () => ({ ...address(), method: 'PUT', body: 'x' }),
  'signed for another host': () => {
    const elsewhere = signQuery(
      { ...base, method: 'GET', path: '/b/secret.txt', headers: {}, body: '' },
      'evil.example',
    );
    return withHeaders(elsewhere, { host });
  },
  'another answer asked for': readdressed(/$/, '&response-content-type=text/html'),
  'a token put in': readdressed(/$/, '&X-Amz-Security-Token=x.y.z'),
  'metadata added': () => withHeaders(address({ method: 'PUT' }), { 'x-amz-meta-a': 'b' }),
  'a body streamed': () =>
    address({
      payload: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      query: [['X-Amz-Content-Sha256', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD']],
      method: 'PUT',
      path: '/b/forged.txt',
    }),
  'the signature turned': readdressed(/(.)$/, (digit: string) => (digit === '0' ? '1' : '0')),
};

test('the honest forms of them are let in', async () => {
  expect(await sendSigned(origin, signed({ path: '/b/honest.txt' }))).toMatchObject({ status: 200 });
  expect(await sendSigned(origin, signed({ path: '/b/honest.txt', region: 'local' }))).toMatchObject({ status: 200 });
  expect(await sendSigned(origin, signed({ path: '/b/honest.txt', payload: 'UNSIGNED-PAYLOAD' }))).toMatchObject({
    status: 200,
  });
  expect(await sendSigned(origin, address())).toMatchObject({ status: 200, text: 'what nobody may read' });
  expect(await sendSigned(origin, address({ at: later(-59_000) }))).toMatchObject({ status: 200 });
  expect(await sendSigned(origin, signed({ path: '/b/honest.txt', at: later(-14 * MINUTE_MS) }))).toMatchObject({
    status: 200,
  });
});

describe('more than a hundred forgeries are refused', () => {
  test('there are so many', () => {
    expect(Object.keys(HEADER).length + Object.keys(QUERY).length).toBeGreaterThan(100);
  });

  test.each([...Object.entries(HEADER), ...Object.entries(QUERY)])('%s', async (_name, forge) => {
    const heard = await sendSigned(origin, forge(base));
    expect([400, 403, 501], heard.text).toContain(heard.status);
    expect(heard.code).not.toBe('');
    expect(heard.text).not.toContain('what nobody may read');
    expect(heard.text).not.toContain(base.secret);
    expect(
      await storage.test.sql(`select name from storage.objects where name like '%orged%' or name like '%ther%'`),
    ).toEqual([]);
  });
});
