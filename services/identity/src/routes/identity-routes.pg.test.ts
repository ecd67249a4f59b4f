import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { API_VERSION, createIdentityFixture, type Answer, type IdentityFixture } from '../identity-fixture.ts';
import { startRogueIssuer, type RogueIssuer } from '../rogue-issuer-fixture.ts';

const CLIENT = 'our-client';
let identity: IdentityFixture;
let issuer: RogueIssuer;
beforeAll(async () => {
  [identity, issuer] = await Promise.all([createIdentityFixture(), startRogueIssuer(CLIENT)]);
  const settings = { clientId: CLIENT, clientSecret: 'hush', issuer: issuer.issuer };
  await identity.project.sql(
    `insert into auth.settings (section, value) values ('general', '{"manualLinkingEnabled": true}'), ('providers', $1)`,
    [JSON.stringify({ 'custom:a': settings, 'custom:b': settings })],
  );
});
afterAll(async () => {
  issuer.close();
  await identity.close();
});
beforeEach(async () => {
  identity.clock.now = new Date();
  await identity.project.sql('delete from auth.users');
  await identity.project.sql('delete from auth.outbox');
});

const ADA = { sub: 'ada', email: 'ada@home.example', email_verified: true, name: 'Ada' };

function authorize(token: string, provider = 'custom:a', query = '&skip_http_redirect=true'): Promise<Answer> {
  return identity.ask({
    method: 'GET',
    url: `/user/identities/authorize?provider=${provider}${query}`,
    token,
    headers: API_VERSION,
  });
}

/** Links as an application does: fetches the address, goes there and comes back. */
async function link(
  token: string,
  claims: Record<string, unknown> = ADA,
  provider = 'custom:a',
): Promise<Record<string, string>> {
  const { body } = await authorize(token, provider);
  const state = new URL(body.url).searchParams.get('state') ?? '';
  const answer = await identity.ask({
    method: 'GET',
    url: `/callback?${new URLSearchParams({ state, code: issuer.code(body.url, { claims }) }).toString()}`,
  });
  return Object.fromEntries(new URLSearchParams(new URL(String(answer.headers['location'])).hash.slice(1)));
}

const userOf = async (token: string): Promise<Answer['body']> =>
  (await identity.ask({ method: 'GET', url: '/user', token })).body;
const unlink = (token: string, id: string): Promise<Answer> =>
  identity.ask({ method: 'DELETE', url: `/user/identities/${id}`, token, headers: API_VERSION });
const identityOf = (user: Answer['body'], provider: string): string =>
  user.identities.find((one: { provider: string }) => one.provider === provider)?.identity_id;

test('an identity joins the account of whoever is signed in, whatever its address', async () => {
  const { access_token: token, user } = await identity.signUp('ada@work.example');
  expect(await link(token)).toHaveProperty('access_token');
  const after = await userOf(token);
  expect(after).toMatchObject({
    id: user.id,
    email: 'ada@work.example',
    app_metadata: { provider: 'email', providers: ['email', 'custom:a'] },
    user_metadata: { email: 'ada@work.example', name: 'Ada' },
  });
  const [mail] = await identity.project.sql('select message from auth.outbox');
  expect(mail).toMatchObject({ message: { template: 'identity_linked_notification', to: 'ada@work.example' } });
  const actions = await identity.project.sql(
    `select payload from auth.audit_log_entries where payload ->> 'action' = 'identity_linked'`,
  );
  expect(actions[0]).toMatchObject({
    payload: { action: 'identity_linked', actor_id: user.id, traits: { provider: 'custom:a' } },
  });
});

test('without skip_http_redirect the answer is a redirect', async () => {
  const { access_token: token } = await identity.signUp('ada@work.example');
  const answer = await authorize(token, 'custom:a', '');
  expect(answer.status).toBe(302);
  expect(String(answer.headers['location'])).toContain(issuer.issuer);
});

test('an identity that belongs to somebody stays with them', async () => {
  const { access_token: ada } = await identity.signUp('ada@work.example');
  await link(ada);
  expect(await link(ada)).toMatchObject({
    error_code: 'identity_already_exists',
    error_description: 'Identity is already linked',
  });
  const { access_token: eve } = await identity.signUp('eve@work.example');
  expect(await link(eve)).toMatchObject({
    error_code: 'identity_already_exists',
    error_description: 'Identity is already linked to another user',
  });
  expect((await userOf(eve)).identities).toHaveLength(1);
});

test('an anonymous account becomes permanent and takes the verified address', async () => {
  const { body: anonymous } = await identity.ask({ url: '/signup', body: {} });
  const linked = await link(anonymous.access_token);
  expect(await userOf(linked['access_token'] ?? '')).toMatchObject({
    id: anonymous.user.id,
    is_anonymous: false,
    email: 'ada@home.example',
    email_confirmed_at: expect.any(String) as string,
    app_metadata: { provider: 'custom:a', providers: ['custom:a'] },
  });
});

test('an anonymous account does not take an address that is unverified or somebody else’s', async () => {
  const { body: one } = await identity.ask({ url: '/signup', body: {} });
  await link(one.access_token, { ...ADA, email_verified: false });
  const after = await userOf(one.access_token);
  expect(after).toMatchObject({ is_anonymous: false, email: '' });
  expect(after.user_metadata).not.toHaveProperty('email');
  await identity.signUp('eve@home.example');
  const { body: two } = await identity.ask({ url: '/signup', body: {} });
  expect(await link(two.access_token, { ...ADA, sub: 'eve', email: 'eve@home.example' })).toMatchObject({
    error_code: 'email_exists',
  });
  expect(await userOf(two.access_token)).toMatchObject({ is_anonymous: true, identities: [] });
});

test('whoever is gone or banned when the browser comes back is linked to nothing', async () => {
  const { access_token: token, user } = await identity.signUp('ada@work.example');
  const { body } = await authorize(token);
  const back = (): Promise<Answer> => {
    const state = new URL(body.url).searchParams.get('state') ?? '';
    const query = new URLSearchParams({ state, code: issuer.code(body.url, { claims: ADA }) });
    return identity.ask({ method: 'GET', url: `/callback?${query.toString()}` });
  };
  await identity.project.sql(`update auth.users set banned_until = 'infinity' where id = $1`, [user.id]);
  expect(String((await back()).headers['location'])).toContain('error_code=user_banned');
  expect(await authorize(token)).toMatchObject({ status: 403, body: { code: 'user_banned' } });
  expect(await authorize('')).toMatchObject({ status: 403 });
  await identity.project.sql('delete from auth.users');
  expect(await link(token).catch(() => 'no address to go to')).toBe('no address to go to');
});

test('an id token of the app links too', async () => {
  const { access_token: token, user } = await identity.signUp('ada@work.example');
  const body = { provider: 'custom:a', id_token: await issuer.sign(ADA), link_identity: true };
  const answer = await identity.ask({ url: '/token?grant_type=id_token', body, token });
  expect(answer).toMatchObject({
    status: 200,
    body: { user: { id: user.id, app_metadata: { providers: ['email', 'custom:a'] } } },
  });
  expect((await identity.ask({ url: '/token?grant_type=id_token', body })).status).toBe(401);
});

test('an identity is taken from the account, and the address that came with it is replaced', async () => {
  const { body: anonymous } = await identity.ask({ url: '/signup', body: {} });
  const first = (await link(anonymous.access_token))['access_token'] ?? '';
  await link(first, { ...ADA, sub: 'ada-2', email: 'ada@other.example' }, 'custom:b');
  const before = await userOf(first);
  expect(before.email).toBe('ada@home.example');
  const gone = await unlink(first, identityOf(before, 'custom:a'));
  expect(gone).toMatchObject({ status: 200, body: {} });
  expect(await userOf(first)).toMatchObject({
    email: 'ada@other.example',
    identities: [{ provider: 'custom:b' }],
    app_metadata: { provider: 'custom:b', providers: ['custom:b'] },
  });
  expect(await unlink(first, identityOf(before, 'custom:b'))).toMatchObject({
    status: 422,
    body: { code: 'single_identity_not_deletable', message: 'User must have at least 1 identity after unlinking' },
  });
});

test('an address somebody else took meanwhile keeps the identity where it is', async () => {
  const { body: anonymous } = await identity.ask({ url: '/signup', body: {} });
  const token = (await link(anonymous.access_token))['access_token'] ?? '';
  await link(token, { ...ADA, sub: 'ada-2', email: 'eve@work.example' }, 'custom:b');
  await identity.signUp('eve@work.example');
  expect(await unlink(token, identityOf(await userOf(token), 'custom:a'))).toMatchObject({
    status: 422,
    body: { code: 'email_conflict_identity_not_deletable' },
  });
  expect((await userOf(token)).identities).toHaveLength(2);
});

test('of two identities taken away at once one stays', async () => {
  const { access_token: token } = await identity.signUp('ada@work.example');
  await link(token);
  const user = await userOf(token);
  const ids = user.identities.map((one: { identity_id: string }) => one.identity_id);
  const answers = await Promise.all(ids.map((id: string) => unlink(token, id)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 422]);
  expect((await userOf(token)).identities).toHaveLength(1);
});

test('nobody takes an identity of somebody else, or one that is none', async () => {
  const { access_token: ada } = await identity.signUp('ada@work.example');
  await link(ada);
  const { access_token: eve } = await identity.signUp('eve@work.example');
  await link(eve, { ...ADA, sub: 'eve' });
  const theirs = identityOf(await userOf(ada), 'custom:a');
  expect(await unlink(eve, theirs)).toMatchObject({ status: 422, body: { code: 'identity_not_found' } });
  expect(await unlink(eve, randomUUID())).toMatchObject({ status: 422, body: { code: 'identity_not_found' } });
  expect(await unlink(eve, 'nonsense')).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  expect((await userOf(ada)).identities).toHaveLength(2);
});

test('while linking is off, nothing is linked and nothing unlinked', async () => {
  const { access_token: token } = await identity.signUp('ada@work.example');
  await identity.project.sql(`update auth.settings set value = '{}' where section = 'general'`);
  const off = { status: 404, body: { code: 'manual_linking_disabled', message: 'Manual linking is disabled' } };
  await expect.poll(() => authorize(token)).toMatchObject(off);
  expect(await unlink(token, randomUUID())).toMatchObject(off);
  const body = { provider: 'custom:a', id_token: await issuer.sign(ADA), link_identity: true };
  expect((await identity.ask({ url: '/token?grant_type=id_token', body, token })).status).toBe(404);
  await identity.project.sql(
    `update auth.settings set value = '{"manualLinkingEnabled": true}' where section = 'general'`,
  );
  await expect.poll(async () => (await authorize(token)).status).toBe(200);
});
