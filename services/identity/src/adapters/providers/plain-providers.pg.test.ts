import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createIdentityFixture, type IdentityFixture } from '../../identity-fixture.ts';

/** GitHub as its documentation describes it, on an installation of one's own: OAuth without OpenID. */
let identity: IdentityFixture;
let github: Server;
let base: string;
let emails: unknown;
const seen: { path: string; headers: Record<string, unknown>; form: Record<string, string> }[] = [];

beforeAll(async () => {
  github = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      seen.push({ path, headers: request.headers, form });
      const answer = answerOf(path, form, request.headers.authorization);
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { message: 'Not Found' }));
    });
  });
  await new Promise<void>((resolve) => {
    github.listen(0, '127.0.0.1', resolve);
  });
  base = `http://127.0.0.1:${(github.address() as AddressInfo).port}`;
  identity = await createIdentityFixture();
  const providers = { github: { clientId: 'our-client', clientSecret: 'hush', issuer: `${base}/` } };
  await identity.project.sql(`insert into auth.settings (section, value) values ('providers', $1)`, [
    JSON.stringify(providers),
  ]);
});
afterAll(async () => {
  github.close();
  await identity.close();
});
beforeEach(async () => {
  identity.clock.now = new Date();
  seen.length = 0;
  emails = [
    { email: 'old@example.org', primary: false, verified: true },
    { email: 'Octo@Example.org', primary: true, verified: true },
  ];
  await identity.project.sql('delete from auth.users');
});

function answerOf(path: string, form: Record<string, string>, bearer: string | undefined): unknown {
  if (path === '/login/oauth/access_token') {
    // A refusal has status 200 there.
    return form['code'] === 'good'
      ? { access_token: 'gho_1', token_type: 'bearer', scope: 'user:email' }
      : { error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' };
  }
  if (bearer !== 'Bearer gho_1') return undefined;
  if (path === '/api/v3/user')
    return { id: 583231, login: 'octo', name: 'Octo Cat', avatar_url: 'https://a/1', email: null };
  return path === '/api/v3/user/emails' ? emails : undefined;
}

async function signIn(code: string, more: Record<string, string> = {}): Promise<Record<string, string>> {
  const started = await identity.ask({ method: 'GET', url: '/authorize?provider=github&scopes=repo' });
  const sent = new URL(String(started.headers['location']));
  expect(`${sent.origin}${sent.pathname}`).toBe(`${base}/login/oauth/authorize`);
  expect(sent.searchParams.get('scope')).toBe('user:email repo');
  const query = new URLSearchParams({ code, state: sent.searchParams.get('state') ?? '', ...more });
  const cookie = String(started.headers['set-cookie']).split(';', 1)[0] ?? '';
  const answer = await identity.ask({ method: 'GET', url: `/callback?${query.toString()}`, headers: { cookie } });
  return Object.fromEntries(new URLSearchParams(new URL(String(answer.headers['location'])).hash.slice(1)));
}

test('the person is asked at the provider’s own interface, with its primary address', async () => {
  const session = await signIn('good');
  expect(session['provider_token']).toBe('gho_1');
  expect(session).not.toHaveProperty('provider_refresh_token');
  expect(decodeJwt(session['access_token'] ?? '')).toMatchObject({
    email: 'octo@example.org',
    app_metadata: { provider: 'github', providers: ['github'] },
    user_metadata: {
      sub: '583231',
      provider_id: '583231',
      user_name: 'octo',
      full_name: 'Octo Cat',
      avatar_url: 'https://a/1',
    },
  });
  const [exchange] = seen;
  expect(exchange?.form).toMatchObject({
    client_id: 'our-client',
    client_secret: 'hush',
    code: 'good',
    grant_type: 'authorization_code',
  });
  expect(exchange?.form['code_verifier']).toMatch(/^[\w-]{43,}$/);
  expect(seen.at(-1)?.headers['user-agent']).toBe('ashlar');
});

test('a name the provider gives itself is believed of its own host only', async () => {
  expect(await signIn('good', { iss: `${base}/login/oauth` })).toHaveProperty('access_token');
  expect(await signIn('good', { iss: 'https://evil.example/login/oauth' })).toMatchObject({
    error_code: 'unexpected_failure',
  });
});

test('a refused code is an error even with status 200', async () => {
  expect(await signIn('bad')).toMatchObject({ error_code: 'unexpected_failure' });
});

test('an unverified primary address opens no account that has it', async () => {
  await identity.signUp('octo@example.org');
  emails = [{ email: 'octo@example.org', primary: true, verified: false }];
  expect(await signIn('good')).toMatchObject({ error_code: 'provider_email_needs_verification' });
});

test('a person without any address is told so', async () => {
  emails = [];
  expect(await signIn('good')).toMatchObject({ error_code: 'email_address_not_provided' });
});

test('an interface that does not answer as documented ends the sign-in', async () => {
  emails = 'nonsense';
  expect(await signIn('good')).toMatchObject({ error_code: 'email_address_not_provided' });
});
