import { startOidcIssuer, walk, type OidcIssuer } from '@ashlar/testing/oidc-issuer';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { factorCalls } from './factor-fixture.ts';
import { createIdentityFixture, PUBLIC_URL, type Answer, type IdentityFixture } from './identity-fixture.ts';
import { outbox } from './identity-mailbox.fixture.ts';
import { startRogueIssuer, type RogueIssuer } from './rogue-issuer-fixture.ts';

const ADA = 'ada@example.com';
const APP = 'https://app.example.org';

let identity: IdentityFixture;
let issuer: OidcIssuer;
/** Signs the tokens of apps on phones. */
let appIssuer: RogueIssuer;
beforeAll(async () => {
  [identity, issuer, appIssuer] = await Promise.all([
    createIdentityFixture({ auth: { siteUrl: APP, autoconfirmEmail: false, anonymousEnabled: true } }),
    startOidcIssuer([`${PUBLIC_URL}/auth/v1/callback`]),
    startRogueIssuer('our-client'),
  ]);
  issuer.people.set('ada', { sub: 'ada', email: ADA, email_verified: true, name: 'Ada' });
  const { issuer: address, clientId, clientSecret } = issuer;
  await identity.configure('providers', {
    'custom:house': { issuer: address, clientId, clientSecret },
    'custom:app': { issuer: appIssuer.issuer, clientId: 'our-client' },
  });
  await identity.configure('phone', { enabled: true });
  await asOwner(
    'create table public.calls (id int generated always as identity, event jsonb)',
    'create table public.verdict (answer jsonb)',
  );
  // A function that raises would undo its own note, so refusals are answered.
  for (const name of ['before_user', 'after_user', 'token', 'attempt']) {
    await asOwner(`create function public.${name}(event jsonb) returns jsonb language sql as
      $f$ insert into public.calls (event) values (event); select answer from public.verdict $f$`);
  }
});
afterAll(async () => {
  appIssuer.close();
  await Promise.all([identity.close(), issuer.close()]);
});
beforeEach(async () => {
  await identity.project.sql(
    'delete from auth.users; delete from auth.outbox; delete from auth.address_guards; delete from auth.flow_state',
  );
  await asOwner('truncate public.calls, public.verdict');
  await identity.configure('hooks', {});
  identity.clock.now = new Date();
});

async function asOwner(...statements: readonly string[]): Promise<void> {
  await identity.project.database.transaction({ login: 'owner', role: 'postgres' }, async (tx) => {
    await Promise.all(statements.map((sql) => tx.query(sql)));
  });
}

const fn = (name: string): object => ({ uri: `pg-functions://postgres/public/${name}` });
const watch = (): Promise<void> =>
  identity.configure('hooks', { beforeUserCreated: fn('before_user'), afterUserCreated: fn('after_user') });
const answerWith = (answer: object): Promise<void> =>
  asOwner('truncate public.verdict', `insert into public.verdict values ('${JSON.stringify(answer)}')`);
const refuseAll = (): Promise<void> => answerWith({ error: { http_code: 403, message: 'Members only' } });

// oxlint-disable-next-line typescript/no-explicit-any -- read as loosely as a function of the project would
async function calls(): Promise<any[]> {
  const rows = await identity.project.sql<{ event: object }>('select event from public.calls order by id');
  return rows.map(({ event }) => event);
}

const names = async (): Promise<string[]> => (await calls()).map(({ metadata }) => metadata.name);
const users = (): Promise<unknown[]> => identity.project.sql('select id from auth.users');

const admin = (url: string, body: object): Promise<Answer> => identity.ask({ url, body, token: identity.serviceToken });
const impersonate = (id: string): Promise<Answer> =>
  admin(`/admin/users/${id}/impersonate`, { reason: 'ticket 7', minutes: 10 });
const otp = (body: object = {}): Promise<Answer> => identity.ask({ url: '/otp', body: { email: ADA, ...body } });

async function withProvider(): Promise<Answer> {
  const begun = await identity.ask({ method: 'GET', url: '/authorize?provider=custom:house' });
  const cookie = String(begun.headers['set-cookie']).split(';', 1)[0] ?? '';
  const until = `${PUBLIC_URL}/auth/v1/callback`;
  const back = await walk(String(begun.headers['location']), { login: 'ada', until });
  const { search } = new URL(back);
  return identity.ask({ method: 'GET', url: `/callback${search}`, headers: { cookie } });
}

async function withIdToken(): Promise<Answer> {
  const idToken = await appIssuer.sign({ sub: 'ada', email: ADA, email_verified: true });
  return identity.ask({ url: '/token?grant_type=id_token', body: { provider: 'custom:app', id_token: idToken } });
}

const WAYS: readonly (readonly [name: string, go: () => Promise<Answer>])[] = [
  ['a sign-up', () => identity.ask({ url: '/signup', body: { email: ADA, password: 'secret1' } })],
  ['an anonymous sign-in', () => identity.ask({ url: '/signup', body: {} })],
  ['a one-time code', () => otp()],
  ['a code by text message', () => otp({ email: undefined, phone: '+4915112345678' })],
  ['an invitation', () => admin('/invite', { email: ADA })],
  ['a link to sign up', () => admin('/admin/generate_link', { type: 'signup', email: ADA, password: 'secret1' })],
  ['a link to accept', () => admin('/admin/generate_link', { type: 'invite', email: ADA })],
  ['a magic link', () => admin('/admin/generate_link', { type: 'magiclink', email: ADA })],
  ['a provider', withProvider],
  ['an id token', withIdToken],
];

describe.each(WAYS)('an account that begins with %s', (_name, go) => {
  test('is asked about before and told of after', async () => {
    await watch();
    expect((await go()).status).toBeLessThan(400);
    await vi.waitFor(async () => expect(await names()).toEqual(['before-user-created', 'after-user-created']), {
      timeout: 30_000,
    });
    const [before, after] = await calls();
    expect(before.user).toMatchObject({ id: after.user.id, email: after.user.email, phone: after.user.phone });
    expect(await users()).toEqual([{ id: after.user.id }]);
  });

  test('is not made, and nothing is sent, when the hook refuses', async () => {
    await watch();
    await refuseAll();
    const { status, headers, body } = await go();
    const said = status === 303 ? String(headers['location']) : JSON.stringify(body);
    expect(said).toMatch(/Members(?: |\+|%20)only/);
    expect(status === 303 || status === 403).toBe(true);
    expect(await names()).toEqual(['before-user-created']);
    expect(await users()).toEqual([]);
    expect(await identity.project.sql('select id from auth.outbox')).toEqual([]);
  });
});

test('an account an administrator makes is told of and not asked about', async () => {
  await watch();
  await refuseAll();
  expect((await admin('/admin/users', { email: ADA })).status).toBe(200);
  await vi.waitFor(async () => expect(await names()).toEqual(['after-user-created']), { timeout: 30_000 });
});

test('who has an account signs in whatever the hook says of newcomers', async () => {
  await admin('/admin/users', { email: ADA, email_confirm: true });
  await watch();
  await refuseAll();
  expect((await otp()).status).toBe(200);
  expect(await outbox(identity, ADA)).toMatchObject([{ template: 'magic_link' }]);
  expect((await admin('/admin/generate_link', { type: 'magiclink', email: ADA })).status).toBe(200);
  // Asked alike, so that the time of the answer tells nothing of the address.
  expect(await names()).toEqual(['before-user-created', 'before-user-created']);
  expect(String((await withProvider()).headers['location'])).toContain('access_token=');
  // Their provider vouched for them: they may know whether they have an account.
  expect(await names()).toHaveLength(2);
});

test('of many who ask for a code at once one makes the account, and it is told of once', async () => {
  await identity.configure('email', { minIntervalSeconds: 0 });
  await watch();
  const answers = await Promise.all(Array.from({ length: 10 }, () => otp()));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  await vi.waitFor(
    async () => expect((await names()).filter((name) => name === 'after-user-created')).toHaveLength(1),
    { timeout: 30_000 },
  );
  expect(await users()).toHaveLength(1);
  await identity.configure('email', {});
});

test('nobody is asked about where no account would be made', async () => {
  await watch();
  expect((await otp({ create_user: false })).status).toBe(422);
  await identity.configure('general', { disableSignup: true });
  expect((await otp()).status).toBe(422);
  expect(String((await withProvider()).headers['location'])).toContain('signup_disabled');
  await identity.configure('general', {});
  expect((await admin('/admin/generate_link', { type: 'recovery', email: ADA })).status).toBe(404);
  expect(await calls()).toEqual([]);
});

describe('a hook on second factors', () => {
  test('judges right and wrong answers, and its refusal ends every session', async () => {
    await identity.configure('email', { autoconfirm: true });
    const { access_token: token, user } = await identity.signUp(ADA);
    const factors = factorCalls(identity);
    const factor = await factors.enrolTotp(token);
    await identity.configure('hooks', { mfaVerificationAttempt: fn('attempt') });
    await answerWith({ decision: 'continue' });
    const wrong = String((Number(factors.codeOf(factor.secret)) + 1) % 1_000_000).padStart(6, '0');
    expect((await factors.verify(token, factor.id, wrong)).body.code).toBe('mfa_verification_failed');
    factors.passSeconds(1);
    const { status, body } = await factors.verify(token, factor.id, factors.codeOf(factor.secret));
    expect([status, decodeJwt(body.access_token)['aal']]).toEqual([200, 'aal2']);
    const asked = { user_id: user.id, factor_id: factor.id, factor_type: 'totp' };
    expect(await calls()).toMatchObject([
      { ...asked, valid: false, metadata: { name: 'mfa-verification-attempt' } },
      { ...asked, valid: true },
    ]);

    await answerWith({ decision: 'reject', message: 'Not on a Sunday' });
    factors.passSeconds(90);
    expect(await factors.verify(body.access_token, factor.id, factors.codeOf(factor.secret))).toMatchObject({
      status: 403,
      body: { code: 'mfa_verification_rejected', message: 'Not on a Sunday' },
    });
    expect(await identity.project.sql('select id from auth.sessions')).toEqual([]);
    await identity.configure('email', {});
  });
});

describe('a token in somebody else’s name', () => {
  test('has the claims of the hook, and says who acts whatever the hook does', async () => {
    const { id } = (await admin('/admin/users', { email: ADA })).body;
    await asOwner(`create or replace function public.token(event jsonb) returns jsonb language sql as $f$
      select jsonb_build_object('claims', event->'claims' || '{"act": {"sub": "nobody"}}'
        || jsonb_build_object('shop', 7, 'how', event->>'authentication_method', 'exp', (event#>>'{claims,iat}')::int + 60)) $f$`);
    await identity.configure('hooks', { customAccessToken: fn('token') });
    const { body } = await impersonate(id);
    const claims = decodeJwt(body.access_token);
    expect(claims).toMatchObject({ sub: id, shop: 7, how: 'impersonation', act: { sub: 'service_role' } });
    expect(body).toMatchObject({ expires_in: 60, expires_at: claims.exp });
  });

  test('is not given when the hook refuses, and leaves no session', async () => {
    const { id } = (await admin('/admin/users', { email: ADA })).body;
    await asOwner(`create or replace function public.token(event jsonb) returns jsonb language sql as
      $f$ select answer from public.verdict $f$`);
    await identity.configure('hooks', { customAccessToken: fn('token') });
    await refuseAll();
    expect((await impersonate(id)).status).toBe(403);
    expect(await identity.project.sql('select id from auth.sessions')).toEqual([]);
  });
});
