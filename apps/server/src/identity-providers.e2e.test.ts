import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { startServer, type RunningServer } from '@ashlar/testing';
import { startOidcIssuer, walk, type OidcIssuer } from '@ashlar/testing/oidc-issuer';
import { afterAll, beforeAll, expect, test } from 'vitest';

const SITE = 'http://127.0.0.1:3999';
/** The issuer knows its clients' addresses beforehand, so the server's is chosen beforehand too. */
const PUBLIC_URL = 'https://shop.example.org';

let server: RunningServer;
let issuer: OidcIssuer;
beforeAll(async () => {
  [server, issuer] = await Promise.all([
    startServer({
      environment: {
        ASHLAR_SITE_URL: SITE,
        ASHLAR_PUBLIC_URL: PUBLIC_URL,
        ASHLAR_OUTBOUND_ALLOW: '127.0.0.1',
        ASHLAR_ANONYMOUS_SIGN_IN: 'true',
      },
    }),
    startOidcIssuer([`${PUBLIC_URL}/auth/v1/callback`]),
  ]);
  issuer.people.set('ada', { sub: 'ada', email: 'ada@example.org', email_verified: true, name: 'Ada' });
  issuer.people.set('ibn', { sub: 'ibn', email: 'ibn@example.org', email_verified: true });
  const { issuer: address, clientId, clientSecret } = issuer;
  const values = [
    JSON.stringify({ keycloak: { issuer: address, clientId, clientSecret } }),
    JSON.stringify({ manualLinkingEnabled: true }),
  ];
  await server.superuserSql(
    `insert into auth.settings (section, value) values ('providers', $1), ('general', $2)`,
    values,
  );
});
afterAll(async () => {
  await server?.stop();
  await issuer?.close();
});

function client(flowType: 'implicit' | 'pkce' = 'implicit'): SupabaseClient {
  return createClient(server.url, server.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false, flowType },
  });
}

/** Goes where the address leads, through the issuer's pages and this server's callback, to the application. */
async function follow(url: string, login: string | null): Promise<URL> {
  const cookies = new Map<string, string>();
  const callback = await walk(url, { login, until: PUBLIC_URL, cookies });
  return new URL(await walk(callback.replace(PUBLIC_URL, server.url), { login, until: SITE, cookies }));
}

async function signIn(user: SupabaseClient, login: string): Promise<URL> {
  const { data, error } = await user.auth.signInWithOAuth({
    provider: 'keycloak',
    options: { skipBrowserRedirect: true, redirectTo: `${SITE}/in` },
  });
  expect(error).toBeNull();
  return follow(data.url ?? '', login);
}

async function adopt(user: SupabaseClient, { hash }: URL): Promise<void> {
  const tokens = new URLSearchParams(hash.slice(1));
  const { error } = await user.auth.setSession({
    access_token: tokens.get('access_token') ?? '',
    refresh_token: tokens.get('refresh_token') ?? '',
  });
  expect(error).toBeNull();
}

test('the client signs in with a provider and has a session', async () => {
  const user = client();
  const url = await signIn(user, 'ada');
  expect(url.pathname).toBe('/in');
  expect(new URLSearchParams(url.hash.slice(1)).get('provider_token')).not.toBeNull();
  await adopt(user, url);
  const { data } = await user.auth.getUser();
  expect(data.user).toMatchObject({ email: 'ada@example.org', app_metadata: { provider: 'keycloak' } });
  expect((await user.auth.refreshSession()).error).toBeNull();
});

test('the client of the PKCE flow comes back with a code, and changes it for a session once', async () => {
  const user = client('pkce');
  const url = await signIn(user, 'ada');
  const code = url.searchParams.get('code') ?? '';
  expect(code).toMatch(/^[\w-]{43}$/);
  expect(url.hash).toBe('');
  const { data, error } = await user.auth.exchangeCodeForSession(code);
  expect(error).toBeNull();
  expect(data.user?.email).toBe('ada@example.org');
  expect(data.session?.provider_token).toBeTypeOf('string');
  expect((await user.auth.exchangeCodeForSession(code)).error).not.toBeNull();
});

test('the client links an identity and unlinks it', async () => {
  const user = client();
  await user.auth.signUp({ email: 'ibn@work.example', password: 'correct horse' });
  const { data, error } = await user.auth.linkIdentity({
    provider: 'keycloak',
    options: { skipBrowserRedirect: true },
  });
  expect(error).toBeNull();
  await follow(data.url ?? '', 'ibn');
  const { data: linked } = await user.auth.getUserIdentities();
  const identity = linked?.identities.find(({ provider }) => provider === 'keycloak');
  expect(linked?.identities).toHaveLength(2);
  if (identity === undefined) throw new Error('the identity is not linked');
  expect((await user.auth.unlinkIdentity(identity)).error).toBeNull();
  expect((await user.auth.getUserIdentities()).data?.identities).toHaveLength(1);
});

const digest = async (text: string): Promise<Buffer> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));

test('the client signs in with an id token it got by itself', async () => {
  const verifier = 'v'.repeat(50);
  const nonce = 'raw nonce';
  const redirect = `${PUBLIC_URL}/auth/v1/callback`;
  const query = new URLSearchParams({
    client_id: issuer.clientId,
    redirect_uri: redirect,
    response_type: 'code',
    scope: 'openid email',
    nonce: (await digest(nonce)).toString('hex'),
    code_challenge: (await digest(verifier)).toString('base64url'),
    code_challenge_method: 'S256',
  });
  const back = new URL(await walk(`${issuer.issuer}/auth?${query.toString()}`, { login: 'ada', until: redirect }));
  const answer = await fetch(`${issuer.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${issuer.clientId}:${encodeURIComponent(issuer.clientSecret)}`)}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: redirect,
      code_verifier: verifier,
    }),
  });
  const { id_token: token, access_token: accessToken } = (await answer.json()) as Record<string, string>;
  const user = client();
  const wrong = await user.auth.signInWithIdToken({ provider: 'keycloak', token: token ?? '', nonce: 'another' });
  expect(wrong.error).toMatchObject({ status: 400, message: 'Nonces mismatch' });
  const { data, error } = await user.auth.signInWithIdToken({
    provider: 'keycloak',
    token: token ?? '',
    nonce,
    ...(accessToken === undefined ? {} : { access_token: accessToken }),
  });
  expect(error).toBeNull();
  expect(data.user?.email).toBe('ada@example.org');
});

test('somebody anonymous becomes somebody by linking', async () => {
  issuer.people.set('zoe', { sub: 'zoe', email: 'zoe@example.org', email_verified: true });
  const user = client();
  const { data: before } = await user.auth.signInAnonymously();
  const { data } = await user.auth.linkIdentity({ provider: 'keycloak', options: { skipBrowserRedirect: true } });
  await adopt(user, await follow(data.url ?? '', 'zoe'));
  const { data: after } = await user.auth.getUser();
  expect(after.user).toMatchObject({ id: before.user?.id, email: 'zoe@example.org', is_anonymous: false });
});

test('a provider that refuses leads the browser back with the reason', async () => {
  const { data } = await client().auth.signInWithOAuth({
    provider: 'keycloak',
    options: { skipBrowserRedirect: true },
  });
  const url = await follow(data.url ?? '', null);
  expect(url.searchParams.get('error_description')).toBe('The person said no');
});
