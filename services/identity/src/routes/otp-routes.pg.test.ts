import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { codeCalls, EXPIRED } from '../code-calls.fixture.ts';
import { createIdentityFixture, PUBLIC_URL, type IdentityFixture } from '../identity-fixture.ts';
import { lastMail, outbox } from '../identity-mailbox.fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture({ auth: { autoconfirmEmail: false } });
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql('delete from auth.users; delete from auth.outbox; delete from auth.address_guards');
  await identity.configure('email', {});
  await identity.configure('phone', { enabled: true, twilio: { accountSid: 'AC1', authToken: 'x', from: '+1555' } });
});

const ADA = 'ada@example.com';
const PHONE = '4915112345678';

const { post, verify, confirmed, later } = codeCalls(() => identity);

test('a code by mail makes an account for a new address and signs it in once', async () => {
  expect(await post('/otp', { email: ' Ada@Example.com ', data: { name: 'Ada' } })).toMatchObject({
    status: 200,
    body: {},
  });
  const mail = await lastMail(identity, ADA);
  expect(mail).toMatchObject({ template: 'confirmation', data: { email: ADA, metadata: { name: 'Ada' } } });
  const token = mail.data.token ?? '';
  expect(token).toMatch(/^\d{6}$/);
  expect(mail.data.confirmationUrl).toBe(
    `${PUBLIC_URL}/auth/v1/verify?token=${mail.data.tokenHash}&type=signup&redirect_to=${encodeURIComponent('http://127.0.0.1:3000')}`,
  );
  const { status, body } = await verify({ type: 'email', email: ADA, token });
  expect(status).toBe(200);
  expect(body.user).toMatchObject({
    email: ADA,
    email_confirmed_at: expect.any(String) as string,
    last_sign_in_at: expect.any(String) as string,
    user_metadata: { name: 'Ada', email_verified: true },
    identities: [{ provider: 'email', identity_data: { email_verified: true } }],
  });
  expect(decodeJwt(body.access_token)).toMatchObject({ aal: 'aal1', amr: [{ method: 'otp' }] });
  expect(await verify({ type: 'email', email: ADA, token })).toMatchObject(EXPIRED);
});

test('a code signs a known address in, by its hash too', async () => {
  const { id } = await confirmed(ADA);
  await post('/magiclink', { email: ADA });
  const mail = await lastMail(identity, ADA);
  expect(mail).toMatchObject({ template: 'magic_link', userId: id });
  expect(mail.data.confirmationUrl).toContain('&type=magiclink&');
  const { body } = await verify({ type: 'magiclink', token_hash: mail.data.tokenHash });
  expect(body.user.id).toBe(id);
  expect(await verify({ type: 'email', email: ADA, token: mail.data.token })).toMatchObject(EXPIRED);
});

test('the database keeps what the link names, in both places tools look', async () => {
  await confirmed(ADA);
  await post('/otp', { email: ADA });
  const { data } = await lastMail(identity, ADA);
  const [row] = await identity.project.sql(
    `select t.token_hash, u.recovery_token, t.relates_to, u.recovery_sent_at is not null as sent
     from auth.one_time_tokens t join auth.users u on u.id = t.user_id`,
  );
  expect(row).toEqual({
    token_hash: data.tokenHash,
    recovery_token: data.tokenHash,
    relates_to: ADA,
    sent: true,
  });
  expect(data.tokenHash).toMatch(/^[0-9a-f]{56}$/);
  await verify({ type: 'email', email: ADA, token: data.token });
  expect(await identity.project.sql('select recovery_token from auth.users')).toEqual([{ recovery_token: '' }]);
});

test('an unknown address is refused where no account may be made, and nothing is sent', async () => {
  expect(await post('/otp', { email: ADA, create_user: false })).toMatchObject({
    status: 422,
    body: { code: 'otp_disabled', message: 'Signups not allowed for otp' },
  });
  expect(await outbox(identity, ADA)).toEqual([]);
  await confirmed(ADA);
  expect((await post('/otp', { email: ADA, create_user: false })).status).toBe(200);
});

test('a code expires, and a newer one replaces it', async () => {
  await confirmed(ADA);
  await post('/otp', { email: ADA });
  const first = (await lastMail(identity, ADA)).data.token ?? '';
  later(60);
  await post('/otp', { email: ADA });
  const second = (await lastMail(identity, ADA)).data.token ?? '';
  if (first !== second) expect(await verify({ type: 'email', email: ADA, token: first })).toMatchObject(EXPIRED);
  later(3600);
  expect(await verify({ type: 'email', email: ADA, token: second })).toMatchObject(EXPIRED);
});

test('the length of codes and their life are settings', async () => {
  await identity.configure('email', { otpLength: 10, otpSeconds: 60 });
  await confirmed(ADA);
  await post('/otp', { email: ADA });
  const { token } = (await lastMail(identity, ADA)).data;
  expect(token).toMatch(/^\d{10}$/);
  later(59);
  expect((await verify({ type: 'email', email: ADA, token })).status).toBe(200);
});

test('where addresses need no confirmation a code is still proof of one', async () => {
  await identity.configure('email', { autoconfirm: true });
  await post('/otp', { email: ADA });
  const mail = await lastMail(identity, ADA);
  expect(mail.template).toBe('magic_link');
  expect(await identity.project.sql('select email_confirmed_at from auth.users')).toEqual([
    { email_confirmed_at: null },
  ]);
  const { body } = await verify({ type: 'email', email: ADA, token: mail.data.token });
  expect(body.user).toMatchObject({ email: ADA, email_confirmed_at: expect.any(String) as string });
});

test('recovery opens a session in which a new password is set', async () => {
  await confirmed(ADA);
  await post('/recover', { email: ADA });
  const { token } = (await lastMail(identity, ADA)).data;
  const { body } = await verify({ type: 'recovery', email: ADA, token });
  const changed = await identity.ask({
    method: 'PUT',
    url: '/user',
    token: body.access_token,
    body: { password: 'another1' },
  });
  expect(changed.status).toBe(200);
  expect(await lastMail(identity, ADA)).toMatchObject({ template: 'password_changed_notification' });
  expect((await post('/token?grant_type=password', { email: ADA, password: 'another1' })).status).toBe(200);
});

test('the owner of an address does not confirm a password a stranger chose', async () => {
  await post('/signup', { email: ADA, password: 'stranger1' });
  await post('/otp', { email: ADA });
  const mail = await lastMail(identity, ADA);
  expect(mail.template).toBe('magic_link');
  expect((await verify({ type: 'email', email: ADA, token: mail.data.token })).status).toBe(200);
  expect(await post('/token?grant_type=password', { email: ADA, password: 'stranger1' })).toMatchObject({
    status: 400,
    body: { code: 'invalid_credentials' },
  });
});

test('a banned account is not signed in, and its code is not used up', async () => {
  const { id } = await confirmed(ADA);
  await post('/otp', { email: ADA });
  const { token } = (await lastMail(identity, ADA)).data;
  await identity.project.sql(`update auth.users set banned_until = 'infinity' where id = $1`, [id]);
  expect(await verify({ type: 'email', email: ADA, token })).toMatchObject({
    status: 403,
    body: { code: 'user_banned' },
  });
  await identity.project.sql('update auth.users set banned_until = null');
  expect((await verify({ type: 'email', email: ADA, token })).status).toBe(200);
});

test('a code of one kind does not pass for another, nor one address for another', async () => {
  await confirmed(ADA);
  await confirmed('bob@example.com');
  await post('/otp', { email: ADA });
  const { token, tokenHash } = (await lastMail(identity, ADA)).data;
  for (const type of ['signup', 'invite', 'email_change']) {
    expect(await verify({ type, email: ADA, token })).toMatchObject(EXPIRED);
    expect(await verify({ type, token_hash: tokenHash })).toMatchObject(EXPIRED);
  }
  expect(await verify({ type: 'email', email: 'bob@example.com', token })).toMatchObject(EXPIRED);
});

test('what is switched off is refused in its words', async () => {
  await identity.configure('email', { enabled: false });
  await identity.configure('phone', { enabled: false });
  const emailOff = { status: 422, body: { code: 'email_provider_disabled', message: 'Email logins are disabled' } };
  expect(await post('/otp', { email: ADA })).toMatchObject(emailOff);
  expect(await post('/recover', { email: ADA })).toMatchObject(emailOff);
  expect(await post('/otp', { phone: PHONE })).toMatchObject({
    status: 400,
    body: { code: 'phone_provider_disabled', message: 'Unsupported phone provider' },
  });
  await identity.configure('email', {});
  await identity.configure('general', { disableSignup: true });
  expect((await post('/otp', { email: ADA })).body.code).toBe('signup_disabled');
  await identity.configure('general', {});
});

test.each([
  ['/otp', {}, 'Only an email address or phone number should be provided'],
  ['/otp', { email: 'a@b.co', phone: '4915' }, 'Only an email address or phone number should be provided'],
  ['/otp', { email: 'a@b@c' }, 'Unable to validate email address: invalid format'],
  ['/otp', { phone: '0123' }, 'Invalid phone number format (E.164 required)'],
  ['/otp', { phone: '4915', channel: 'smoke' }, `Invalid channel, supported values are 'sms' or 'whatsapp'`],
  ['/otp', { email: 'a@b.co', code_challenge: 'x' }, 'PKCE flow requires code_challenge_method and code_challenge'],
  ['/recover', {}, 'Unable to validate email address: invalid format'],
  ['/resend', { email: 'a@b.co' }, 'Missing one of these types: signup, email_change, sms, phone_change'],
  ['/resend', { type: 'sms', email: 'a@b.co' }, 'Type provided requires a phone number'],
  ['/resend', { type: 'signup', phone: '4915' }, 'Type provided requires an email address'],
  ['/verify', { email: 'a@b.co', token: '123456' }, 'Verify requires a verification type'],
  ['/verify', { type: 'toString', email: 'a@b.co', token: '123456' }, 'Unsupported verification type'],
  ['/verify', { type: 'email', email: 'a@b.co' }, 'Verify requires either a token or a token hash'],
  ['/verify', { type: 'email', token: '1', token_hash: '2' }, 'Verify requires either a token or a token hash'],
  ['/verify', { type: 'email', token_hash: 'x', email: 'a@b.co' }, 'Only the token_hash and type should be provided'],
  ['/verify', { type: 'sms', token: '1', email: 'a@b.co' }, expect.any(String)],
])('%s with %j is refused', async (url, body, message) => {
  expect(await post(url, body)).toMatchObject({ status: 400, body: { code: 'validation_failed', message } });
});

test.each([
  ['a long number', '9'.repeat(5000)],
  ['a blank behind', '123456 '],
  ['other digits', '１２３４５６'],
  ['SQL', "' or 1=1 --"],
])('%s in place of a code is just wrong', async (_name, token) => {
  expect(await verify({ type: 'email', email: ADA, token })).toMatchObject(EXPIRED);
  expect(await verify({ type: 'email', token_hash: token })).toMatchObject(EXPIRED);
});
