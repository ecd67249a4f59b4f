import { startServer, type RunningServer } from '@ashlar/testing';
import { createClient, type AuthChangeEvent, type SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

const SITE = 'https://app.example';
const PASSWORD = 'correct horse battery';

// Copies what leaves, so that these tests read it whether or not it was delivered meanwhile.
const COPY_OF_OUTBOX = `
  create table public.sent (id bigint generated always as identity primary key, message jsonb not null);
  revoke all on public.sent from public, anon, authenticated, service_role;
  create function public.copy_sent() returns trigger language plpgsql security definer set search_path = '' as $$
  begin
    insert into public.sent (message) values (new.message);
    return null;
  end $$;
  create trigger copy_sent after insert on auth.outbox for each row execute function public.copy_sent();
  insert into auth.settings (section, value) values
    ('mail', '{"smtp": {"host": "127.0.0.1", "port": 1, "tls": "none"}}'),
    ('email', '{"minIntervalSeconds": 0}'),
    ('phone', '{"enabled": true, "minIntervalSeconds": 0,
      "twilio": {"accountSid": "AC1", "authToken": "x", "from": "+1555", "baseUrl": "http://127.0.0.1:1"}}'),
    ('protection', '{"signUpsPerHour": null, "signInsPerHour": null, "verificationsPerHour": null,
      "mailsPerHour": null, "smsPerHour": null}')`;

let server: RunningServer;
let admin: SupabaseClient;

beforeAll(async () => {
  server = await startServer({
    environment: { ASHLAR_AUTOCONFIRM: 'false', ASHLAR_ANONYMOUS_SIGN_IN: 'true', ASHLAR_SITE_URL: SITE },
  });
  await server.superuserSql(COPY_OF_OUTBOX);
  admin = client(server.serviceRoleKey);
  await vi.waitFor(async () => expect(await offersPhone()).toBe(true), { timeout: 30_000 });
});
afterAll(async () => {
  await server?.stop();
});

async function offersPhone(): Promise<boolean> {
  const response = await fetch(`${server.url}/auth/v1/settings`, { headers: { apikey: server.anonKey } });
  const { external }: Record<string, Record<string, boolean> | undefined> = JSON.parse(await response.text());
  return external?.['phone'] ?? false;
}

function client(key: string, flowType: 'implicit' | 'pkce' = 'implicit'): SupabaseClient {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
    removeItem: (name: string) => void stored.delete(name),
  };
  return createClient(server.url, key, { auth: { autoRefreshToken: false, flowType, storage } });
}

interface Sent {
  readonly template?: string;
  readonly code?: string;
  readonly data?: { readonly token: string; readonly tokenHash: string; readonly confirmationUrl: string };
}

/** The newest message to an address or number. */
async function sent(to: string): Promise<Sent> {
  const rows = await server.superuserSql<{ message: Sent }>(
    `select message from public.sent where message ->> 'to' = $1 order by id desc limit 1`,
    [to],
  );
  const message = rows[0]?.message;
  if (message === undefined) throw new Error(`Nothing was sent to ${to}`);
  return message;
}

async function mailed(to: string): Promise<{ template: string; token: string; tokenHash: string; link: string }> {
  const { template = '', data } = await sent(to);
  return {
    template,
    token: data?.token ?? '',
    tokenHash: data?.tokenHash ?? '',
    link: data?.confirmationUrl ?? '',
  };
}

/** Opens a mailed link as a browser would, without a key, and says where it leads. */
async function follow(link: string): Promise<URL> {
  const response = await fetch(link, { redirect: 'manual' });
  expect(response.status).toBe(303);
  return new URL(response.headers.get('location') ?? '');
}

async function confirmedUser(email: string): Promise<SupabaseClient> {
  await admin.auth.admin.createUser({ email, password: PASSWORD, email_confirm: true });
  const user = client(server.publishableKey);
  expect((await user.auth.signInWithPassword({ email, password: PASSWORD })).error).toBeNull();
  return user;
}

describe('signing up with confirmation', () => {
  test('a sign-up waits for its mail, and the link leads to a session the client takes over', async () => {
    const user = client(server.publishableKey);
    const options = { emailRedirectTo: `${SITE}/welcome`, data: { name: 'Ada' } };
    const made = await user.auth.signUp({ email: 'ada@example.org', password: PASSWORD, options });
    expect(made.error).toBeNull();
    expect(made.data.session).toBeNull();
    expect(made.data.user?.confirmation_sent_at).toBeTypeOf('string');
    expect((await user.auth.signInWithPassword({ email: 'ada@example.org', password: PASSWORD })).error?.code).toBe(
      'email_not_confirmed',
    );
    const { link, template } = await mailed('ada@example.org');
    expect(template).toBe('confirmation');
    expect(link.startsWith(`${server.url}/auth/v1/verify?`)).toBe(true);
    const target = await follow(link);
    expect(target.origin + target.pathname).toBe(`${SITE}/welcome`);
    const told = new URLSearchParams(target.hash.slice(1));
    const session = {
      access_token: told.get('access_token') ?? '',
      refresh_token: told.get('refresh_token') ?? '',
    };
    expect((await user.auth.setSession(session)).data.user?.email).toBe('ada@example.org');
    expect((await user.auth.refreshSession()).error).toBeNull();
    expect(new URLSearchParams((await follow(link)).hash.slice(1)).get('error_code')).toBe('otp_expired');
  });

  test('an address somebody confirmed answers a stranger with a user of no identity', async () => {
    await confirmedUser('taken@example.org');
    const { data, error } = await client(server.publishableKey).auth.signUp({
      email: 'taken@example.org',
      password: PASSWORD,
    });
    expect(error).toBeNull();
    expect(data.user?.identities).toEqual([]);
  });

  test('a number signs up, is confirmed by text message and signs in with its password', async () => {
    const user = client(server.publishableKey);
    const phone = '+491511111111';
    expect((await user.auth.signUp({ phone, password: PASSWORD })).data.session).toBeNull();
    expect((await user.auth.resend({ type: 'sms', phone })).error).toBeNull();
    const { code = '' } = await sent('491511111111');
    const verified = await user.auth.verifyOtp({ type: 'sms', phone, token: code });
    expect(verified.data.user?.phone).toBe('491511111111');
    expect((await user.auth.signInWithPassword({ phone, password: PASSWORD })).error).toBeNull();
  });
});

describe('signing in without a password', () => {
  test('a mailed code signs in once', async () => {
    const user = client(server.publishableKey);
    const email = 'code@example.org';
    expect((await user.auth.signInWithOtp({ email })).error).toBeNull();
    const { token } = await mailed(email);
    const wrong = await user.auth.verifyOtp({ email, token: 'nothing', type: 'email' });
    expect(wrong.error).toMatchObject({ status: 403, code: 'otp_expired' });
    const { data, error } = await user.auth.verifyOtp({ email, token, type: 'email' });
    expect(error).toBeNull();
    expect(data.session?.user.email).toBe(email);
    expect((await user.auth.getUser()).data.user?.email).toBe(email);
    expect((await user.auth.verifyOtp({ email, token, type: 'email' })).error?.code).toBe('otp_expired');
  });

  test('a mailed link signs in', async () => {
    await confirmedUser('link@example.org');
    await client(server.publishableKey).auth.signInWithOtp({ email: 'link@example.org' });
    const { link, template, tokenHash } = await mailed('link@example.org');
    expect(template).toBe('magic_link');
    expect((await fetch(link, { method: 'HEAD', redirect: 'manual' })).status).toBe(200);
    const { data } = await client(server.publishableKey).auth.verifyOtp({ token_hash: tokenHash, type: 'email' });
    expect(data.user?.email).toBe('link@example.org');
  });

  test('an unknown address is refused when no account may be made', async () => {
    const { error } = await client(server.publishableKey).auth.signInWithOtp({
      email: 'unknown@example.org',
      options: { shouldCreateUser: false },
    });
    expect(error).toMatchObject({ status: 422, code: 'otp_disabled' });
  });

  test('a code by text message signs in', async () => {
    const user = client(server.publishableKey);
    expect((await user.auth.signInWithOtp({ phone: '+491522222222' })).error).toBeNull();
    const { code = '' } = await sent('491522222222');
    const { data } = await user.auth.verifyOtp({ phone: '+491522222222', token: code, type: 'sms' });
    expect(data.session?.user.phone).toBe('491522222222');
  });
});

describe('the PKCE flow', () => {
  test('a link gives a code that only the client that asked exchanges, once', async () => {
    const user = client(server.publishableKey, 'pkce');
    const email = 'pkce@example.org';
    expect((await user.auth.signInWithOtp({ email, options: { emailRedirectTo: `${SITE}/in` } })).error).toBeNull();
    const { link, tokenHash } = await mailed(email);
    expect(tokenHash).toMatch(/^pkce_/);
    const target = await follow(link);
    expect(target.hash).toBe('');
    const code = target.searchParams.get('code') ?? '';
    const thief = client(server.publishableKey, 'pkce');
    await thief.auth.signInWithOtp({ email: 'thief@example.org' });
    expect((await thief.auth.exchangeCodeForSession(code)).error?.code).toBe('bad_code_verifier');
    const { data, error } = await user.auth.exchangeCodeForSession(code);
    expect(error).toBeNull();
    expect(data.user?.email).toBe(email);
    expect((await user.auth.getUser()).data.user?.email).toBe(email);
  });

  test('a sign-up and a recovery go the same way', async () => {
    const user = client(server.publishableKey, 'pkce');
    const email = 'pkce-up@example.org';
    await user.auth.signUp({ email, password: PASSWORD });
    const code = (await follow((await mailed(email)).link)).searchParams.get('code') ?? '';
    expect((await user.auth.exchangeCodeForSession(code)).error).toBeNull();

    const events: AuthChangeEvent[] = [];
    user.auth.onAuthStateChange((event) => void events.push(event));
    await user.auth.resetPasswordForEmail(email, { redirectTo: `${SITE}/reset` });
    const second = (await follow((await mailed(email)).link)).searchParams.get('code') ?? '';
    expect((await user.auth.exchangeCodeForSession(second)).error).toBeNull();
    expect(events).toContain('PASSWORD_RECOVERY');
  });
});

describe('changing what one signs in with', () => {
  test('a forgotten password is replaced', async () => {
    const email = 'forgot@example.org';
    await confirmedUser(email);
    const user = client(server.publishableKey);
    const events: AuthChangeEvent[] = [];
    user.auth.onAuthStateChange((event) => void events.push(event));
    expect((await user.auth.resetPasswordForEmail(email)).error).toBeNull();
    expect((await user.auth.resetPasswordForEmail('nobody@example.org')).error).toBeNull();
    const { token, template } = await mailed(email);
    expect(template).toBe('recovery');
    expect((await user.auth.verifyOtp({ email, token, type: 'recovery' })).error).toBeNull();
    expect(events).toContain('PASSWORD_RECOVERY');
    expect((await user.auth.updateUser({ password: 'another long one' })).error).toBeNull();
    expect((await mailed(email)).template).toBe('password_changed_notification');
    expect((await user.auth.signInWithPassword({ email, password: 'another long one' })).error).toBeNull();
  });

  test('an address changes when both mailboxes agree', async () => {
    const user = await confirmedUser('old@example.org');
    const asked = await user.auth.updateUser({ email: 'new@example.org' });
    expect(asked.data.user?.new_email).toBe('new@example.org');
    const [old, next] = [await mailed('old@example.org'), await mailed('new@example.org')];
    const half = await user.auth.verifyOtp({ email: 'old@example.org', token: old.token, type: 'email_change' });
    expect(half.error).toBeNull();
    expect(half.data.user).toBeNull();
    const done = await user.auth.verifyOtp({ email: 'new@example.org', token: next.token, type: 'email_change' });
    expect(done.data.user?.email).toBe('new@example.org');
    expect((await mailed('old@example.org')).template).toBe('email_changed_notification');
  });

  test('a number is added to an account', async () => {
    const user = await confirmedUser('number@example.org');
    await user.auth.updateUser({ phone: '+491533333333' });
    const { code = '' } = await sent('491533333333');
    const { data } = await user.auth.verifyOtp({ phone: '+491533333333', token: code, type: 'phone_change' });
    expect(data.user).toMatchObject({ email: 'number@example.org', phone: '491533333333' });
  });

  test('an anonymous user becomes permanent', async () => {
    const user = client(server.publishableKey);
    const { data: before } = await user.auth.signInAnonymously();
    expect(before.user?.is_anonymous).toBe(true);
    await user.auth.updateUser({ email: 'permanent@example.org' });
    const { token } = await mailed('permanent@example.org');
    const { data } = await user.auth.verifyOtp({ email: 'permanent@example.org', token, type: 'email_change' });
    expect(data.user).toMatchObject({ id: before.user?.id, is_anonymous: false, email: 'permanent@example.org' });
  });

  test('a password is changed with a code asked for', async () => {
    const email = 'nonce@example.org';
    const user = await confirmedUser(email);
    expect((await user.auth.reauthenticate()).error).toBeNull();
    const { token, template } = await mailed(email);
    expect(template).toBe('reauthentication');
    await server.superuserSql(
      `insert into auth.settings (section, value) values ('password', '{"requireReauthentication": true}')`,
    );
    await server.superuserSql(`update auth.sessions set created_at = created_at - interval '2 days'`);
    await expect
      .poll(async () => (await user.auth.updateUser({ password: 'without a code' })).error?.code)
      .toBe('reauthentication_needed');
    expect((await user.auth.updateUser({ password: 'with a wrong code', nonce: 'x' })).error?.code).toBe(
      'reauthentication_not_valid',
    );
    expect((await user.auth.updateUser({ password: 'with a code, long', nonce: token })).error).toBeNull();
    await server.superuserSql(`delete from auth.settings where section = 'password'`);
  });
});

describe('letting somebody in', () => {
  test('an invitation by mail opens the account', async () => {
    const { data, error } = await admin.auth.admin.inviteUserByEmail('guest@example.org', {
      data: { team: 'blue' },
      redirectTo: `${SITE}/join`,
    });
    expect(error).toBeNull();
    expect(data.user?.invited_at).toBeTypeOf('string');
    const { link, template } = await mailed('guest@example.org');
    expect(template).toBe('invite');
    const target = await follow(link);
    expect(target.pathname).toBe('/join');
    expect(new URLSearchParams(target.hash.slice(1)).get('type')).toBe('invite');
    expect((await admin.auth.admin.inviteUserByEmail('guest@example.org')).error?.code).toBe('email_exists');
  });

  test('a link is generated for the administrator to send', async () => {
    const { data, error } = await admin.auth.admin.generateLink({ type: 'magiclink', email: 'linked@example.org' });
    expect(error).toBeNull();
    expect(data.user?.email).toBe('linked@example.org');
    expect(data.properties?.action_link).toContain('/auth/v1/verify?token=');
    const user = client(server.publishableKey);
    const token_hash = data.properties?.hashed_token ?? '';
    const verified = await user.auth.verifyOtp({ token_hash, type: 'email' });
    expect(verified.data.user?.id).toBe(data.user?.id);
    const change = { type: 'email_change_new', email: 'linked@example.org', newEmail: 'else@example.org' } as const;
    expect((await admin.auth.admin.generateLink(change)).data.properties?.verification_type).toBe('email_change_new');
    const recovery = await admin.auth.admin.generateLink({ type: 'recovery', email: 'nobody@example.org' });
    expect(recovery.error).toMatchObject({ status: 404, code: 'user_not_found' });
  });

  test('links of a project below a prefix lead through that prefix', async () => {
    expect(await server.ashlar('project', 'create', 'shop')).toMatchObject({ code: 0 });
    const { stdout } = await server.ashlar('status', '--project', 'shop', '-o', 'json');
    const { apiUrl, serviceRoleKey }: Record<string, string> = JSON.parse(stdout);
    const shop = createClient(apiUrl ?? '', serviceRoleKey ?? '', { auth: { persistSession: false } });
    const { data } = await shop.auth.admin.generateLink({ type: 'magiclink', email: 'buyer@example.org' });
    const link = data.properties?.action_link ?? '';
    expect(link.startsWith(`${server.url}/p/shop/auth/v1/verify?`)).toBe(true);
    // Another project knows nothing of it.
    const elsewhere = await follow(link.replace('/p/shop/', '/'));
    expect(new URLSearchParams(elsewhere.hash.slice(1)).get('error_code')).toBe('otp_expired');
    expect(new URLSearchParams((await follow(link)).hash.slice(1)).get('access_token')).toBeTypeOf('string');
  });
});
