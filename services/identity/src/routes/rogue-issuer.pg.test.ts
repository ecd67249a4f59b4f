import { createHash, createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createIdentityFixture, type Answer, type IdentityFixture } from '../identity-fixture.ts';
import { startRogueIssuer, type RogueIssuer, type Script } from '../rogue-issuer-fixture.ts';

const CLIENT = 'our-client';

let identity: IdentityFixture;
let issuer: RogueIssuer;
let other: RogueIssuer;
beforeAll(async () => {
  [identity, issuer, other] = await Promise.all([
    createIdentityFixture(),
    startRogueIssuer(CLIENT),
    startRogueIssuer(CLIENT),
  ]);
  const settings = { clientId: CLIENT, additionalClientIds: ['our-app'], clientSecret: 'hush' };
  await identity.project.sql(`insert into auth.settings (section, value) values ('providers', $1)`, [
    JSON.stringify({
      'custom:a': { ...settings, issuer: issuer.issuer },
      'custom:b': { ...settings, issuer: other.issuer },
      'custom:lax': { ...settings, issuer: issuer.issuer, skipNonceCheck: true },
      'custom:private': { ...settings, issuer: 'http://10.1.2.3' },
      'custom:plain': { ...settings, issuer: 'http://issuer.example' },
      'custom:metadata': { ...settings, issuer: 'https://169.254.169.254' },
      'custom:off': { ...settings, issuer: issuer.issuer, enabled: false },
    }),
  ]);
});
afterAll(async () => {
  issuer.close();
  other.close();
  await identity.close();
});
beforeEach(async () => {
  identity.clock.now = new Date();
  await identity.project.sql('delete from auth.users');
});

/** Of the one browser all of this happens in, by state. */
const cookies = new Map<string, string>();

const ADA = { email: 'ada@example.org', email_verified: true, name: 'Ada' };

async function authorize(provider = 'custom:a'): Promise<string> {
  const answer = await identity.ask({ method: 'GET', url: `/authorize?provider=${provider}` });
  expect(answer.status).toBe(302);
  const cookie = String(answer.headers['set-cookie']).split(';', 1)[0] ?? '';
  const url = String(answer.headers['location']);
  cookies.set(stateOf(url), cookie);
  return url;
}

async function back(
  parameters: Record<string, string>,
  method: 'GET' | 'POST' = 'GET',
): Promise<Record<string, string>> {
  const text = new URLSearchParams(parameters).toString();
  const cookie = cookies.get(parameters['state'] ?? '') ?? '';
  const answer = await identity.ask(
    method === 'GET'
      ? { method, url: `/callback?${text}`, headers: { cookie } }
      : {
          method,
          url: '/callback',
          body: text,
          headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        },
  );
  expect(answer.status).toBe(303);
  return Object.fromEntries(new URLSearchParams(new URL(String(answer.headers['location'])).hash.slice(1)));
}

const stateOf = (url: string): string => new URL(url).searchParams.get('state') ?? '';

async function signIn(script: Script, provider = 'custom:a'): Promise<Record<string, string>> {
  const url = await authorize(provider);
  return back({ state: stateOf(url), code: issuer.code(url, script) });
}

const exchangeFailed = {
  error: 'server_error',
  error_code: 'unexpected_failure',
  error_description: 'Unable to exchange external code with custom:a',
};
const hours = (count: number): number => Math.floor(Date.now() / 1000) + count * 3600;
const unsigned = (claims: object): string =>
  `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;

describe('in the code flow', () => {
  test('a credible token signs in, by a posted form too', async () => {
    expect(await signIn({ claims: ADA })).toHaveProperty('access_token');
    const url = await authorize();
    expect(await back({ state: stateOf(url), code: issuer.code(url, { claims: ADA }) }, 'POST')).toHaveProperty(
      'access_token',
    );
  });

  test.each<[string, () => Script | Promise<Script>]>([
    ['another audience', () => ({ claims: { ...ADA, aud: 'somebody-else' } })],
    ['several audiences and no authorized party', () => ({ claims: { ...ADA, aud: [CLIENT, 'x'] } })],
    ['several audiences and another authorized party', () => ({ claims: { ...ADA, aud: [CLIENT, 'x'], azp: 'x' } })],
    ['another issuer', () => ({ claims: { ...ADA, iss: 'https://accounts.google.com' } })],
    ['another nonce', () => ({ claims: { ...ADA, nonce: 'replayed' } })],
    ['no nonce', () => ({ claims: { ...ADA, nonce: undefined } })],
    ['an end in the past', () => ({ claims: { ...ADA, exp: hours(-1) } })],
    ['no end', () => ({ claims: { ...ADA, exp: undefined } })],
    ['a beginning in the future', () => ({ claims: { ...ADA, iat: hours(2), exp: hours(3) } })],
    ['a not-before in the future', () => ({ claims: { ...ADA, nbf: hours(1) } })],
    ['the hash of another access token', () => ({ claims: { ...ADA, at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } })],
    ['no person', () => ({ claims: { ...ADA, sub: undefined } })],
    ['a person without a name', () => ({ claims: { ...ADA, sub: '' } })],
    ['a person with an endless name', () => ({ claims: { ...ADA, sub: 'x'.repeat(256) } })],
    [
      'no signature',
      () => ({ idToken: unsigned({ iss: issuer.issuer, aud: CLIENT, sub: 'x', iat: hours(0), exp: hours(1) }) }),
    ],
    ['nothing at all', () => ({ idToken: '' })],
    ['no token type', () => ({ claims: ADA, extra: { token_type: undefined } })],
    ['no id token', () => ({ extra: { id_token: undefined } })],
    ['no access token', () => ({ claims: ADA, extra: { access_token: undefined } })],
    ['the key of another issuer', async () => ({ idToken: await other.sign({ ...ADA, iss: issuer.issuer }) })],
  ])('a token with %s does not', async (_what, script) => {
    expect(await signIn(await script())).toEqual(exchangeFailed);
    expect(await identity.project.sql('select from auth.users')).toHaveLength(0);
  });

  test('a code is taken once', async () => {
    const url = await authorize();
    const code = issuer.code(url, { claims: ADA });
    expect(await back({ state: stateOf(url), code })).toHaveProperty('access_token');
    expect(await back({ state: stateOf(url), code })).toMatchObject({ error_code: 'bad_oauth_state' });
    expect(await back({ state: stateOf(await authorize()), code })).toEqual(exchangeFailed);
  });

  test('the answer of one provider to the question of another is refused', async () => {
    const question = await authorize('custom:b');
    const stolen = issuer.code(question, { claims: ADA });
    const answer = { state: stateOf(question), code: stolen };
    expect(await back({ ...answer, iss: issuer.issuer })).toMatchObject({ error_code: 'unexpected_failure' });
    const again = await authorize('custom:b');
    expect(await back({ state: stateOf(again), code: issuer.code(again, { claims: ADA }) })).toMatchObject({
      error_code: 'unexpected_failure',
    });
    expect(await identity.project.sql('select from auth.users')).toHaveLength(0);
  });

  test('an issuer named twice or a state repeated is refused', async () => {
    const url = await authorize();
    const query = `state=${stateOf(url)}&code=${issuer.code(url, { claims: ADA })}&iss=${issuer.issuer}&iss=x`;
    const cookie = cookies.get(stateOf(url)) ?? '';
    const answer = await identity.ask({ method: 'GET', url: `/callback?${query}`, headers: { cookie } });
    expect(String(answer.headers['location'])).toContain('error_code=unexpected_failure');
  });

  test('a provider that is switched off meanwhile is asked no more', async () => {
    const url = await authorize();
    const code = issuer.code(url, { claims: ADA });
    await identity.project.sql(`update auth.oauth_client_states set provider_type = 'custom:off'`);
    expect(await back({ state: stateOf(url), code })).toMatchObject({ error_code: 'validation_failed' });
  });
});

describe('an issuer', () => {
  test.each<[string, Parameters<RogueIssuer['answer']>[1]]>([
    ['answers with a page', (_, response) => void response.end('<html>')],
    [
      'answers without end',
      (_, response) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).write(`{"a":"${'x'.repeat(400_000)}`),
    ],
    ['sends elsewhere', (_, response) => void response.writeHead(302, { location: 'http://10.0.0.1/' }).end()],
    ['breaks off', (_, response) => void response.socket?.destroy()],
    ['is broken', (_, response) => void response.writeHead(500).end()],
    [
      'says nothing of use',
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('null'),
    ],
  ])('that %s costs its own users a sign-in and nobody else anything', async (_what, handler) => {
    const url = await authorize();
    issuer.answer('/token', handler);
    try {
      expect(await back({ state: stateOf(url), code: issuer.code(url, { claims: ADA }) })).toEqual(exchangeFailed);
    } finally {
      issuer.answer('/token', null);
    }
    expect(await signIn({ claims: ADA })).toHaveProperty('access_token');
  });

  test('that does not answer is given up', { timeout: 20_000 }, async () => {
    const url = await authorize();
    issuer.answer('/token', () => undefined);
    try {
      expect(await back({ state: stateOf(url), code: issuer.code(url) })).toEqual(exchangeFailed);
    } finally {
      issuer.answer('/token', null);
    }
  });

  test.each(['custom:private', 'custom:plain', 'custom:metadata'])(
    'on private ground or without TLS is not asked: %s',
    async (provider) => {
      const answer = await identity.ask({ method: 'GET', url: `/authorize?provider=${provider}` });
      expect(answer).toMatchObject({ status: 503, body: { error_code: 'unexpected_failure' } });
      expect(answer.body.msg).not.toContain('10.1.2.3');
    },
  );

  test('whose document names another issuer is not believed', async () => {
    const liar = await startRogueIssuer(CLIENT);
    liar.answer('/.well-known/openid-configuration', (_, response) => {
      const document = {
        issuer: issuer.issuer,
        authorization_endpoint: `${liar.issuer}/authorize`,
        token_endpoint: `${liar.issuer}/token`,
        jwks_uri: `${liar.issuer}/jwks`,
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
    });
    const providers = { 'custom:liar': { clientId: CLIENT, issuer: liar.issuer } };
    await identity.project.sql(`update auth.settings set value = value || $1 where section = 'providers'`, [
      JSON.stringify(providers),
    ]);
    await expect
      .poll(async () => (await identity.ask({ method: 'GET', url: '/authorize?provider=custom:liar' })).status)
      .toBe(503);
    liar.close();
  });

  test('is asked for its description once', async () => {
    const before = issuer.asked.filter((path) => path.includes('openid-configuration')).length;
    await authorize();
    await authorize();
    expect(issuer.asked.filter((path) => path.includes('openid-configuration'))).toHaveLength(before);
  });
});

function present(body: Record<string, unknown>, token?: string): Promise<Answer> {
  return identity.ask({
    url: '/token?grant_type=id_token',
    body: { provider: 'custom:a', ...body },
    ...(token === undefined ? {} : { token }),
  });
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('an id token from an app', () => {
  test('signs in, with the hash of its nonce and of its access token', async () => {
    const access = 'an access token';
    const atHash = createHash('sha256').update(access).digest().subarray(0, 16).toString('base64url');
    const idToken = await issuer.sign({ ...ADA, nonce: sha256('raw'), at_hash: atHash });
    const answer = await present({ id_token: idToken, nonce: 'raw', access_token: access });
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'bearer', user: { email: 'ada@example.org' } } });
    expect(await present({ id_token: idToken, nonce: 'raw', access_token: 'another' })).toMatchObject({ status: 400 });
  });

  test('may be for a further client id, and name its provider by the issuer', async () => {
    const idToken = await issuer.sign({ ...ADA, aud: 'our-app' });
    expect(await present({ id_token: idToken })).toMatchObject({ status: 200 });
    expect(await present({ id_token: idToken, provider: issuer.issuer })).toMatchObject({ status: 200 });
    expect(await present({ id_token: idToken, provider: '', issuer: issuer.issuer })).toMatchObject({ status: 200 });
    expect(await present({ id_token: idToken, provider: 'https://accounts.google.com' })).toMatchObject({
      status: 400,
      body: { error_code: 'provider_disabled' },
    });
  });

  test('needs no matching nonce where the project says so', async () => {
    const idToken = await issuer.sign({ ...ADA, nonce: 'whatever' });
    expect(await present({ id_token: idToken, provider: 'custom:lax' })).toMatchObject({ status: 200 });
  });

  test('follows a rotation of keys', async () => {
    expect((await present({ id_token: await issuer.sign(ADA) })).status).toBe(200);
    await issuer.rotate();
    // Key sets are not asked for again within a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await present({ id_token: await issuer.sign(ADA) })).status).toBe(200);
  });

  test.each<[string, string, () => string | Promise<string>, Record<string, unknown>?]>([
    [
      'a nonce nobody names',
      'Passed nonce and nonce in id_token should either both exist or not.',
      () => issuer.sign({ ...ADA, nonce: sha256('raw') }),
    ],
    [
      'no nonce where one is named',
      'Passed nonce and nonce in id_token should either both exist or not.',
      () => issuer.sign(ADA),
      { nonce: 'raw' },
    ],
    ['another nonce', 'Nonces mismatch', () => issuer.sign({ ...ADA, nonce: sha256('x') }), { nonce: 'raw' }],
    [
      'the nonce itself in place of its hash',
      'Nonces mismatch',
      () => issuer.sign({ ...ADA, nonce: 'raw' }),
      { nonce: 'raw' },
    ],
    ['another audience', 'Unacceptable audience in id_token', () => issuer.sign({ ...ADA, aud: 'x' })],
    ['no audience', 'Bad ID token', () => issuer.sign({ ...ADA, aud: undefined })],
    [
      'several audiences without a party',
      'Unacceptable audience in id_token',
      () => issuer.sign({ ...ADA, aud: [CLIENT, 'x'] }),
    ],
    ['another issuer', 'Bad ID token', () => issuer.sign({ ...ADA, iss: other.issuer })],
    ['an issuer with a slash more', 'Bad ID token', () => issuer.sign({ ...ADA, iss: `${issuer.issuer}/` })],
    ['an end in the past', 'Bad ID token', () => issuer.sign({ ...ADA, exp: hours(-1) })],
    ['an age of days', 'Bad ID token', () => issuer.sign({ ...ADA, iat: hours(-48), exp: hours(1) })],
    ['no time of issue', 'Bad ID token', () => issuer.sign({ ...ADA, iat: undefined })],
    [
      'no signature',
      'Bad ID token',
      () => unsigned({ ...ADA, iss: issuer.issuer, aud: CLIENT, sub: 'x', iat: hours(0), exp: hours(1) }),
    ],
    ['an unknown key', 'Bad ID token', () => issuer.sign(ADA, { kid: 'unknown' })],
    ['a changed claim', 'Bad ID token', async () => tamper(await issuer.sign(ADA))],
    ['a key of its own in the header', 'Bad ID token', () => selfSigned()],
    ['the public key as an HMAC secret', 'Bad ID token', () => hmacWithPublicKey()],
    ['too many bytes', 'Bad ID token', () => issuer.sign({ ...ADA, name: 'x'.repeat(20_000) })],
    ['no form', 'Bad ID token', () => 'not.a.token'],
    ['nothing', 'id_token required', () => ''],
  ])('with %s is refused: %s', async (_what, message, token, more = {}) => {
    expect(await present({ id_token: await token(), ...more })).toMatchObject({ status: 400, body: { msg: message } });
    expect(await identity.project.sql('select from auth.users')).toHaveLength(0);
  });

  test('of a provider that is off or cannot be reached is refused', async () => {
    const idToken = await issuer.sign(ADA);
    expect(await present({ id_token: idToken, provider: 'custom:off' })).toMatchObject({
      body: { error_code: 'provider_disabled' },
    });
    expect(await present({ id_token: idToken, provider: 'google' })).toMatchObject({
      body: { error_code: 'provider_disabled' },
    });
    expect(await present({ id_token: idToken, provider: '' })).toMatchObject({
      body: { error_code: 'validation_failed' },
    });
    expect((await present({ id_token: idToken, provider: 'custom:private' })).status).toBe(503);
  });
});

function tamper(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'victim' })).toString('base64url');
  return [header, changed, signature].join('.');
}

async function selfSigned(): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  return new SignJWT({ ...ADA, iss: issuer.issuer, aud: CLIENT, sub: 'x' })
    .setProtectedHeader({ alg: 'ES256', jwk, jku: `${other.issuer}/jwks` })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
}

async function hmacWithPublicKey(): Promise<string> {
  const { keys } = (await (await fetch(`${issuer.issuer}/jwks`)).json()) as { keys: { kid: string }[] };
  const header = { alg: 'HS256', kid: keys[0]?.kid };
  const claims = { ...ADA, iss: issuer.issuer, aud: CLIENT, sub: 'x', iat: hours(0), exp: hours(1) };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${createHmac('sha256', JSON.stringify(keys[0])).update(text).digest('base64url')}`;
}
