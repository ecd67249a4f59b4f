import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_VERSION, createIdentityFixture, type IdentityFixture } from './identity-fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture({
    asymmetric: true,
    auth: { autoconfirmEmail: false, anonymousEnabled: false },
  });
});
afterAll(() => identity.close());

test('the key set holds public members only, and verifies the tokens that are issued', async () => {
  const { status, headers, body } = await identity.ask({ method: 'GET', url: '/.well-known/jwks.json' });
  expect(status).toBe(200);
  expect(headers['cache-control']).toBe('public, max-age=600');
  expect(body.keys).toEqual([
    {
      kty: 'EC',
      crv: 'P-256',
      alg: 'ES256',
      kid: 'key-1',
      use: 'sig',
      key_ops: ['verify'],
      x: expect.any(String) as string,
      y: expect.any(String) as string,
    },
  ]);
  const user = { email: 'keys@example.com', password: 'secret1', email_confirm: true };
  await identity.ask({ url: '/admin/users', token: identity.serviceToken, body: user });
  const session = await identity.ask({ url: '/token?grant_type=password', body: user });
  const verified = await jwtVerify(session.body.access_token, createLocalJWKSet(body));
  expect(verified.protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'key-1' });
});

test('a sign-up to be confirmed answers the bare user', async () => {
  const body = { email: 'ada@example.com', password: 'secret1', data: { name: 'Ada' } };
  const answer = await identity.ask({ url: '/signup', body, headers: API_VERSION });
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    email: 'ada@example.com',
    confirmation_sent_at: expect.any(String) as string,
    identities: [{ provider: 'email' }],
    user_metadata: { name: 'Ada', email_verified: false },
  });
  expect(answer.body).not.toHaveProperty('access_token');
  expect(answer.body).not.toHaveProperty('email_confirmed_at');
  expect(identity.observed).toContainEqual(
    expect.objectContaining({ event: 'confirmation-requested', subject: answer.body.id }),
  );
  const [token] = await identity.project.sql(
    `select t.token_hash = u.confirmation_token as same, t.relates_to from auth.one_time_tokens t join auth.users u on u.id = t.user_id where u.id = $1`,
    [answer.body.id],
  );
  expect(token).toEqual({ same: true, relates_to: 'ada@example.com' });
  const again = await identity.ask({ url: '/signup', body: { ...body, password: 'other12' } });
  expect(again).toMatchObject({ status: 200, body: { id: answer.body.id } });
});

test('a confirmed address answers a stranger with a made-up user of the same shape', async () => {
  const made = { email: 'bob@example.com', password: 'secret1' };
  const fresh = await identity.ask({ url: '/signup', body: made });
  await identity.project.sql(`update auth.users set email_confirmed_at = now() where email = 'bob@example.com'`);
  const again = await identity.ask({ url: '/signup', body: made });
  expect(again.status).toBe(200);
  expect(again.body.id).not.toBe(fresh.body.id);
  expect(again.body.identities).toEqual([]);
  expect(Object.keys(again.body)).toEqual(Object.keys(fresh.body));
});

test('an address to be confirmed stays pending', async () => {
  const user = { email: 'eve@example.com', password: 'secret1', email_confirm: true };
  await identity.ask({ url: '/admin/users', token: identity.serviceToken, body: user });
  const session = await identity.ask({ url: '/token?grant_type=password', body: user });
  const answer = await identity.ask({
    method: 'PUT',
    url: '/user',
    token: session.body.access_token,
    body: { email: 'eva@example.com' },
  });
  expect(answer.body).toMatchObject({ email: 'eve@example.com', new_email: 'eva@example.com' });
});

test('what a project has switched off is refused and shown in its settings', async () => {
  expect(await identity.ask({ url: '/signup', body: {}, headers: API_VERSION })).toMatchObject({
    status: 422,
    body: { code: 'anonymous_provider_disabled', message: 'Anonymous sign-ins are disabled' },
  });
  expect((await identity.ask({ method: 'GET', url: '/settings' })).body).toMatchObject({
    external: { email: true, phone: false, anonymous_users: false, github: false },
    disable_signup: false,
    mailer_autoconfirm: false,
    saml_enabled: false,
  });
});

test('health tells the dialect', async () => {
  expect(await identity.ask({ method: 'GET', url: '/health' })).toMatchObject({
    status: 200,
    body: { name: 'GoTrue' },
  });
  expect((await identity.ask({ method: 'HEAD', url: '/health' })).status).toBe(200);
});

test.each([
  ['GET', '/authorize?provider=github', 400, 'validation_failed'],
  ['GET', '/user/identities/authorize?provider=github', 401, 'no_authorization'],
  ['GET', '/nowhere', 404, 'unknown'],
  ['DELETE', '/token', 404, 'unknown'],
] as const)('%s %s is refused rather than pretended', async (method, url, status, code) => {
  expect(await identity.ask({ method, url, headers: API_VERSION })).toMatchObject({ status, body: { code } });
});

test('a key nobody issued is refused before the endpoint, but not where browsers come without one', async () => {
  const refusal = { reason: 'key-unknown', message: 'Invalid API key' } as const;
  expect(await identity.ask({ method: 'GET', url: '/settings', refusal })).toMatchObject({
    status: 401,
    body: { message: 'Invalid API key' },
  });
  expect((await identity.ask({ method: 'GET', url: '/.well-known/jwks.json', refusal })).status).toBe(200);
});

test('an expired bearer does not keep anybody from signing in', async () => {
  const user = { email: 'old@example.com', password: 'secret1', email_confirm: true };
  await identity.ask({ url: '/admin/users', token: identity.serviceToken, body: user });
  const refusal = { reason: 'token-expired', message: 'JWT expired' } as const;
  expect((await identity.ask({ url: '/token?grant_type=password', body: user, refusal })).status).toBe(200);
});

test.each(['text/plain', 'application/x-www-form-urlencoded'])('a body is JSON even as %s', async (type) => {
  const body = JSON.stringify({ email: 'nobody@example.com', password: 'secret1' });
  const answer = await identity.ask({ url: '/token?grant_type=password', body, headers: { 'content-type': type } });
  expect(answer).toMatchObject({ status: 400, body: { error_code: 'invalid_credentials' } });
});

test('a body without a content type is JSON too', async () => {
  const url = `${await identity.listen()}/auth/v1/token?grant_type=password`;
  const body = new TextEncoder().encode(JSON.stringify({ email: 'nobody@example.com', password: 'secret1' }));
  const response = await fetch(url, { method: 'POST', body, headers: await identity.doorHeaders(undefined) });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error_code: 'invalid_credentials' });
});

test('a body beyond a megabyte is refused in this service’s words', async () => {
  const body = JSON.stringify({ email: 'a@b.co', password: 'x'.repeat(1_100_000) });
  expect(await identity.ask({ url: '/signup', body, headers: API_VERSION })).toMatchObject({
    status: 413,
    body: { code: 'request_entity_too_large' },
  });
});

test('the claims functions read what a request sets, in either form', async () => {
  const sub = '7f1d2b1e-0c7a-4f5e-9d5e-0a1b2c3d4e5f';
  const read = 'select auth.uid(), auth.role(), auth.email(), auth.jwt()';
  const settings = [['request.jwt.claims', JSON.stringify({ sub, role: 'authenticated', email: 'a@b.co' })]] as const;
  const { rows } = await identity.project.database.transaction(
    { login: 'authenticator', role: 'authenticated', settings },
    (tx) => tx.query(read),
  );
  expect(rows).toEqual([{ uid: sub, role: 'authenticated', email: 'a@b.co', jwt: JSON.parse(settings[0][1]) }]);
  const legacy = await identity.project.database.transaction(
    { login: 'authenticator', role: 'anon', settings: [['request.jwt.claim.sub', sub]] },
    (tx) => tx.query(read),
  );
  expect(legacy.rows).toEqual([{ uid: sub, role: null, email: null, jwt: null }]);
});
