import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { API_VERSION, createIdentityFixture, PUBLIC_URL, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture();
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql('delete from auth.users');
});

const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/);
const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

test('signing up with confirmation off answers a session with the user', async () => {
  const body = { email: ' Ada@Example.com ', password: 'secret1', data: { name: 'Ada' }, unknown: 1 };
  const answer = await identity.ask({ url: '/signup', body, token: identity.anonToken, headers: API_VERSION });
  expect(answer.status).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.body).toEqual({
    access_token: expect.any(String),
    token_type: 'bearer',
    expires_in: 3600,
    expires_at: Math.floor(identity.clock.now.getTime() / 1000) + 3600,
    refresh_token: expect.stringMatching(/^[\w-]{32}$/),
    user: {
      id: UUID,
      aud: 'authenticated',
      role: 'authenticated',
      email: 'ada@example.com',
      phone: '',
      email_confirmed_at: INSTANT,
      confirmed_at: INSTANT,
      last_sign_in_at: INSTANT,
      app_metadata: { provider: 'email', providers: ['email'] },
      user_metadata: {
        name: 'Ada',
        sub: answer.body.user.id,
        email: 'ada@example.com',
        email_verified: true,
        phone_verified: false,
      },
      identities: [
        {
          identity_id: UUID,
          id: answer.body.user.id,
          user_id: answer.body.user.id,
          identity_data: {
            sub: answer.body.user.id,
            email: 'ada@example.com',
            email_verified: false,
            phone_verified: false,
          },
          provider: 'email',
          last_sign_in_at: INSTANT,
          created_at: INSTANT,
          updated_at: INSTANT,
          email: 'ada@example.com',
        },
      ],
      created_at: INSTANT,
      updated_at: INSTANT,
      is_anonymous: false,
    },
  });
});

test('the access token carries the claims policies read', async () => {
  const { access_token: token, user } = await identity.signUp('ada@example.com');
  const seconds = Math.floor(identity.clock.now.getTime() / 1000);
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
  expect(decodeJwt(token)).toEqual({
    iss: `${PUBLIC_URL}/auth/v1`,
    sub: user.id,
    aud: 'authenticated',
    exp: seconds + 3600,
    iat: seconds,
    email: 'ada@example.com',
    phone: '',
    app_metadata: user.app_metadata,
    user_metadata: user.user_metadata,
    role: 'authenticated',
    aal: 'aal1',
    amr: [{ method: 'password', timestamp: seconds }],
    session_id: UUID,
    is_anonymous: false,
  });
});

test('an address that is taken is refused, whatever its case', async () => {
  await identity.signUp('ada@example.com');
  const again = await identity.ask({ url: '/signup', body: { email: 'ADA@example.com', password: 'secret2' } });
  expect(again).toMatchObject({
    status: 422,
    body: { code: 422, error_code: 'user_already_exists', msg: 'User already registered' },
  });
});

test('an address a seed wrote in mixed case is taken too', async () => {
  await identity.project.sql(`insert into auth.users (email, email_confirmed_at) values ('Ada@Example.com', now())`);
  const ask = { body: { email: 'ada@example.com', password: 'secret1' } };
  expect((await identity.ask({ ...ask, url: '/signup' })).body.error_code).toBe('user_already_exists');
  const made = await identity.ask({ ...ask, url: '/admin/users', token: identity.serviceToken });
  expect(made.body.error_code).toBe('email_exists');
});

test('a trigger that swallows the row is no taken address', async () => {
  await identity.project.sql(`
    create function public.swallow() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger swallow before insert on auth.users for each row execute function public.swallow();`);
  const answer = await identity.ask({ url: '/signup', body: { email: 'a@b.co', password: 'secret1' } });
  await identity.project.sql('drop trigger swallow on auth.users; drop function public.swallow');
  expect(answer).toMatchObject({ status: 500, body: { msg: 'Database error saving new user' } });
});

test('of twenty sign-ups of one address at once exactly one makes the account', async () => {
  const body = { email: 'race@example.com', password: 'secret1' };
  const answers = await Promise.all(Array.from({ length: 20 }, () => identity.ask({ url: '/signup', body })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ body: { error_code: code } }) => code === 'user_already_exists')).toHaveLength(19);
  expect(await identity.project.sql('select count(*)::int as users from auth.users')).toEqual([{ users: 1 }]);
});

test('an account an administrator left unconfirmed cannot be taken over by signing up again', async () => {
  const body = { email: 'ada@example.com', password: 'secret1' };
  await identity.ask({ url: '/admin/users', body, token: identity.serviceToken });
  const answer = await identity.ask({ url: '/signup', body: { ...body, password: 'stolen1' } });
  expect(answer).toMatchObject({ status: 422, body: { error_code: 'user_already_exists' } });
});

test.each([
  ['no password', { email: 'a@b.co' }, 400, 'validation_failed', 'Signup requires a valid password'],
  [
    'a short password',
    { email: 'a@b.co', password: 'five5' },
    422,
    'weak_password',
    'Password should be at least 6 characters.',
  ],
  [
    'a long password',
    { email: 'a@b.co', password: 'x'.repeat(73) },
    400,
    'validation_failed',
    'Password cannot be longer than 72 characters',
  ],
  [
    'a broken address',
    { email: 'a@b@c', password: 'secret1' },
    400,
    'validation_failed',
    'Unable to validate email address: invalid format',
  ],
  [
    'address and number',
    { email: 'a@b.co', phone: '4915', password: 'secret1' },
    400,
    'validation_failed',
    'Only an email address or phone number should be provided on signup.',
  ],
  [
    'a number',
    { phone: '+4915112345', password: 'secret1' },
    400,
    'phone_provider_disabled',
    'Phone signups are disabled',
  ],
  [
    'half of PKCE',
    { email: 'a@b.co', password: 'secret1', code_challenge: 'x'.repeat(43) },
    400,
    'validation_failed',
    'PKCE flow requires code_challenge_method and code_challenge',
  ],
  [
    'a password of another type',
    { email: 'a@b.co', password: 1 },
    400,
    'bad_json',
    expect.stringContaining('password'),
  ],
  ['data that is a list', { email: 'a@b.co', password: 'secret1', data: [] }, 400, 'bad_json', expect.any(String)],
  [
    'a NUL in the data',
    { email: 'a@b.co', password: 'secret1', data: { a: ['\0'] } },
    400,
    'validation_failed',
    expect.any(String),
  ],
  [
    'half a surrogate pair',
    { email: 'a@b.co', password: 'secret1', data: { '\ud800': 1 } },
    400,
    'validation_failed',
    expect.any(String),
  ],
  ['no body', undefined, 400, 'bad_json', 'Could not parse request body as JSON: EOF'],
  ['a list', [], 400, 'bad_json', 'Could not parse request body as JSON: expected an object'],
  ['a broken text', '{"email":', 400, 'bad_json', 'Could not parse request body as JSON: not valid JSON'],
  ['a deep text', `{"data":${'['.repeat(5000)}${']'.repeat(5000)}}`, 400, 'validation_failed', expect.any(String)],
])('%s is refused at sign-up', async (_name, body, status, code, message) => {
  const answer = await identity.ask({ url: '/signup', headers: API_VERSION, ...(body === undefined ? {} : { body }) });
  expect(answer).toMatchObject({ status, body: { code, message } });
  expect(answer.headers).toMatchObject({ 'x-sb-error-code': code, 'x-supabase-api-version': '2024-01-01' });
});

test('a weak password is told with its reasons in both error shapes', async () => {
  const ask = { url: '/signup', body: { email: 'a@b.co', password: 'x' } };
  const weak_password = { reasons: ['length'] };
  expect((await identity.ask({ ...ask, headers: API_VERSION })).body).toMatchObject({ weak_password });
  expect((await identity.ask(ask)).body).toEqual({
    code: 422,
    error_code: 'weak_password',
    msg: 'Password should be at least 6 characters.',
    weak_password,
  });
});

test('a trigger of the application fires in the transaction, and what it changes is in the token', async () => {
  await identity.project.sql(`
    create table public.profiles (id uuid primary key references auth.users on delete cascade, email text);
    create function public.make_profile() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      insert into public.profiles values (new.id, new.email);
      update auth.users set raw_app_meta_data = raw_app_meta_data || '{"plan":"free"}' where id = new.id;
      return new;
    end $$;
    create trigger on_signup after insert on auth.users for each row execute function public.make_profile();`);
  const { user, access_token: token } = await identity.signUp('ada@example.com');
  expect(await identity.project.sql('select id, email from public.profiles')).toEqual([
    { id: user.id, email: 'ada@example.com' },
  ]);
  expect(decodeJwt(token).app_metadata).toMatchObject({ plan: 'free' });
  await identity.project.sql(
    'drop trigger on_signup on auth.users; drop function public.make_profile; drop table public.profiles',
  );
});

test.each([
  ['at once', 'create trigger refuse after insert on auth.users for each row execute function public.refuse()'],
  [
    'at the commit',
    'create constraint trigger refuse after insert on auth.users deferrable initially deferred for each row execute function public.refuse()',
  ],
])('an exception of a trigger %s undoes the sign-up', async (_when, trigger) => {
  await identity.project.sql(`
    create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
    ${trigger}`);
  const answer = await identity.ask({
    url: '/signup',
    headers: API_VERSION,
    body: { email: 'a@b.co', password: 'secret1' },
  });
  await identity.project.sql('drop trigger refuse on auth.users; drop function public.refuse');
  expect(answer).toMatchObject({
    status: 500,
    body: { code: 'unexpected_failure', message: 'Database error saving new user' },
  });
  expect(await identity.project.sql('select id from auth.users')).toEqual([]);
  expect(identity.observed.some(({ kind }) => kind === 'request.failed')).toBe(true);
});

test('an anonymous user has a session, no identity and no address', async () => {
  const { status, body } = await identity.ask({ url: '/signup', body: { data: { theme: 'dark' } } });
  expect(status).toBe(200);
  expect(body.user).toMatchObject({
    is_anonymous: true,
    email: '',
    phone: '',
    identities: [],
    app_metadata: {},
    user_metadata: { theme: 'dark' },
  });
  expect(decodeJwt(body.access_token)).toMatchObject({ is_anonymous: true, amr: [{ method: 'anonymous' }] });
});

test('every sign-up leaves an audit row', async () => {
  const { user } = await identity.signUp('ada@example.com');
  const [row] = await identity.project.sql<{ payload: unknown; ip_address: string }>(
    `select payload, ip_address from auth.audit_log_entries where payload ->> 'actor_id' = $1`,
    [user.id],
  );
  expect(row).toEqual({
    ip_address: '203.0.113.7',
    payload: {
      action: 'user_signedup',
      actor_id: user.id,
      actor_username: 'ada@example.com',
      actor_via_sso: false,
      log_type: 'team',
      traits: { provider: 'email' },
    },
  });
});
