import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  launchBrowser,
  startServer,
  type Browser,
  type CDPSession,
  type Page,
  type RunningServer,
} from '@ashlar/testing';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

declare global {
  // What the page of these tests has; functions given to it are run there.
  var supabase: { readonly createClient: typeof createClient };
  var client: SupabaseClient;
}

const PASSWORD = 'correct horse battery';

const launched = await launchBrowser();
const browser: Browser | null = 'absent' in launched ? null : launched;

let server: RunningServer;
let site: Server;
let origin: string;

beforeAll(async () => {
  if (browser === null) return;
  server = await startServer();
  site = await serveSite();
  origin = `http://localhost:${(site.address() as AddressInfo).port}`;
  await changeSettings('passkeys', { enabled: true, relyingPartyId: 'localhost', origins: [origin] });
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  await server?.stop();
});
beforeEach(({ skip }) => {
  if ('absent' in launched) skip(launched.absent);
});

/** A page at an origin of its own, with the real client in it. */
async function serveSite(): Promise<Server> {
  const index = import.meta.resolve('@supabase/supabase-js');
  const script = await readFile(fileURLToPath(new URL('umd/supabase.js', index)));
  const listening = createServer((request, response) => {
    if (request.url === '/supabase.js') {
      response.setHeader('content-type', 'text/javascript').end(script);
      return;
    }
    response
      .setHeader('content-type', 'text/html')
      .end('<!doctype html><title>Shop</title><script src="/supabase.js"></script>');
  });
  await new Promise<void>((resolve) => {
    listening.listen(0, 'localhost', resolve);
  });
  return listening;
}

async function changeSettings(section: string, value: object): Promise<void> {
  const { status } = await fetch(`${server.url}/auth/v1/admin/settings/${section}`, {
    method: 'PATCH',
    headers: { apikey: server.serviceRoleKey, authorization: `Bearer ${server.serviceRoleKey}` },
    body: JSON.stringify(value),
  });
  expect(status).toBe(200);
}

interface Visitor extends AsyncDisposable {
  readonly page: Page;
  readonly cdp: CDPSession;
  readonly authenticatorId: string;
}

/** A browser with an authenticator of its own that knows its user. */
async function openSite(at: string = origin, transport: 'internal' | 'usb' = 'internal'): Promise<Visitor> {
  if (browser === null) throw new Error('There is no browser');
  const context = await browser.newContext();
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto(at);
  await page.evaluate(
    ([url, key]) => {
      globalThis.client = globalThis.supabase.createClient(url, key, { auth: { persistSession: false } });
    },
    [server.url, server.publishableKey] as const,
  );
  return { page, cdp, authenticatorId, [Symbol.asyncDispose]: () => context.close() };
}

function signUp(page: Page, email: string): Promise<string | null> {
  return page.evaluate(
    async ([address, password]) =>
      (await globalThis.client.auth.signUp({ email: address, password })).data.user?.id ?? null,
    [email, PASSWORD] as const,
  );
}

const register = (page: Page): Promise<{ readonly id: string | null; readonly code: string | null }> =>
  page.evaluate(async () => {
    const { data, error } = await globalThis.client.auth.registerPasskey();
    return { id: data?.id ?? null, code: error === null ? null : String(error.code) };
  });

interface SignIn {
  readonly userId: string | null;
  readonly amr: readonly string[];
  readonly code: string | null;
}

const signIn = (page: Page): Promise<SignIn> =>
  page.evaluate(async () => {
    const { data, error } = await globalThis.client.auth.signInWithPasskey();
    const { data: level } = await globalThis.client.auth.mfa.getAuthenticatorAssuranceLevel();
    const methods = level?.currentAuthenticationMethods ?? [];
    return {
      userId: data?.user?.id ?? null,
      amr: methods.map((entry) => (typeof entry === 'string' ? entry : entry.method)),
      code: error === null ? null : String(error.code),
    };
  });

test('a passkey made in a browser signs its owner in without a password', async () => {
  await using visitor = await openSite();
  const { page } = visitor;
  const userId = await signUp(page, 'ada@example.org');
  const { id, code } = await register(page);
  expect(code).toBeNull();
  const listed = await page.evaluate(async () => (await globalThis.client.auth.passkey.list()).data);
  expect(listed).toMatchObject([{ id, friendly_name: 'Passkey' }]);
  const admin = createClient(server.url, server.serviceRoleKey, { auth: { persistSession: false } });
  expect((await admin.auth.admin.passkey.listPasskeys({ userId: userId ?? '' })).data).toMatchObject([{ id }]);
  const renamed = await page.evaluate(
    async (passkeyId) => (await globalThis.client.auth.passkey.update({ passkeyId, friendlyName: 'laptop' })).data,
    id ?? '',
  );
  expect(renamed).toMatchObject({ id, friendly_name: 'laptop' });
  await page.evaluate(() => globalThis.client.auth.signOut());
  expect(await signIn(page)).toEqual({ userId, amr: ['passkey'], code: null });
  // A second one by the same authenticator is refused by the authenticator itself.
  expect((await register(page)).id).toBeNull();
  const error = await page.evaluate(
    async (passkeyId) => (await globalThis.client.auth.passkey.delete({ passkeyId })).error,
    id ?? '',
  );
  expect(error).toBeNull();
  await page.evaluate(() => globalThis.client.auth.signOut());
  expect(await signIn(page)).toMatchObject({ userId: null, code: 'webauthn_verification_failed' });
});

test('a copied authenticator is found out by its counter', async () => {
  await using visitor = await openSite();
  const { page, cdp, authenticatorId } = visitor;
  const userId = await signUp(page, 'ibn@example.org');
  expect((await register(page)).code).toBeNull();
  expect(await signIn(page)).toMatchObject({ userId });
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
  const [credential] = credentials;
  if (credential === undefined) throw new Error('The authenticator holds no credential');
  await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId: credential.credentialId });
  await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount: 0 } });
  expect(await signIn(page)).toMatchObject({ userId: null, code: 'webauthn_verification_failed' });
});

test('a page of another origin gets nothing, though the browser lets it ask', async () => {
  const other = await serveSite();
  await using visitor = await openSite(`http://localhost:${(other.address() as AddressInfo).port}`);
  await signUp(visitor.page, 'eve@example.org');
  expect(await register(visitor.page)).toEqual({ id: null, code: 'webauthn_verification_failed' });
  other.close();
});

test('a security key is a second factor', async () => {
  await using visitor = await openSite(origin, 'usb');
  const { page } = visitor;
  await signUp(page, 'key@example.org');
  const result = await page.evaluate(async () => {
    const { mfa } = globalThis.client.auth;
    const registered = await mfa.webauthn.register({ friendlyName: 'key' });
    const { data: factors } = await mfa.listFactors();
    const { data: level } = await mfa.getAuthenticatorAssuranceLevel();
    return { error: registered.error?.message ?? null, factors: factors?.webauthn ?? [], level };
  });
  expect(result).toMatchObject({
    error: null,
    factors: [{ friendly_name: 'key', status: 'verified' }],
    level: { currentLevel: 'aal2', nextLevel: 'aal2' },
  });
  const [factor] = result.factors;
  const again = await page.evaluate(
    async ([factorId, password]) => {
      const { auth } = globalThis.client;
      await auth.signInWithPassword({ email: 'key@example.org', password });
      const { data: before } = await auth.mfa.getAuthenticatorAssuranceLevel();
      const proven = await auth.mfa.webauthn.authenticate({ factorId });
      const { data: after } = await auth.mfa.getAuthenticatorAssuranceLevel();
      return {
        error: proven.error?.message ?? null,
        before: before?.currentLevel,
        after: after?.currentLevel,
        methods: after?.currentAuthenticationMethods,
      };
    },
    [factor?.id ?? '', PASSWORD] as const,
  );
  expect(again).toMatchObject({
    error: null,
    before: 'aal1',
    after: 'aal2',
    methods: [{ method: 'mfa/webauthn' }, { method: 'password' }],
  });
});
