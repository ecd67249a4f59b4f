import { decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  API_VERSION,
  createIdentityFixture,
  JWT_SECRET,
  type Answer,
  type IdentityFixture,
} from '../identity-fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture();
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql('delete from auth.users');
});

function getUser(token?: string): Promise<Answer> {
  return identity.ask({ method: 'GET', url: '/user', headers: API_VERSION, ...(token === undefined ? {} : { token }) });
}

function putUser(token: string, body: object): Promise<Answer> {
  return identity.ask({ method: 'PUT', url: '/user', body, token, headers: API_VERSION });
}

function signIn(password: string, email = 'ada@example.com'): Promise<Answer> {
  return identity.ask({ url: '/token?grant_type=password', body: { email, password } });
}

function sign(claims: Record<string, unknown>, expires = '1h', secret = JWT_SECRET): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret));
}

const refused = (status: number, code: string, message: string): object => ({ status, body: { code, message } });

test('the user of a live session is told', async () => {
  const { access_token: token, user } = await identity.signUp('ada@example.com');
  expect(await getUser(token)).toMatchObject({ status: 200, body: user });
});

test('a call without a user is refused in the words of its cause', async () => {
  const { access_token: token, user } = await identity.signUp('ada@example.com');
  const { session_id: sessionId } = decodeJwt(token);
  expect(await getUser()).toMatchObject(
    refused(401, 'no_authorization', 'This endpoint requires a valid Bearer token'),
  );
  expect(await getUser(identity.anonToken)).toMatchObject(refused(403, 'bad_jwt', 'invalid claim: missing sub claim'));
  expect(await getUser(await sign({ sub: 'x' }))).toMatchObject(
    refused(403, 'bad_jwt', 'invalid claim: sub claim must be a UUID'),
  );
  expect(await getUser(await sign({ sub: user.id }, '1h', 'x'.repeat(40)))).toMatchObject(
    refused(403, 'bad_jwt', expect.stringMatching(/^invalid JWT: unable to parse or verify signature, .+/) as string),
  );
  expect(await getUser(await sign({ sub: user.id }, '-1m'))).toMatchObject(
    refused(403, 'bad_jwt', expect.stringContaining('token is expired') as string),
  );
  expect(await getUser(await sign({ sub: sessionId, session_id: sessionId }))).toMatchObject(
    refused(403, 'user_not_found', 'User from sub claim in JWT does not exist'),
  );
  expect(await getUser(await sign({ sub: user.id, session_id: user.id }))).toMatchObject(
    refused(403, 'session_not_found', 'Session from session_id claim in JWT does not exist'),
  );
  await identity.project.sql(`update auth.users set banned_until = '2999-01-01'`);
  expect(await getUser(token)).toMatchObject(refused(403, 'user_banned', 'User is banned'));
});

test("another user's session does not carry a token", async () => {
  const ada = await identity.signUp('ada@example.com');
  const bob = await identity.signUp('bob@example.com');
  const { session_id: sessionId } = decodeJwt(bob.access_token);
  expect(await getUser(await sign({ sub: ada.user.id, session_id: sessionId }))).toMatchObject({
    status: 403,
    body: { code: 'session_not_found' },
  });
});

test('data is merged into the metadata, and null takes a key away', async () => {
  const { access_token: token } = await identity.signUp('ada@example.com');
  await putUser(token, { data: { name: 'Ada', theme: 'dark' } });
  const { body } = await putUser(token, { data: { theme: null, age: 36 } });
  expect(body.user_metadata).toMatchObject({ name: 'Ada', age: 36, email: 'ada@example.com' });
  expect(body.user_metadata).not.toHaveProperty('theme');
  const app = await putUser(token, { app_metadata: { role: 'admin' } });
  expect(app.body.app_metadata).toEqual({ provider: 'email', providers: ['email'] });
});

test('of ten changes at once none is lost', async () => {
  const { access_token: token } = await identity.signUp('ada@example.com');
  await Promise.all(Array.from({ length: 10 }, (_, index) => putUser(token, { data: { [`key${index}`]: index } })));
  const { body } = await getUser(token);
  expect(Object.keys(body.user_metadata).filter((key) => key.startsWith('key'))).toHaveLength(10);
});

test('a new password replaces the old one and keeps the session', async () => {
  const { access_token: token } = await identity.signUp('ada@example.com');
  expect(await putUser(token, { password: 'secret1' })).toMatchObject(
    refused(422, 'same_password', 'New password should be different from the old password.'),
  );
  expect(await putUser(token, { password: 'x' })).toMatchObject({ status: 422, body: { code: 'weak_password' } });
  expect(await putUser(token, { password: 'secret2' })).toMatchObject({ status: 200 });
  expect((await signIn('secret1')).status).toBe(400);
  expect((await signIn('secret2')).status).toBe(200);
  expect((await getUser(token)).status).toBe(200);
});

test('an address changes at once where addresses need no confirmation', async () => {
  const { access_token: token, user } = await identity.signUp('ada@example.com');
  await identity.signUp('bob@example.com');
  expect(await putUser(token, { email: 'Bob@example.com' })).toMatchObject(
    refused(422, 'email_exists', 'A user with this email address has already been registered'),
  );
  const changed = await putUser(token, { email: 'lovelace@example.com' });
  expect(changed).toMatchObject({
    status: 200,
    body: { id: user.id, email: 'lovelace@example.com', identities: [{ email: 'lovelace@example.com' }] },
  });
  expect((await signIn('secret1', 'lovelace@example.com')).status).toBe(200);
});

test('a seeded identity filed under its address follows a change of address', async () => {
  const { access_token: token } = await identity.signUp('ada@example.com');
  await identity.project.sql(`update auth.identities set provider_id = 'ada@example.com'`);
  const changed = await putUser(token, { email: 'new@example.com' });
  expect(changed.body.identities).toHaveLength(1);
  expect(changed.body.identities[0]).toMatchObject({
    email: 'new@example.com',
    identity_data: { email: 'new@example.com' },
  });
});

test('an anonymous user becomes permanent with an address', async () => {
  const { body: anonymous } = await identity.ask({ url: '/signup', body: {} });
  expect(await putUser(anonymous.access_token, { password: 'secret1' })).toMatchObject({
    status: 422,
    body: { code: 'validation_failed' },
  });
  const upgraded = await putUser(anonymous.access_token, { email: 'ada@example.com', password: 'secret1' });
  expect(upgraded.body).toMatchObject({
    id: anonymous.user.id,
    is_anonymous: false,
    email: 'ada@example.com',
    app_metadata: { provider: 'email', providers: ['email'] },
    identities: [{ provider: 'email' }],
  });
  expect((await signIn('secret1')).status).toBe(200);
});

test('with a verified factor credentials need a session of the second level', async () => {
  const { access_token: token, user } = await identity.signUp('ada@example.com');
  await identity.project.sql(
    `insert into auth.mfa_factors (id, user_id, factor_type, status) values (gen_random_uuid(), $1, 'totp', 'verified')`,
    [user.id],
  );
  expect(await putUser(token, { password: 'secret2' })).toMatchObject({
    status: 401,
    body: { code: 'insufficient_aal' },
  });
  expect((await putUser(token, { data: { a: 1 } })).body.factors).toMatchObject([
    { factor_type: 'totp', status: 'verified' },
  ]);
});

test('a trigger that refuses an update leaves everything as it was', async () => {
  const { access_token: token } = await identity.signUp('ada@example.com');
  await identity.project.sql(`
    create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
    create trigger refuse before update on auth.users for each row execute function public.refuse();`);
  const answer = await putUser(token, { data: { a: 1 } });
  await identity.project.sql('drop trigger refuse on auth.users; drop function public.refuse');
  expect(answer).toMatchObject(refused(500, 'unexpected_failure', 'Database error updating user'));
  expect((await getUser(token)).body.user_metadata).not.toHaveProperty('a');
});

test.each([
  ['local', 403, 200],
  ['others', 200, 403],
  ['global', 403, 403],
  ['', 403, 403],
])('signing out with scope "%s" ends the right sessions', async (scope, own, other) => {
  const first = await identity.signUp('ada@example.com');
  const second = (await signIn('secret1')).body;
  const url = scope === '' ? '/logout' : `/logout?scope=${scope}`;
  const answer = await identity.ask({ url, token: first.access_token });
  expect(answer).toMatchObject({ status: 204, body: null });
  expect((await getUser(first.access_token)).status).toBe(own);
  expect((await getUser(second.access_token)).status).toBe(other);
});

test('signing out with an unknown scope or a dead session is refused', async () => {
  const { access_token: token } = await identity.signUp('ada@example.com');
  expect(await identity.ask({ url: '/logout?scope=all', token })).toMatchObject({
    status: 400,
    body: { error_code: 'validation_failed', msg: 'Unsupported logout scope "all"' },
  });
  await identity.ask({ url: '/logout', token });
  expect(await identity.ask({ url: '/logout', token })).toMatchObject({
    status: 403,
    body: { error_code: 'session_not_found' },
  });
});
