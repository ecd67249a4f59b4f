import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_VERSION, createIdentityFixture, type Answer, type IdentityFixture } from '../identity-fixture.ts';
import { lastMail, lastSms, pathOf } from '../identity-mailbox.fixture.ts';

const ADA = 'ada@example.com';
const EVA = 'eva@example.com';
const PHONE = '4915112345678';
const ROUNDS = 8;

let identity: IdentityFixture;
beforeAll(async () => {
  const twilio = { accountSid: 'AC1', authToken: 'x', from: '+1555' };
  identity = await createIdentityFixture({
    auth: { autoconfirmEmail: false },
    settings: { email: { minIntervalSeconds: 0 }, phone: { enabled: true, minIntervalSeconds: 0, twilio } },
  });
});
afterAll(() => identity.close());

function ask(method: 'GET' | 'POST' | 'PUT', url: string, body?: object, token?: string): Promise<Answer> {
  const said = { ...(body === undefined ? {} : { body }), ...(token === undefined ? {} : { token }) };
  return identity.ask({ method, url, headers: API_VERSION, ...said });
}

test('everything that can happen to one account at once happens without a failure', async () => {
  const user = { email: ADA, password: 'secret1', email_confirm: true };
  await ask('POST', '/admin/users', user, identity.serviceToken);
  const { access_token: token } = (await ask('POST', '/token?grant_type=password', user)).body;
  await ask('PUT', '/user', { email: EVA, phone: PHONE }, token);
  await ask('POST', '/otp', { email: ADA });
  const statuses = new Map<number, number>();

  for (let round = 0; round < ROUNDS; round++) {
    const current = await lastMail(identity, ADA);
    const next = await lastMail(identity, EVA);
    const sms = await lastSms(identity, PHONE);
    const answers = await Promise.all([
      ask('POST', '/otp', { email: ADA }),
      ask('POST', '/recover', { email: ADA }),
      ask('POST', '/signup', user),
      ask('POST', '/resend', { type: 'email_change', email: ADA }),
      ask('POST', '/resend', { type: 'email_change', email: EVA }),
      ask('POST', '/resend', { type: 'phone_change', phone: PHONE }),
      ask('PUT', '/user', { email: EVA }, token),
      ask('PUT', '/user', { phone: PHONE, data: { round } }, token),
      ask('PUT', '/user', { password: `secret-${round}` }, token),
      ask('GET', '/reauthenticate', undefined, token),
      ask('POST', '/verify', { type: 'email', email: ADA, token: current.data.token }),
      ask('POST', '/verify', { type: 'email', email: ADA, token: '000000' }),
      ask('POST', '/verify', { type: 'email_change', email: EVA, token: next.data.token }),
      ask('POST', '/verify', { type: 'email_change', token_hash: next.data.tokenHash }),
      ask('POST', '/verify', { type: 'phone_change', phone: PHONE, token: sms.code }),
      ask('GET', next.data.confirmationUrl === undefined ? '/health' : pathOf(next.data.confirmationUrl)),
      ask('POST', '/admin/generate_link', { type: 'magiclink', email: ADA }, identity.serviceToken),
      ask('POST', '/invite', { email: ADA }, identity.serviceToken),
    ]);
    for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    // As long as nobody confirmed with both mailboxes the address stays.
    const [row] = await identity.project.sql<{ email: string }>('select email from auth.users where email = $1', [ADA]);
    expect(row?.email).toBe(ADA);
  }
  expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
});
