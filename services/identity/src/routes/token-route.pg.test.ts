import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { API_VERSION, createIdentityFixture, type Answer, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture();
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql('delete from auth.users');
});

function signIn(body: object): Promise<Answer> {
  return identity.ask({ url: '/token?grant_type=password', body, headers: API_VERSION });
}

function refresh(token: string): Promise<Answer> {
  return identity.ask({ url: '/token?grant_type=refresh_token', body: { refresh_token: token }, headers: API_VERSION });
}

function later(seconds: number): void {
  identity.clock.now = new Date(identity.clock.now.getTime() + seconds * 1000);
}

const refused = (status: number, code: string, message: string): object => ({ status, body: { code, message } });
const ALREADY_USED = refused(400, 'refresh_token_already_used', 'Invalid Refresh Token: Already Used');
const NOT_FOUND = refused(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found');
const WRONG = refused(400, 'invalid_credentials', 'Invalid login credentials');

test('the right password opens a session of its own', async () => {
  const first = await identity.signUp('ada@example.com');
  const answer = await signIn({ email: 'Ada@Example.com', password: 'secret1' });
  expect(answer.status).toBe(200);
  expect(answer.body.user.id).toBe(first.user.id);
  expect(decodeJwt(answer.body.access_token).session_id).not.toBe(decodeJwt(first.access_token).session_id);
});

test('a wrong password, an unknown address and an account without a password are refused alike', async () => {
  await identity.signUp('ada@example.com');
  await identity.project.sql(`insert into auth.users (email, email_confirmed_at) values ('none@example.com', now())`);
  for (const email of ['ada@example.com', 'nobody@example.com', 'none@example.com', 'no address at all']) {
    expect(await signIn({ email, password: 'wrong12' })).toMatchObject(WRONG);
    expect(await signIn({ email })).toMatchObject(WRONG);
  }
});

test('a user a seed inserted with crypt() and gen_salt() signs in', async () => {
  await identity.project.sql(`
    insert into auth.users (id, email, encrypted_password, email_confirmed_at, aud, role, raw_app_meta_data, created_at)
    values (gen_random_uuid(), 'Seed@Example.com', extensions.crypt('secret1', extensions.gen_salt('bf')), now(),
      'authenticated', 'authenticated', null, null)`);
  const answer = await signIn({ email: 'seed@example.com', password: 'secret1' });
  expect(answer).toMatchObject({ status: 200, body: { user: { identities: [], app_metadata: {} } } });
  expect(await signIn({ email: 'seed@example.com', password: 'secret2' })).toMatchObject(WRONG);
});

test('the owner of the project seeds users himself', async () => {
  await identity.project.database.transaction({ login: 'owner', role: 'postgres' }, async (tx) => {
    await tx.query(`
      insert into auth.users (email, encrypted_password, email_confirmed_at, confirmation_token)
      values ('seed@example.com', extensions.crypt('secret1', extensions.gen_salt('bf', 4)), now(), '')`);
  });
  expect(await signIn({ email: 'seed@example.com', password: 'secret1' })).toMatchObject({ status: 200 });
});

test('only who knows the password learns that an account is banned or unconfirmed', async () => {
  await identity.signUp('ada@example.com');
  await identity.project.sql(`update auth.users set banned_until = 'infinity'`);
  expect(await signIn({ email: 'ada@example.com', password: 'wrong12' })).toMatchObject(WRONG);
  expect(await signIn({ email: 'ada@example.com', password: 'secret1' })).toMatchObject(
    refused(400, 'user_banned', 'User is banned'),
  );
  await identity.project.sql('update auth.users set banned_until = null, email_confirmed_at = null');
  expect(await signIn({ email: 'ada@example.com', password: 'secret1' })).toMatchObject(
    refused(400, 'email_not_confirmed', 'Email not confirmed'),
  );
});

test('a number signs in once it is confirmed', async () => {
  const user = { phone: '+4915112345678', password: 'secret1' };
  const made = await identity.ask({ url: '/admin/users', token: identity.serviceToken, body: user });
  expect(await signIn(user)).toMatchObject(refused(422, 'phone_provider_disabled', 'Phone logins are disabled'));
  await identity.configure('phone', { enabled: true });
  expect(await signIn(user)).toMatchObject(refused(400, 'phone_not_confirmed', 'Phone not confirmed'));
  const url = `/admin/users/${made.body.id}`;
  await identity.ask({ method: 'PUT', url, token: identity.serviceToken, body: { phone_confirm: true } });
  expect(await signIn(user)).toMatchObject({ status: 200, body: { user: { phone: '4915112345678' } } });
});

test('a password that today would be too weak signs in with a warning', async () => {
  await identity.project.sql(`
    insert into auth.users (email, encrypted_password, email_confirmed_at)
    values ('ada@example.com', extensions.crypt('old', extensions.gen_salt('bf', 4)), now())`);
  const answer = await signIn({ email: 'ada@example.com', password: 'old' });
  expect(answer).toMatchObject({ status: 200, body: { weak_password: { reasons: ['length'] } } });
});

test.each([
  ['password', {}, 400, 'validation_failed', 'missing email or phone'],
  ['password', { email: 'a@b.co', phone: '49', password: 'x' }, 400, 'validation_failed', expect.any(String)],
  ['refresh_token', {}, 400, 'validation_failed', 'refresh_token required'],
  ['refresh_token', { refresh_token: 'short' }, 400, 'validation_failed', 'Refresh token is not valid'],
  ['refresh_token', { refresh_token: 'x'.repeat(32) }, 400, 'refresh_token_not_found', expect.any(String)],
  ['refresh_token', { refresh_token: 7 }, 400, 'bad_json', expect.any(String)],
  ['pkce', {}, 400, 'validation_failed', 'invalid request: both auth code and code verifier should be non-empty'],
  [
    'pkce',
    { auth_code: 'a', code_verifier: 'b' },
    404,
    'flow_state_not_found',
    'invalid flow state, no valid flow state found',
  ],
  ['id_token', {}, 400, 'validation_failed', 'id_token required'],
  ['', {}, 400, 'invalid_credentials', 'unsupported_grant_type'],
])('grant %s with %j is refused', async (grant, body, status, code, message) => {
  const answer = await identity.ask({ url: `/token?grant_type=${grant}`, body, headers: API_VERSION });
  expect(answer).toMatchObject({ status, body: { code, message } });
});

test('a refresh keeps the session, gives a new pair and stores no token as it is', async () => {
  const first = await identity.signUp('ada@example.com');
  later(60);
  const second = await refresh(first.refresh_token);
  expect(second.status).toBe(200);
  expect(second.body.refresh_token).not.toBe(first.refresh_token);
  const [before, after] = [decodeJwt(first.access_token), decodeJwt(second.body.access_token)];
  expect(after).toMatchObject({
    session_id: before.session_id,
    sub: before.sub,
    amr: before.amr,
    iat: before.iat! + 60,
  });
  const rows = await identity.project.sql<{ token: string; revoked: boolean }>(
    'select token, revoked, parent from auth.refresh_tokens order by id',
  );
  expect(rows.map(({ revoked }) => revoked)).toEqual([true, false]);
  expect(JSON.stringify(rows)).not.toContain(second.body.refresh_token);
});

test('of twenty uses of one token at once one rotates and all are given its pair', async () => {
  const { refresh_token: token } = await identity.signUp('ada@example.com');
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
  const [counted] = await identity.project.sql(
    'select count(*)::int as tokens, count(*) filter (where not revoked)::int as active from auth.refresh_tokens',
  );
  expect(counted).toEqual({ tokens: 2, active: 1 });
});

test('the parent of the active token is answered with the active pair at any time', async () => {
  const { refresh_token: first } = await identity.signUp('ada@example.com');
  const second = await refresh(first);
  later(3600);
  const again = await refresh(first);
  expect(again).toMatchObject({ status: 200, body: { refresh_token: second.body.refresh_token } });
});

test('an older token is good for ten seconds after its rotation', async () => {
  const { refresh_token: first } = await identity.signUp('ada@example.com');
  const second = await refresh(first);
  const third = await refresh(second.body.refresh_token);
  later(10);
  expect(await refresh(first)).toMatchObject({ status: 200, body: { refresh_token: third.body.refresh_token } });
});

test('a token that comes back later ends the whole family', async () => {
  const { refresh_token: first, user } = await identity.signUp('ada@example.com');
  const second = await refresh(first);
  const third = await refresh(second.body.refresh_token);
  later(11);
  expect(await refresh(first)).toMatchObject(ALREADY_USED);
  expect(await refresh(third.body.refresh_token)).toMatchObject(ALREADY_USED);
  expect(identity.observed).toContainEqual(
    expect.objectContaining({ kind: 'identity.security', event: 'refresh-token-reused', subject: user.id }),
  );
});

test('a secret changed between two tabs costs nobody the session', async () => {
  const { refresh_token: first } = await identity.signUp('ada@example.com');
  await refresh(first);
  // As if the active token had been derived from another secret.
  await identity.project.sql(`update auth.refresh_tokens set token = repeat('0', 64) where not revoked`);
  const again = await refresh(first);
  expect(again.status).toBe(200);
  expect(await refresh(again.body.refresh_token)).toMatchObject({ status: 200 });
});

test('a banned user, an ended session and a removed one cannot refresh', async () => {
  const { refresh_token: token } = await identity.signUp('ada@example.com');
  await identity.project.sql(`update auth.users set banned_until = '2999-01-01'`);
  expect(await refresh(token)).toMatchObject(refused(400, 'user_banned', 'Invalid Refresh Token: User Banned'));
  await identity.project.sql(
    `update auth.users set banned_until = null; update auth.sessions set not_after = '2001-01-01'`,
  );
  expect(await refresh(token)).toMatchObject(refused(400, 'session_expired', 'Invalid Refresh Token: Session Expired'));
  await identity.project.sql('delete from auth.sessions');
  expect(await refresh(token)).toMatchObject(NOT_FOUND);
});

test('what the database keeps of a token is no token', async () => {
  await identity.signUp('ada@example.com');
  const [row] = await identity.project.sql<{ token: string }>('select token from auth.refresh_tokens');
  expect(await refresh(row?.token ?? '')).toMatchObject(NOT_FOUND);
});
