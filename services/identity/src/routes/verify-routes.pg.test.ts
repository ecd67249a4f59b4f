import { createHash, randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { codeCalls } from '../code-calls.fixture.ts';
import { createIdentityFixture, type Answer, type IdentityFixture } from '../identity-fixture.ts';
import { fragmentOf, lastMail, pathOf } from '../identity-mailbox.fixture.ts';

const SITE = 'https://app.example';
const ADA = 'ada@example.com';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture({ auth: { autoconfirmEmail: false, siteUrl: SITE } });
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql('delete from auth.users; delete from auth.outbox; delete from auth.address_guards');
});

const { post, later } = codeCalls(() => identity);

function follow(path: string, method: 'GET' | 'HEAD' = 'GET'): Promise<Answer> {
  return identity.ask({ method, url: path });
}

interface Pkce {
  readonly verifier: string;
  readonly members: { readonly code_challenge: string; readonly code_challenge_method: string };
}

function pkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  const code_challenge = createHash('sha256').update(verifier).digest('base64url');
  return { verifier, members: { code_challenge, code_challenge_method: 's256' } };
}

async function signUpLink(query = '', members: object = {}): Promise<string> {
  await post(`/signup${query}`, { email: ADA, password: 'secret1', ...members });
  return pathOf((await lastMail(identity, ADA)).data.confirmationUrl);
}

function exchange(code: string | null, verifier: string): Promise<Answer> {
  return post('/token?grant_type=pkce', { auth_code: code, code_verifier: verifier });
}

test('following a link leads on with a session in the fragment, once', async () => {
  const link = await signUpLink(`?redirect_to=${encodeURIComponent(`${SITE}/welcome?a=1`)}`);
  const answer = await follow(link);
  expect(answer.status).toBe(303);
  expect(answer.headers['location']).toMatch(/^https:\/\/app\.example\/welcome\?a=1#access_token=/);
  const told = fragmentOf(answer.headers['location']);
  expect([...told.keys()]).toEqual([
    'access_token',
    'expires_at',
    'expires_in',
    'refresh_token',
    'token_type',
    'type',
    'sb',
  ]);
  expect(told.get('type')).toBe('signup');
  expect(decodeJwt(told.get('access_token') ?? '')).toMatchObject({ email: ADA, amr: [{ method: 'otp' }] });
  expect((await post('/token?grant_type=password', { email: ADA, password: 'secret1' })).status).toBe(200);

  const again = await follow(link);
  expect(again.status).toBe(303);
  expect(again.headers['location']).toBe(
    `${SITE}/welcome?a=1#error=access_denied&error_code=otp_expired&error_description=Email+link+is+invalid+or+has+expired&sb=`,
  );
});

test('a scanner that only looks does not use a link up', async () => {
  const link = await signUpLink();
  for (let round = 0; round < 3; round++) expect(await follow(link, 'HEAD')).toMatchObject({ status: 200, body: null });
  expect(fragmentOf((await follow(link)).headers['location']).has('access_token')).toBe(true);
});

test('a link leads nowhere but to the site when its target is not allowed', async () => {
  const link = await signUpLink(`?redirect_to=${encodeURIComponent('https://evil.example/')}`);
  expect(link).toContain(`redirect_to=${encodeURIComponent(SITE)}`);
  const bent = link.replace(/redirect_to=.*$/, `redirect_to=${encodeURIComponent('https://evil.example/')}`);
  expect((await follow(bent)).headers['location']).toMatch(/^https:\/\/app\.example\/#access_token=/);
});

test('the page a request comes from is its target when it is allowed', async () => {
  const ask = { url: '/otp', body: { email: ADA }, headers: { referer: `${SITE}/login` } };
  await identity.ask(ask);
  expect((await lastMail(identity, ADA)).data.redirectTo).toBe(`${SITE}/login`);
});

test('of twenty followers of one link exactly one is let in', async () => {
  const link = await signUpLink();
  const answers = await Promise.all(Array.from({ length: 20 }, () => follow(link)));
  const told = answers.map(({ headers }) => fragmentOf(headers['location']));
  expect(told.filter((fragment) => fragment.has('access_token'))).toHaveLength(1);
  expect(told.filter((fragment) => fragment.get('error_code') === 'otp_expired')).toHaveLength(19);
});

test('a link and a typed code at once make one session', async () => {
  const link = await signUpLink();
  const { token } = (await lastMail(identity, ADA)).data;
  await Promise.all([
    ...Array.from({ length: 5 }, () => follow(link)),
    ...Array.from({ length: 5 }, () => post('/verify', { type: 'signup', email: ADA, token })),
  ]);
  expect(await identity.project.sql('select count(*)::int as open from auth.sessions')).toEqual([{ open: 1 }]);
});

test('a link of the PKCE flow gives a code that only its client can exchange, once', async () => {
  const { verifier, members } = pkce();
  const link = await signUpLink(`?redirect_to=${encodeURIComponent(`${SITE}/welcome?a=1`)}`, members);
  expect(link).toContain('token=pkce_');
  const { status, headers } = await follow(link);
  expect(status).toBe(303);
  const location = new URL(String(headers['location']));
  expect(location.href).toMatch(/^https:\/\/app\.example\/welcome\?a=1&code=[0-9a-f-]{36}$/);
  const code = location.searchParams.get('code');

  expect(await exchange(code, pkce().verifier)).toMatchObject({
    status: 400,
    body: {
      code: 'bad_code_verifier',
      message: 'code challenge does not match previously saved code verifier',
    },
  });
  const { status: exchanged, body } = await exchange(code, verifier);
  expect(exchanged).toBe(200);
  expect(body.user.email).toBe(ADA);
  expect(decodeJwt(body.access_token)).toMatchObject({ amr: [{ method: 'email/signup' }] });
  expect(await exchange(code, verifier)).toMatchObject({
    status: 404,
    body: { code: 'flow_state_not_found', message: 'invalid flow state, no valid flow state found' },
  });
});

test('of twenty exchanges of one code exactly one succeeds', async () => {
  const { verifier, members } = pkce();
  const { headers } = await follow(await signUpLink('', members));
  const code = new URL(String(headers['location'])).searchParams.get('code');
  const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(code, verifier)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ body }) => body.code === 'flow_state_not_found')).toHaveLength(19);
});

test('a code waits five minutes to be exchanged, a link as long as its setting says', async () => {
  const { verifier, members } = pkce();
  const link = await signUpLink('', members);
  later(3599);
  const { headers } = await follow(link);
  const code = new URL(String(headers['location'])).searchParams.get('code');
  later(301);
  expect(await exchange(code, verifier)).toMatchObject({ status: 422, body: { code: 'flow_state_expired' } });
});

test('a dead link of the PKCE flow says so in query and fragment', async () => {
  const { headers } = await follow(`/verify?token=pkce_${'0'.repeat(56)}&type=signup&redirect_to=${SITE}/x`);
  const location = new URL(String(headers['location']));
  expect(location.searchParams.get('error_code')).toBe('otp_expired');
  expect(fragmentOf(location).get('error_description')).toBe('Email link is invalid or has expired');
});

test('a server that renders pages gets a session for the hash of either flow', async () => {
  await signUpLink('', pkce().members);
  const { tokenHash, token } = (await lastMail(identity, ADA)).data;
  expect(tokenHash).toMatch(/^pkce_[0-9a-f]{56}$/);
  const answer = await post('/verify', { type: 'signup', token_hash: tokenHash });
  expect(answer).toMatchObject({ status: 200, body: { user: { email: ADA } } });
  expect((await post('/verify', { type: 'signup', email: ADA, token })).status).toBe(403);
});

test('a code asked for in the PKCE flow can be typed', async () => {
  await post('/otp', { email: ADA, ...pkce().members });
  const { token } = (await lastMail(identity, ADA)).data;
  expect((await post('/verify', { type: 'email', email: ADA, token })).status).toBe(200);
});

test('the exchange needs both halves', async () => {
  for (const body of [{}, { auth_code: 'x' }, { code_verifier: 'x' }]) {
    expect(await post('/token?grant_type=pkce', body)).toMatchObject({
      status: 400,
      body: { message: 'invalid request: both auth code and code verifier should be non-empty' },
    });
  }
});

test.each([
  ['/verify', 'Verify requires a verification type'],
  ['/verify?type=nothing&token=x', 'Unsupported verification type'],
  ['/verify?type=signup', 'Verify requires a token or a token hash'],
])('%s is refused', async (url, msg) => {
  expect(await follow(url)).toMatchObject({ status: 400, body: { error_code: 'validation_failed', msg } });
});

test.each([
  ['five thousand letters', 'x'.repeat(5000)],
  ['a NUL', '%00'],
  ['a bare prefix', 'pkce_'],
  ['SQL', "';--"],
])('%s in place of a token is a dead link', async (_name, token) => {
  const { status, headers } = await follow(`/verify?type=signup&token=${token}`);
  expect(status).toBe(303);
  expect(fragmentOf(headers['location']).get('error_code')).toBe('otp_expired');
});
