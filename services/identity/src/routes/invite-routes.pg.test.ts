import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  API_VERSION,
  createIdentityFixture,
  PUBLIC_URL,
  type Answer,
  type IdentityFixture,
} from '../identity-fixture.ts';
import { fragmentOf, lastMail, outbox, pathOf } from '../identity-mailbox.fixture.ts';

const SITE = 'https://app.example';
const ADA = 'ada@example.com';
const EVA = 'eva@example.com';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture({ auth: { siteUrl: SITE, autoconfirmEmail: false } });
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql('delete from auth.users; delete from auth.outbox; delete from auth.address_guards');
});

function post(url: string, body: object): Promise<Answer> {
  return identity.ask({ url, body, headers: API_VERSION });
}

function admin(url: string, body: object): Promise<Answer> {
  return identity.ask({ url, body, token: identity.serviceToken, headers: API_VERSION });
}

function generate(body: object): Promise<Answer> {
  return admin('/admin/generate_link', body);
}

function confirmed(email: string): Promise<Answer> {
  return admin('/admin/users', { email, password: 'secret1', email_confirm: true });
}

test('an invitation makes an account and mails the way into it', async () => {
  const query = `?redirect_to=${encodeURIComponent(`${SITE}/join`)}`;
  const { status, body } = await admin(`/invite${query}`, { email: ADA, data: { team: 'blue' } });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    email: ADA,
    invited_at: expect.any(String) as string,
    confirmation_sent_at: expect.any(String) as string,
    user_metadata: { team: 'blue' },
  });
  const mail = await lastMail(identity, ADA);
  expect(mail).toMatchObject({ template: 'invite', data: { redirectTo: `${SITE}/join` } });
  const followed = await identity.ask({ method: 'GET', url: pathOf(mail.data.confirmationUrl) });
  expect(followed.headers['location']).toMatch(/^https:\/\/app\.example\/join#access_token=/);
  expect(fragmentOf(followed.headers['location']).get('type')).toBe('invite');
  const [audit] = await identity.project.sql(
    `select count(*)::int as accepted from auth.audit_log_entries where payload ->> 'action' = 'invite_accepted'
     and payload ->> 'actor_id' = $1`,
    [body.id],
  );
  expect(audit).toEqual({ accepted: 1 });
});

test('who never came is invited again, who is confirmed is not', async () => {
  const first = await admin('/invite', { email: ADA });
  const again = await admin('/invite', { email: ADA });
  expect(again).toMatchObject({ status: 200, body: { id: first.body.id } });
  const { tokenHash } = (await lastMail(identity, ADA)).data;
  expect((await post('/verify', { type: 'invite', token_hash: tokenHash })).status).toBe(200);
  expect(await admin('/invite', { email: ADA })).toMatchObject({ status: 422, body: { code: 'email_exists' } });
});

test('an invitation is not accepted with a password a stranger chose', async () => {
  await post('/signup', { email: ADA, password: 'stranger1' });
  await admin('/invite', { email: ADA });
  const { tokenHash } = (await lastMail(identity, ADA)).data;
  await post('/verify', { type: 'invite', token_hash: tokenHash });
  expect((await post('/token?grant_type=password', { email: ADA, password: 'stranger1' })).status).toBe(400);
});

test.each([
  ['signup', { password: 'secret1', data: { a: 1 } }, 'signup'],
  ['invite', { data: { a: 1 } }, 'invite'],
  ['magiclink', {}, 'signup'],
])('a link of type %s for a new address is handed out and mailed to nobody', async (type, members, verification) => {
  const { status, body } = await generate({ type, email: ADA, redirect_to: `${SITE}/in`, ...members });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    email: ADA,
    aud: 'authenticated',
    email_otp: expect.stringMatching(/^\d{6}$/) as string,
    hashed_token: expect.stringMatching(/^[0-9a-f]{56}$/) as string,
    verification_type: verification,
    redirect_to: `${SITE}/in`,
  });
  const target = encodeURIComponent(`${SITE}/in`);
  expect(body.action_link).toBe(
    `${PUBLIC_URL}/auth/v1/verify?token=${body.hashed_token}&type=${verification}&redirect_to=${target}`,
  );
  expect(await outbox(identity, ADA)).toEqual([]);
  const typed = await post('/verify', { type: verification, email: ADA, token: body.email_otp });
  expect(typed).toMatchObject({ status: 200, body: { user: { id: body.id } } });
});

test.each(['magiclink', 'recovery'])('a link of type %s for a known address signs in', async (type) => {
  const { id } = (await confirmed(ADA)).body;
  const { body } = await generate({ type, email: ADA });
  expect(body).toMatchObject({ id, verification_type: type, redirect_to: SITE });
  expect((await post('/verify', { type, token_hash: body.hashed_token })).body.user.id).toBe(id);
});

test('the two links of a change of address are handed out one by one', async () => {
  await confirmed(ADA);
  const change = { email: ADA, new_email: EVA };
  const current = (await generate({ type: 'email_change_current', ...change })).body;
  const next = (await generate({ type: 'email_change_new', ...change })).body;
  expect(next).toMatchObject({ email: ADA, new_email: EVA, verification_type: 'email_change_new' });
  const half = await post('/verify', { type: 'email_change', email: ADA, token: current.email_otp });
  expect(half.body.code).toBe('200');
  const done = await identity.ask({ method: 'GET', url: pathOf(next.action_link) });
  expect(fragmentOf(done.headers['location']).get('type')).toBe('email_change');
  expect(await identity.project.sql('select email from auth.users')).toEqual([{ email: EVA }]);
});

test.each([
  [{ type: 'recovery', email: 'nobody@example.com' }, 404, 'user_not_found'],
  [{ type: 'email_change_new', email: 'nobody@example.com', new_email: EVA }, 404, 'user_not_found'],
  [{ type: 'email_change_new', email: ADA, new_email: 'bob@example.com' }, 422, 'email_exists'],
  [{ type: 'email_change_new', email: ADA }, 400, 'validation_failed'],
  [{ type: 'signup', email: ADA, password: 'secret1' }, 422, 'email_exists'],
  [{ type: 'signup', email: EVA }, 400, 'validation_failed'],
  [{ type: 'signup', email: EVA, password: 'x' }, 422, 'weak_password'],
  [{ type: 'invite', email: ADA }, 422, 'email_exists'],
  [{ type: 'sms', email: ADA }, 400, 'validation_failed'],
])('%j is refused', async (body, status, code) => {
  await confirmed(ADA);
  await confirmed('bob@example.com');
  expect(await generate(body)).toMatchObject({ status, body: { code } });
});

test.each(['/invite', '/admin/generate_link'])('%s is for administrators alone', async (url) => {
  const body = { type: 'magiclink', email: ADA };
  expect((await identity.ask({ url, body })).status).toBe(401);
  expect(await identity.ask({ url, body, token: identity.anonToken })).toMatchObject({
    status: 403,
    body: { error_code: 'not_admin' },
  });
  expect(await identity.project.sql('select from auth.users')).toEqual([]);
});
