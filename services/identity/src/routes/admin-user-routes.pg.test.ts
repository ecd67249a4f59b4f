import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  API_VERSION,
  createIdentityFixture,
  PUBLIC_URL,
  type Answer,
  type Ask,
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

function admin(method: NonNullable<Ask['method']>, path: string, body?: object): Promise<Answer> {
  const url = `/admin/users${path}`;
  const sent = body === undefined ? {} : { body };
  return identity.ask({ method, url, token: identity.serviceToken, headers: API_VERSION, ...sent });
}

function signIn(email: string, password: string): Promise<Answer> {
  return identity.ask({ url: '/token?grant_type=password', body: { email, password } });
}

test('only the service role administers users', async () => {
  const { access_token: token } = await identity.signUp('ada@example.com');
  const url = '/admin/users';
  expect(await identity.ask({ method: 'GET', url })).toMatchObject({
    status: 401,
    body: { error_code: 'no_authorization' },
  });
  for (const bearer of [token, identity.anonToken]) {
    expect(await identity.ask({ method: 'GET', url, token: bearer })).toMatchObject({
      status: 403,
      body: { error_code: 'not_admin', msg: 'User not allowed' },
    });
  }
  expect(await identity.ask({ method: 'GET', url, token: 'not.a.token' })).toMatchObject({
    status: 403,
    body: { error_code: 'bad_jwt' },
  });
});

test('an administrator makes a confirmed account with metadata and a ban', async () => {
  const made = await admin('POST', '', {
    email: 'Ada@example.com',
    password: 'secret1',
    email_confirm: true,
    user_metadata: { name: 'Ada' },
    app_metadata: { plan: 'pro' },
    ban_duration: '24h',
  });
  expect(made).toMatchObject({
    status: 200,
    body: {
      email: 'ada@example.com',
      email_confirmed_at: expect.any(String) as string,
      banned_until: new Date(identity.clock.now.getTime() + 86_400_000).toISOString(),
      user_metadata: { name: 'Ada', email_verified: true },
      app_metadata: { provider: 'email', providers: ['email'], plan: 'pro' },
      identities: [{ provider: 'email' }],
    },
  });
  expect((await signIn('ada@example.com', 'secret1')).body.error_code).toBe('user_banned');
  expect((await admin('PUT', `/${made.body.id}`, { ban_duration: 'none' })).body).not.toHaveProperty('banned_until');
  expect((await signIn('ada@example.com', 'secret1')).status).toBe(200);
});

test('an administrator gives an id and a hash made elsewhere', async () => {
  const id = '7f1d2b1e-0c7a-4f5e-9d5e-0a1b2c3d4e5f';
  const hash = '$2b$04$abcdefghijklmnopqrstuuVUEyo6sK6AdDd8xhzLZDRsSjb4cZ4Ia';
  const made = await admin('POST', '', { id, email: 'ada@example.com', password_hash: hash });
  expect(made).toMatchObject({ status: 200, body: { id } });
  expect((await admin('POST', '', { id, email: 'bob@example.com' })).body.code).toBe('user_already_exists');
  expect((await admin('POST', '', { email: 'bob@example.com', password_hash: 'md5' })).body.code).toBe(
    'validation_failed',
  );
});

test('addresses and numbers of others are refused', async () => {
  await admin('POST', '', { email: 'ada@example.com', phone: '+4915112345' });
  const bob = await admin('POST', '', { email: 'bob@example.com' });
  expect(bob.body).not.toHaveProperty('email_confirmed_at');
  expect(await admin('POST', '', { email: 'ADA@example.com' })).toMatchObject({
    status: 422,
    body: { code: 'email_exists' },
  });
  expect(await admin('POST', '', { phone: '4915112345' })).toMatchObject({
    status: 422,
    body: { code: 'phone_exists' },
  });
  const path = `/${bob.body.id}`;
  expect(await admin('PUT', path, { email: 'ada@example.com' })).toMatchObject({
    status: 422,
    body: { code: 'email_exists' },
  });
  expect(await admin('PUT', path, { phone: '4915112345' })).toMatchObject({
    status: 422,
    body: { code: 'phone_exists' },
  });
});

test.each([
  [{}, 'Cannot create a user without either an email or phone'],
  [{ email: 'x' }, 'Unable to validate email address: invalid format'],
  [{ phone: 'x' }, 'Invalid phone number format (E.164 required)'],
  [{ email: 'a@b.co', id: 'x' }, expect.any(String)],
  [{ email: 'a@b.co', ban_duration: 'soon' }, expect.stringContaining('invalid format for ban duration')],
])('an account of %j is refused', async (body, message) => {
  expect(await admin('POST', '', body)).toMatchObject({ status: 400, body: { code: 'validation_failed', message } });
});

test('an administrator changes everything of an account', async () => {
  const { user } = await identity.signUp('ada@example.com');
  const changed = await admin('PUT', `/${user.id}`, {
    email: 'new@example.com',
    password: 'secret2',
    role: 'editor',
    user_metadata: { name: 'Ada' },
    app_metadata: { roles: ['x'], provider: null },
  });
  expect(changed).toMatchObject({
    status: 200,
    body: { email: 'new@example.com', role: 'editor', user_metadata: { name: 'Ada' }, app_metadata: { roles: ['x'] } },
  });
  expect(changed.body.app_metadata).not.toHaveProperty('provider');
  expect((await signIn('new@example.com', 'secret2')).status).toBe(200);
});

test('a removed account is gone with its sessions, and its token with it', async () => {
  const { user, access_token: token } = await identity.signUp('ada@example.com');
  expect(await admin('DELETE', `/${user.id}`)).toMatchObject({ status: 200, body: {} });
  expect(await admin('GET', `/${user.id}`)).toMatchObject({
    status: 404,
    body: { code: 'user_not_found', message: 'User not found' },
  });
  expect((await identity.ask({ method: 'GET', url: '/user', token })).body.error_code).toBe('user_not_found');
  expect((await admin('DELETE', `/${user.id}`)).status).toBe(404);
  expect((await admin('PUT', `/${user.id}`, {})).status).toBe(404);
  expect(await admin('GET', '/not-a-uuid')).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
});

test('an account others reference cannot be removed, and says so', async () => {
  const { user } = await identity.signUp('ada@example.com');
  await identity.project.sql(`create table public.notes (author uuid references auth.users);`);
  await identity.project.sql('insert into public.notes values ($1)', [user.id]);
  const answer = await admin('DELETE', `/${user.id}`);
  await identity.project.sql('drop table public.notes');
  expect(answer).toMatchObject({ status: 500, body: { message: 'Database error deleting user' } });
});

test('a softly removed account keeps its row, and its address is free again', async () => {
  const { user, refresh_token: token } = await identity.signUp('ada@example.com');
  expect((await admin('DELETE', `/${user.id}`, { should_soft_delete: true })).status).toBe(200);
  const { body } = await admin('GET', `/${user.id}`);
  expect(body).toMatchObject({ deleted_at: expect.any(String) as string, user_metadata: {} });
  expect(JSON.stringify(body)).not.toContain('ada@example.com');
  const refresh = { url: '/token?grant_type=refresh_token', body: { refresh_token: token } };
  expect((await identity.ask(refresh)).status).toBe(400);
  expect((await identity.signUp('ada@example.com')).user.id).not.toBe(user.id);
});

test('users are listed page by page, newest first, with links whose first parameter is the page', async () => {
  for (let index = 1; index <= 5; index += 1) {
    identity.clock.now = new Date(identity.clock.now.getTime() + 1000);
    await admin('POST', '', { email: `user${index}@example.com` });
  }
  const first = await admin('GET', '?page=1&per_page=2');
  expect(first.body).toMatchObject({ aud: 'authenticated' });
  expect(first.body.users.map(({ email }: { email: string }) => email)).toEqual([
    'user5@example.com',
    'user4@example.com',
  ]);
  expect(first.headers).toMatchObject({
    'x-total-count': '5',
    link: `<${PUBLIC_URL}/auth/v1/admin/users?page=2&per_page=2>; rel="next", <${PUBLIC_URL}/auth/v1/admin/users?page=3&per_page=2>; rel="last"`,
  });
  const last = await admin('GET', '?page=3&per_page=2');
  expect(last.body.users).toHaveLength(1);
  expect(last.headers.link).not.toContain('next');
  expect((await admin('GET', '?page=9')).body.users).toEqual([]);
  expect(await admin('GET', '?page=0')).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
});

test('a project whose owner looks at the tables finds no right for API roles', async () => {
  const [row] = await identity.project.sql(`
    select bool_or(has_table_privilege(role, c.oid, 'select, insert, update, delete')) as any_right
    from unnest(array['anon', 'authenticated']) role,
      pg_class c where c.relnamespace = 'auth'::regnamespace and c.relkind = 'r'`);
  expect(row).toEqual({ any_right: false });
});
