import {
  type Browser,
  freePort,
  launchBrowser,
  type MailReceiver,
  type Page,
  type RunningServer,
  startMailReceiver,
  startServer,
} from '@ashlar/testing';
import { type OidcIssuer, startOidcIssuer } from '@ashlar/testing/oidc-issuer';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seriousFaults } from './axe.fixture.ts';
import { askAsOwner } from './people.fixture.ts';
import { haveStudioBuilt, OWNER } from './studio.fixture.ts';
import { totpAt } from './totp.fixture.ts';

// Every way into Studio, in a real browser. Passkeys belong to localhost, so that is what the server is called.
const PATIENCE_MS = 30_000;
const launched = await launchBrowser();
const browser: Browser | null = 'absent' in launched ? null : launched;

let server: RunningServer;
let issuer: OidcIssuer;
let mails: MailReceiver;
let url: string;
let page: Page;

beforeAll(async () => {
  if (browser === null) return;
  await haveStudioBuilt();
  const port = await freePort();
  url = `http://localhost:${port}`;
  [server, issuer] = await Promise.all([
    startServer({
      environment: { ASHLAR_PORT: String(port), ASHLAR_PUBLIC_URL: url, ASHLAR_OUTBOUND_ALLOW: '127.0.0.1' },
    }),
    startOidcIssuer([`${url}/p/control/auth/v1/callback`]),
  ]);
  mails = await startMailReceiver();
  await askAsOwner(server);
  issuer.people.set('ada', { sub: 'ada', email: OWNER.email, email_verified: true });
  const { issuer: address, clientId, clientSecret } = issuer;
  const providers = JSON.stringify({ keycloak: { issuer: address, clientId, clientSecret } });
  const mail = JSON.stringify({ smtp: { host: '127.0.0.1', port: mails.port, tls: 'none' } });
  await server.superuserSql(
    `insert into auth.settings (section, value) values ('providers', $1), ('mail', $2)`,
    [providers, mail],
    'control',
  );
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await issuer?.close();
  await mails?.close();
});
beforeEach(async ({ skip }) => {
  if ('absent' in launched) return skip(launched.absent);
  const context = await launched.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${url}/studio/sign-in`);
  return () => context.close();
});

const isIn = (): Promise<void> => page.getByRole('link', { name: /Default project/ }).waitFor();

/** One request as whoever is signed in, made by the page itself: its cookies are not ours to read. */
async function asPage<Body>(method: string, path: string, body?: object): Promise<Body> {
  const answer = await page.evaluate(
    async ([how, where, sent]) => {
      const response = await fetch(where, {
        method: how,
        headers: { 'content-type': 'application/json' },
        ...(sent === null ? {} : { body: sent }),
      });
      return response.text();
    },
    [method, `/p/control/auth/v1${path}`, body === undefined ? null : JSON.stringify(body)] as const,
  );
  // What the API documents for the path.
  return JSON.parse(answer) as Body;
}

async function byPassword(): Promise<void> {
  await page.getByLabel('E-mail address').fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await page.keyboard.press('Enter');
}

test('with a mailed code, of which the first wrong one is refused', async () => {
  await page.getByRole('button', { name: 'E-mail me a code instead' }).click();
  await page.getByLabel('E-mail address').fill(OWNER.email);
  await page.keyboard.press('Enter');
  const code = page.getByLabel('Code', { exact: true });
  await code.fill('000000');
  await page.keyboard.press('Enter');
  await page.getByText('That code is not right, or it is too old.').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await expect.poll(() => mails.received.length, { timeout: PATIENCE_MS }).toBe(1);
  await code.fill(/\b\d{6}\b/.exec(mails.received[0]?.mail.text ?? '')?.[0] ?? '');
  await page.keyboard.press('Enter');
  await isIn();
});

test('with a provider, there and back', async () => {
  await page.getByRole('button', { name: /Keycloak/ }).click();
  await page.waitForURL(`${issuer.issuer}/**`);
  await page.evaluate(`{
    const form = document.forms[0];
    form.insertAdjacentHTML('beforeend', '<input name="login" value="ada">');
    form.submit();
  }`);
  await page.waitForSelector('form[data-prompt=consent]', { state: 'attached' });
  await page.evaluate('document.forms[0].submit()');
  await isIn();
  expect(page.url()).not.toContain('code=');
});

test('with a passkey that was made before, and without a word typed', async () => {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  await byPassword();
  await isIn();
  const registered = await page.evaluate<string>(`(async () => {
    const ask = (path, body) => fetch('/p/control/auth/v1/passkeys/registration/' + path, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).then((r) => r.json());
    const { challenge_id, options } = await ask('options', {});
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey ?? options);
    const credential = await navigator.credentials.create({ publicKey });
    return (await ask('verify', { challenge_id, credential: credential.toJSON() })).id ?? '';
  })()`);
  expect(registered).not.toBe('');
  await page.getByRole('button', { name: 'Account', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await isIn();
});

test('with a password and then the code of an app, without which the server tells nothing', async () => {
  await byPassword();
  await isIn();
  const { id, totp } = await asPage<{ id: string; totp: { secret: string } }>('POST', '/factors', {
    factor_type: 'totp',
    friendly_name: 'app',
  });
  const challenge = await asPage<{ id: string }>('POST', `/factors/${id}/challenge`, {});
  const now = Date.now();
  await asPage('POST', `/factors/${id}/verify`, { challenge_id: challenge.id, code: totpAt(totp.secret, now) });
  await page.context().clearCookies();

  await page.goto(`${url}/studio/sign-in`);
  await byPassword();
  await page.getByRole('heading', { name: 'One more step' }).waitFor();
  const refused = await page.evaluate<{ code: string }>(`fetch('/control/v1/projects').then((r) => r.json())`);
  expect(refused.code).toBe('control.factor_due');
  await page.goto(`${url}/studio/projects/default`);
  const code = page.getByLabel('Code', { exact: true });
  await code.fill('000000');
  await page.keyboard.press('Enter');
  await page.getByText('That code is not right, or it is too old.').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  // A code is taken once; the next one is the clock's drift away.
  await code.fill(totpAt(totp.secret, now + 30_000));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Connect an application' }).waitFor();
});
