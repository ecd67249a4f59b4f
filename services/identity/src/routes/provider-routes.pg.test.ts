import { createHash } from 'node:crypto';
import { startOidcIssuer, walk, type OidcIssuer } from '@ashlar/testing/oidc-issuer';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createIdentityFixture, PUBLIC_URL, type Answer, type IdentityFixture } from '../identity-fixture.ts';

const CALLBACK = `${PUBLIC_URL}/auth/v1/callback`;
const APP = 'https://app.example.org';

let identity: IdentityFixture;
let issuer: OidcIssuer;
beforeAll(async () => {
  [identity, issuer] = await Promise.all([
    createIdentityFixture({ auth: { siteUrl: APP, redirectAllowList: ['com.example.app://back'] } }),
    startOidcIssuer([CALLBACK]),
  ]);
});
afterAll(async () => {
  await Promise.all([identity.close(), issuer.close()]);
});
beforeEach(async () => {
  const { sql } = identity.project;
  await sql('delete from auth.users');
  await sql('delete from auth.flow_state');
  await sql('delete from auth.outbox');
  issuer.people.clear();
  issuer.people.set('ada', {
    sub: 'ada',
    email: 'Ada@Example.org',
    email_verified: true,
    name: 'Ada',
    picture: 'https://i/a.png',
  });
  identity.clock.now = new Date();
  await configure();
});

async function configure(general: object = {}, provider: object = {}): Promise<void> {
  const { issuer: address, clientId, clientSecret } = issuer;
  const settings = { issuer: address, clientId, clientSecret, ...provider };
  await identity.project.sql(
    `insert into auth.settings (section, value) values ('general', $1), ('providers', $2)
     on conflict (section) do update set value = excluded.value, version = settings.version + 1`,
    [JSON.stringify(general), JSON.stringify({ 'custom:house': settings, keycloak: settings })],
  );
  await expect
    .poll(async () => {
      const { body } = await identity.ask({ method: 'GET', url: '/settings' });
      return [body.external['custom:house'] ?? false, body.disable_signup];
    })
    .toEqual([
      (provider as { enabled?: boolean }).enabled ?? true,
      (general as { disableSignup?: boolean }).disableSignup ?? false,
    ]);
}

function authorize(query = '', provider = 'custom:house'): Promise<Answer> {
  return identity.ask({ method: 'GET', url: `/authorize?provider=${provider}${query}` });
}

/** Goes to the provider and back; returns where this service sends the browser then. */
async function signIn(login: string | null, query = '', provider = 'custom:house'): Promise<URL> {
  const started = await authorize(query, provider);
  expect(started.status).toBe(302);
  return back(await walk(String(started.headers['location']), { login, until: CALLBACK }), cookieOf(started));
}

/** What a browser keeps of a Set-Cookie. */
function cookieOf({ headers }: Answer): string {
  const { 'set-cookie': cookie } = headers;
  return typeof cookie === 'string' ? (cookie.split(';', 1)[0] ?? '') : '';
}

async function back(callback: string, cookie: string): Promise<URL> {
  const url = `/callback${new URL(callback).search}`;
  const answer = await identity.ask({ method: 'GET', url, headers: { cookie: `a=b; ${cookie}; c=d` } });
  expect(answer.status).toBe(303);
  expect(answer.headers['cache-control']).toBe('no-store');
  return new URL(String(answer.headers['location']));
}

const fragment = (url: URL): Record<string, string> => Object.fromEntries(new URLSearchParams(url.hash.slice(1)));

describe('with a certified issuer', () => {
  test('the implicit flow ends with a session and the tokens of the provider in the fragment', async () => {
    const url = await signIn('ada', '&redirect_to=https://app.example.org/in?x=1');
    expect(url.href.split('#')[0]).toBe('https://app.example.org/in?x=1');
    const session = fragment(url);
    expect(session).toMatchObject({
      token_type: 'bearer',
      expires_in: '3600',
      provider_token: expect.any(String) as string,
      refresh_token: expect.any(String) as string,
    });
    expect(decodeJwt(session['access_token'] ?? '')).toMatchObject({
      email: 'ada@example.org',
      app_metadata: { provider: 'custom:house', providers: ['custom:house'] },
      amr: [{ method: 'oauth' }],
    });
    const { body: user } = await identity.ask({ method: 'GET', url: '/user', token: session['access_token'] ?? '' });
    expect(user).toMatchObject({
      email: 'ada@example.org',
      email_confirmed_at: expect.any(String) as string,
      last_sign_in_at: expect.any(String) as string,
      user_metadata: {
        iss: issuer.issuer,
        sub: 'ada',
        name: 'Ada',
        full_name: 'Ada',
        avatar_url: 'https://i/a.png',
        email_verified: true,
      },
      identities: [{ id: 'ada', provider: 'custom:house', email: 'ada@example.org' }],
    });
    const refreshed = await identity.ask({
      url: '/token?grant_type=refresh_token',
      body: { refresh_token: session['refresh_token'] },
    });
    expect(refreshed.status).toBe(200);
  });

  test('with PKCE it ends with a code that stands for the session and its provider tokens', async () => {
    const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url');
    const url = await signIn('ada', `&code_challenge=${challenge}&code_challenge_method=s256`);
    expect(url.hash).toBe('');
    const code = url.searchParams.get('code') ?? '';
    const [flow] = await identity.project.sql(
      `select u.email, f.code_challenge, f.authentication_method, f.provider_access_token is not null as handed
       from auth.flow_state f join auth.users u on u.id = f.user_id where f.auth_code = $1`,
      [createHash('sha256').update(code).digest('hex')],
    );
    expect(flow).toEqual({
      email: 'ada@example.org',
      code_challenge: challenge,
      authentication_method: 'oauth',
      handed: true,
    });
    expect(await identity.project.sql('select from auth.sessions')).toHaveLength(0);
  });

  test('coming again signs in to the same account and brings its data up to date', async () => {
    await signIn('ada');
    issuer.people.set('ada', { sub: 'ada', email: 'ada@example.org', email_verified: true, name: 'Ada L.' });
    const { access_token: token = '' } = fragment(await signIn('ada'));
    expect(decodeJwt(token)).toMatchObject({ user_metadata: { name: 'Ada L.' } });
    expect(await identity.project.sql('select from auth.users')).toHaveLength(1);
    const actions = await identity.project.sql(
      `select payload ->> 'action' as action from auth.audit_log_entries order by created_at`,
    );
    expect(actions.slice(-2)).toEqual([{ action: 'user_signedup' }, { action: 'login' }]);
  });

  test('whoever says no comes back with the provider’s words in query and fragment', async () => {
    const url = await signIn(null);
    const said = { error: 'access_denied', error_code: 'bad_oauth_callback', error_description: 'The person said no' };
    expect(Object.fromEntries(url.searchParams)).toEqual(said);
    expect(fragment(url)).toEqual(said);
    expect(await identity.project.sql('select from auth.users')).toHaveLength(0);
  });

  test('keys the issuer changes are followed', async () => {
    await signIn('ada');
    issuer.rotateKeys();
    // Key sets are not asked for again within a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(fragment(await signIn('ada'))).toHaveProperty('access_token');
  });

  test('what goes to the provider is ours, but for what clients may add', async () => {
    const started = await authorize(
      '&scopes=calendar,files%20mail&prompt=consent&login_hint=ada&client_id=evil&redirect_uri=https://evil.org&state=mine&nonce=mine&response_type=token&request_uri=https://evil.org&scope=evil',
    );
    const sent = new URL(String(started.headers['location'])).searchParams;
    expect(sent.get('client_id')).toBe(issuer.clientId);
    expect(sent.getAll('redirect_uri')).toEqual([CALLBACK]);
    expect(sent.get('response_type')).toBe('code');
    expect(sent.get('scope')).toBe('openid email profile calendar files mail');
    expect(sent.get('state')).toMatch(/^[\w-]{43}$/);
    expect(sent.get('nonce')).toMatch(/^[\w-]{43}$/);
    expect(sent.get('code_challenge_method')).toBe('S256');
    expect(sent.get('prompt')).toBe('consent');
    expect(sent.get('login_hint')).toBe('ada');
    expect(sent.has('request_uri')).toBe(false);
  });
});

/** Comes back from the provider and stops at this server's door. */
const stateOf = async (provider = 'custom:house'): Promise<readonly [callback: string, cookie: string]> => {
  const started = await authorize('', provider);
  const callback = await walk(String(started.headers['location']), { login: 'ada', until: CALLBACK });
  return [callback, cookieOf(started)];
};

describe('a state', () => {
  const refused = {
    error: 'invalid_request',
    error_code: 'bad_oauth_state',
    error_description: 'OAuth state not found or expired',
  };

  test('of twenty answers with one state one is heard', async () => {
    const [callback, cookie] = await stateOf();
    const results = await Promise.all(Array.from({ length: 20 }, () => back(callback, cookie)));
    const winners = results.filter((url) => fragment(url)['access_token'] !== undefined);
    expect(winners).toHaveLength(1);
    expect(results.filter((url) => fragment(url)['error_code'] === 'bad_oauth_state')).toHaveLength(19);
    expect(await identity.project.sql('select from auth.sessions')).toHaveLength(1);
  });

  test('is worth nothing in another browser, so that nobody is led into a stranger’s account', async () => {
    for (const cookie of ['', 'ashlar-sign-in-0=x', cookieOf(await authorize())]) {
      const [callback] = await stateOf();
      expect(fragment(await back(callback, cookie))).toEqual(refused);
    }
    const [callback, cookie] = await stateOf();
    expect(fragment(await back(callback, `${cookie.split('=', 1)[0]}=forged`))).toEqual(refused);
    expect(await identity.project.sql('select from auth.sessions')).toHaveLength(0);
  });

  test('is bound by a cookie for the callback alone, which ends with it', async () => {
    const started = await authorize();
    expect(started.headers['set-cookie']).toMatch(
      /^ashlar-sign-in-[0-9a-f]{16}=[\w-]{43}; Path=\/p\/shop\/auth\/v1\/callback; Max-Age=300; HttpOnly; SameSite=Lax$/,
    );
    const state = new URL(String(started.headers['location'])).searchParams.get('state');
    const ended = await identity.ask({
      method: 'GET',
      url: `/callback?error=x&state=${state}`,
      headers: { cookie: cookieOf(started) },
    });
    expect(ended.headers['set-cookie']).toMatch(/^ashlar-sign-in-[0-9a-f]{16}=; .*Max-Age=0;/);
    expect(
      (await authorize(`&code_challenge=${'x'.repeat(43)}&code_challenge_method=s256`)).headers,
    ).not.toHaveProperty('set-cookie');
  });

  test('is not used up by somebody who only looks', async () => {
    const [callback, cookie] = await stateOf();
    const url = `/callback${new URL(callback).search}`;
    expect((await identity.ask({ method: 'HEAD', url, headers: { cookie } })).status).toBe(404);
    expect(fragment(await back(callback, cookie))).toHaveProperty('access_token');
  });

  test('is worth nothing after five minutes', async () => {
    const [callback, cookie] = await stateOf();
    identity.clock.now = new Date(Date.now() + 301_000);
    expect(fragment(await back(callback, cookie))).toEqual(refused);
  });

  test.each([
    '',
    '?code=x',
    '?state=',
    `?code=x&state=${'x'.repeat(43)}`,
    `?state=${'x'.repeat(70_000)}`,
    '?error=access_denied',
  ])('that was never given out leads to the site with an error: %s', async (query) => {
    const answer = await identity.ask({ method: 'GET', url: `/callback${query}` });
    if (answer.status !== 303) {
      expect([400, 414]).toContain(answer.status);
      return;
    }
    const url = new URL(String(answer.headers['location']));
    expect(url.origin).toBe(APP);
    expect(fragment(url)['error_code']).toMatch(/^bad_oauth_(?:state|callback)$/);
  });

  test('is kept as a hash only, and a flow ends with it', async () => {
    const [callback, cookie] = await stateOf();
    const state = new URL(callback).searchParams.get('state') ?? '';
    const rows = JSON.stringify(await identity.project.sql('select * from auth.oauth_client_states'));
    expect(rows).not.toContain(state);
    await back(callback, cookie);
    expect(await identity.project.sql('select from auth.oauth_client_states')).toHaveLength(0);
    expect(await identity.project.sql('select from auth.flow_state')).toHaveLength(0);
  });
});

describe('an account', () => {
  test('with the same confirmed address gets the identity, and its owner is told', async () => {
    const { user } = await identity.signUp('ada@example.org');
    const { access_token: token = '' } = fragment(await signIn('ada'));
    expect(decodeJwt(token)).toMatchObject({
      sub: user.id,
      app_metadata: { provider: 'email', providers: ['email', 'custom:house'] },
    });
    const signedIn = await identity.ask({
      url: '/token?grant_type=password',
      body: { email: 'ada@example.org', password: 'secret1' },
    });
    expect(signedIn.status).toBe(200);
    const [mail] = await identity.project.sql('select message from auth.outbox');
    expect(mail).toMatchObject({
      message: {
        template: 'identity_linked_notification',
        to: 'ada@example.org',
        data: { facts: { provider: 'custom:house' } },
      },
    });
  });

  test('made in advance with somebody else’s address is cleared of all that is not proven', async () => {
    const squatter = await identity.signUp('ada@example.org', 'squatted1');
    await identity.project.sql(
      `update auth.users set email_confirmed_at = null, phone = '15550100', raw_user_meta_data = '{"evil": true}'`,
    );
    await identity.project.sql(
      `insert into auth.mfa_factors (id, user_id, factor_type, status) select gen_random_uuid(), id, 'totp', 'verified' from auth.users`,
    );
    const { access_token: token = '' } = fragment(await signIn('ada'));
    const { body: user } = await identity.ask({ method: 'GET', url: '/user', token });
    expect(user.id).toBe(squatter.user.id);
    expect(user.phone).toBe('');
    expect(user).not.toHaveProperty('factors');
    expect(user.identities.map((one: { provider: string }) => one.provider)).toEqual(['custom:house']);
    expect(user.user_metadata).not.toHaveProperty('evil');
    const password = { email: 'ada@example.org', password: 'squatted1' };
    expect((await identity.ask({ url: '/token?grant_type=password', body: password })).status).toBe(400);
    expect((await identity.ask({ method: 'GET', url: '/user', token: squatter.access_token })).status).toBe(403);
    const refresh = { refresh_token: squatter.refresh_token };
    expect((await identity.ask({ url: '/token?grant_type=refresh_token', body: refresh })).status).toBe(400);
  });

  test.each([true, false])('is never reached by an address the provider did not verify (taken: %s)', async (taken) => {
    await identity.project.sql(
      `insert into auth.settings (section, value) values ('email', '{"autoconfirm": false}') on conflict (section) do update set value = excluded.value`,
    );
    await expect
      .poll(async () => (await identity.ask({ method: 'GET', url: '/settings' })).body.mailer_autoconfirm)
      .toBe(false);
    try {
      if (taken) {
        const body = { email: 'ada@example.org', password: 'secret1', email_confirm: true };
        await identity.ask({ url: '/admin/users', token: identity.serviceToken, body });
      }
      issuer.people.set('ada', { sub: 'ada', email: 'ada@example.org', email_verified: false });
      expect(fragment(await signIn('ada'))).toEqual({
        error: 'access_denied',
        error_code: 'provider_email_needs_verification',
        error_description: 'Unverified email with custom:house. Verify the email with custom:house in order to sign in',
      });
      const identities = await identity.project.sql(`select from auth.identities where provider = 'custom:house'`);
      expect(identities).toHaveLength(0);
    } finally {
      await identity.project.sql(`delete from auth.settings where section = 'email'`);
      await expect
        .poll(async () => (await identity.ask({ method: 'GET', url: '/settings' })).body.mailer_autoconfirm)
        .toBe(true);
    }
  });

  test('confirmed without proof because the project says so does not let an unverified address in either', async () => {
    await identity.signUp('ada@example.org');
    issuer.people.set('ada', { sub: 'ada', email: 'ada@example.org', email_verified: false });
    expect(fragment(await signIn('ada'))['error_code']).toBe('provider_email_needs_verification');
  });

  test('without an address is made only where that is allowed', async () => {
    issuer.people.set('ada', { sub: 'ada' });
    expect(fragment(await signIn('ada'))).toMatchObject({
      error_code: 'email_address_not_provided',
      error_description: 'Error getting user email from external provider',
    });
    await configure({ siteUrl: `${APP}/2` }, { emailOptional: true });
    await expect.poll(async () => (await signIn('ada')).pathname).toBe('/2');
    const { access_token: token = '' } = fragment(await signIn('ada'));
    expect(decodeJwt(token)).toMatchObject({ email: '', user_metadata: { sub: 'ada' } });
    expect(await identity.project.sql('select from auth.users')).toHaveLength(1);
  });

  test('is not made while sign-ups are off, but one that exists is reached', async () => {
    await signIn('ada');
    await configure({ disableSignup: true });
    expect(fragment(await signIn('ada'))).toHaveProperty('access_token');
    issuer.people.set('eve', { sub: 'eve', email: 'eve@example.org', email_verified: true });
    expect(fragment(await signIn('eve'))).toMatchObject({
      error: 'access_denied',
      error_code: 'signup_disabled',
      error_description: 'Signups not allowed for this instance',
    });
  });

  test('that is banned stays closed', async () => {
    await signIn('ada');
    await identity.project.sql(`update auth.users set banned_until = now() + interval '1 day'`);
    expect(fragment(await signIn('ada'))).toMatchObject({ error: 'access_denied', error_code: 'user_banned' });
    expect(await identity.project.sql('select from auth.sessions')).toHaveLength(1);
  });

  test('is made once when one person comes through many doors at once', async () => {
    const walks = await Promise.all(Array.from({ length: 8 }, () => stateOf()));
    const results = await Promise.all(walks.map((one) => back(...one)));
    expect(results.every((url) => fragment(url)['access_token'] !== undefined)).toBe(true);
    expect(await identity.project.sql('select from auth.users')).toHaveLength(1);
    expect(await identity.project.sql('select from auth.identities')).toHaveLength(1);
  });

  test('of one address is one, even when people of two providers and a sign-up meet', async () => {
    const walks = await Promise.all(['custom:house', 'keycloak'].map((provider) => stateOf(provider)));
    const [signUp, ...urls] = await Promise.all([
      identity.signUp('ada@example.org'),
      ...walks.map((one) => back(...one)),
    ]);
    expect(urls.every((url) => fragment(url)['access_token'] !== undefined)).toBe(true);
    expect(signUp).toBeDefined();
    expect(await identity.project.sql('select from auth.users')).toHaveLength(1);
  });
});

describe('a redirect', () => {
  test.each(['https://app.example.org/deep?x=1', 'com.example.app://back'])('to %s is followed', async (target) => {
    const url = await signIn('ada', `&redirect_to=${encodeURIComponent(target)}`);
    expect(url.href.startsWith(target)).toBe(true);
  });

  test.each([
    'https://evil.org',
    'https://evil.org/',
    '//evil.org',
    '///evil.org',
    '////evil.org',
    '/\\evil.org',
    '\\\\evil.org',
    'https:evil.org',
    'https:/evil.org',
    'https:\\\\evil.org',
    'http://app.example.org/',
    'https://app.example.org:8443/',
    'https://app.example.org.evil.org/',
    'https://app.example.org@evil.org/',
    'https://app.example.org:pw@evil.org/',
    'https://app.example.org%40evil.org/',
    'https://app.example.org%2eevil.org/',
    'https://evil.org#https://app.example.org/',
    'https://evil.org?https://app.example.org/',
    'https://evil.org/https://app.example.org/',
    'https://evil.org\\@app.example.org/',
    'https://evil.org\\.app.example.org/',
    'https://evil.org%00app.example.org/',
    'https://evilapp.example.org/',
    'https://sub.app.example.org/',
    'https://app.example.orgevil/',
    'https://app.example.org\u0000.evil.org/',
    'https://app.example.org\n.evil.org/',
    'https://app.example.org\t.evil.org/',
    ' https://evil.org/',
    '\u0001https://evil.org/',
    'https://аpp.example.org/',
    'https://app。example.org.evil.org/',
    'https://[::1]/',
    'https://0x7f.1/',
    'javascript:alert(1)',
    'javascript://app.example.org/%0aalert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://app.example.org/x',
    'com.example.app://back.evil.org',
    'com.example.app://backward',
    'com.example.other://back',
    'ftp://app.example.org/',
    `https://app.example.org/${'x'.repeat(3000)}`,
    'about:blank',
    '',
    '..',
    'app.example.org',
  ])('to %j leads to the site, at the beginning and at the end', async (target) => {
    const started = await authorize(`&redirect_to=${encodeURIComponent(target)}`);
    expect(started.status).toBe(302);
    const [flow] = await identity.project.sql('select referrer from auth.flow_state');
    expect(flow).toEqual({ referrer: APP });
    // Even an address that got into the table, as by an allow-list that was wider yesterday, is judged once more.
    await identity.project.sql('update auth.flow_state set referrer = $1', [target.replaceAll('\0', '')]);
    const state = new URL(String(started.headers['location'])).searchParams.get('state');
    const url = await back(`${CALLBACK}?error=access_denied&state=${state}`, cookieOf(started));
    expect(url.origin).toBe(APP);
  });
});

test('a provider that is unknown, switched off or without a client is refused before anything else', async () => {
  const detail = {
    status: 400,
    body: { error_code: 'validation_failed', msg: 'Unsupported provider: provider is not enabled' },
  };
  for (const provider of ['', 'nowhere', 'google', 'custom:other', '__proto__', 'constructor', 'email']) {
    expect(await authorize('', encodeURIComponent(provider))).toMatchObject(detail);
  }
  await configure({}, { enabled: false });
  expect(await authorize()).toMatchObject(detail);
});

test('a PKCE challenge must be whole', async () => {
  expect((await authorize('&code_challenge=abc')).status).toBe(400);
  expect((await authorize(`&code_challenge=${'x'.repeat(43)}&code_challenge_method=md5`)).status).toBe(400);
});
