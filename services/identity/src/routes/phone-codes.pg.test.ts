import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { codeCalls } from '../code-calls.fixture.ts';
import { createIdentityFixture, type IdentityFixture } from '../identity-fixture.ts';
import { lastSms, outbox } from '../identity-mailbox.fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture({ auth: { autoconfirmEmail: false } });
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql('delete from auth.users; delete from auth.outbox; delete from auth.address_guards');
  await identity.configure('phone', { enabled: true, twilio: { accountSid: 'AC1', authToken: 'x', from: '+1555' } });
});

const PHONE = '4915112345678';

const { post, verify, later } = codeCalls(() => identity);

test('a code by text message makes an account for a new number and signs it in', async () => {
  expect(await post('/otp', { phone: `+${PHONE}`, channel: 'whatsapp' })).toMatchObject({ status: 200, body: {} });
  const sms = await lastSms(identity, PHONE);
  expect(sms).toMatchObject({ channel: 'whatsapp', text: `Your code is ${sms.code}` });
  const { status, body } = await verify({ type: 'sms', phone: PHONE, token: sms.code });
  expect(status).toBe(200);
  expect(body.user).toMatchObject({
    phone: PHONE,
    email: '',
    phone_confirmed_at: expect.any(String) as string,
    app_metadata: { provider: 'phone', providers: ['phone'] },
  });
  later(60);
  await post('/otp', { phone: PHONE });
  const again = await verify({ type: 'sms', phone: PHONE, token: (await lastSms(identity, PHONE)).code });
  expect(again.body.user.id).toBe(body.user.id);
});

test('a number signs up with a password and signs in once it is confirmed', async () => {
  const user = { phone: PHONE, password: 'secret1' };
  const made = await post('/signup', user);
  expect(made).toMatchObject({ status: 200, body: { phone: PHONE, identities: [{ provider: 'phone' }] } });
  expect(made.body).not.toHaveProperty('access_token');
  expect((await post('/token?grant_type=password', user)).body.code).toBe('phone_not_confirmed');
  later(60);
  expect(await post('/resend', { type: 'sms', phone: PHONE })).toMatchObject({ status: 200, body: {} });
  const { code } = await lastSms(identity, PHONE);
  expect((await verify({ type: 'sms', phone: PHONE, token: code })).status).toBe(200);
  expect((await post('/token?grant_type=password', user)).status).toBe(200);
});

test('a number signs up at once where numbers need no confirmation', async () => {
  await identity.configure('phone', { enabled: true, autoconfirm: true });
  const { body } = await post('/signup', { phone: PHONE, password: 'secret1' });
  expect(body.user).toMatchObject({ phone: PHONE, phone_confirmed_at: expect.any(String) as string });
});

test('a test number takes its fixed code and is sent nothing', async () => {
  await identity.configure('phone', { enabled: true, testCodes: { [PHONE]: '123456' } });
  expect((await post('/otp', { phone: PHONE })).status).toBe(200);
  expect((await post('/otp', { phone: PHONE })).status).toBe(200);
  expect(await outbox(identity, PHONE)).toEqual([]);
  expect((await verify({ type: 'sms', phone: PHONE, token: '123456' })).status).toBe(200);
});
