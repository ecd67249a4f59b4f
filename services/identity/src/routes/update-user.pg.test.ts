import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { codeCalls } from '../code-calls.fixture.ts';
import { API_VERSION, createIdentityFixture, type Answer, type IdentityFixture } from '../identity-fixture.ts';
import { fragmentOf, lastMail, lastSms, outbox, pathOf, wrongCode } from '../identity-mailbox.fixture.ts';

const ADA = 'ada@example.com';
const EVA = 'eva@example.com';
const PHONE = '4915112345678';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture({ auth: { autoconfirmEmail: false } });
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql('delete from auth.users; delete from auth.outbox; delete from auth.address_guards');
  await identity.project.sql('delete from auth.failed_attempts');
  await identity.configure('email', {});
  await identity.configure('password', {});
  await identity.configure('phone', { enabled: true, twilio: { accountSid: 'AC1', authToken: 'x', from: '+1555' } });
});

const { post, verify, later } = codeCalls(() => identity);

function put(token: string, body: object): Promise<Answer> {
  return identity.ask({ method: 'PUT', url: '/user', body, token, headers: API_VERSION });
}

async function signedIn(email = ADA, password = 'secret1'): Promise<string> {
  const body = { email, password, email_confirm: true };
  await identity.ask({ url: '/admin/users', token: identity.serviceToken, body });
  return (await post('/token?grant_type=password', body)).body.access_token;
}

async function follow(url = ''): Promise<URLSearchParams> {
  return fragmentOf((await identity.ask({ method: 'GET', url })).headers['location']);
}

async function storedEmails(): Promise<readonly { email: string | null }[]> {
  return identity.project.sql<{ email: string | null }>('select email from auth.users order by email');
}

describe('a change of address', () => {
  test('takes the word of both mailboxes, in either order', async () => {
    for (const order of [
      [ADA, EVA],
      [EVA, ADA],
    ] as const) {
      await identity.project.sql('delete from auth.users; delete from auth.outbox; delete from auth.address_guards');
      const token = await signedIn();
      const asked = await put(token, { email: EVA });
      expect(asked).toMatchObject({ status: 200, body: { email: ADA, new_email: EVA } });
      const codes = await Promise.all(order.map(async (to) => (await lastMail(identity, to)).data.token));
      expect(await verify({ type: 'email_change', email: order[0], token: codes[0] })).toMatchObject({
        status: 200,
        body: {
          msg: 'Confirmation link accepted. Please proceed to confirm link sent to the other email',
          code: '200',
        },
      });
      expect(await storedEmails()).toEqual([{ email: ADA }]);
      const done = await verify({ type: 'email_change', email: order[1], token: codes[1] });
      expect(done).toMatchObject({
        status: 200,
        body: { access_token: expect.any(String) as string, user: { email: EVA, identities: [{ email: EVA }] } },
      });
      expect(done.body.user).not.toHaveProperty('new_email');
      expect(await lastMail(identity, ADA)).toMatchObject({
        template: 'email_changed_notification',
        data: { newEmail: EVA },
      });
    }
  });

  test('one mailbox alone changes nothing, however often it is asked', async () => {
    const token = await signedIn();
    await put(token, { email: EVA });
    const first = (await lastMail(identity, EVA)).data;
    await verify({ type: 'email_change', token_hash: first.tokenHash });
    expect((await verify({ type: 'email_change', token_hash: first.tokenHash })).status).toBe(403);
    later(60);
    await post('/resend', { type: 'email_change', email: ADA });
    const second = (await lastMail(identity, EVA)).data;
    expect(second.tokenHash).not.toBe(first.tokenHash);
    expect((await verify({ type: 'email_change', token_hash: second.tokenHash })).body.code).toBe('200');
    later(60);
    const user = { type: 'email_change_new', email: ADA, new_email: EVA };
    const link = await identity.ask({ url: '/admin/generate_link', token: identity.serviceToken, body: user });
    expect((await verify({ type: 'email_change', token_hash: link.body.hashed_token })).body.code).toBe('200');
    expect(await storedEmails()).toEqual([{ email: ADA }]);
  });

  test('both mailboxes at once make one change', async () => {
    const token = await signedIn();
    await put(token, { email: EVA });
    const hashes = await Promise.all([ADA, EVA].map(async (to) => (await lastMail(identity, to)).data.tokenHash));
    const answers = await Promise.all(hashes.map((hash) => verify({ type: 'email_change', token_hash: hash })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.filter(({ body }) => body.access_token !== undefined)).toHaveLength(1);
    expect(await storedEmails()).toEqual([{ email: EVA }]);
  });

  test('by links leads on with a message and then with a session', async () => {
    const token = await signedIn();
    await put(token, { email: EVA });
    const links = await Promise.all(
      [EVA, ADA].map(async (to) => pathOf((await lastMail(identity, to)).data.confirmationUrl)),
    );
    expect((await follow(links[0])).get('message')).toMatch(/^Confirmation link accepted\./);
    const done = await follow(links[1]);
    expect(done.get('type')).toBe('email_change');
    expect(decodeJwt(done.get('access_token') ?? '')).toMatchObject({ email: EVA });
  });

  test('in the PKCE flow leads on with a message and then with a code', async () => {
    const token = await signedIn();
    const verifier = 'v'.repeat(64);
    const code_challenge = createHash('sha256').update(verifier).digest('base64url');
    await put(token, { email: EVA, code_challenge, code_challenge_method: 's256' });
    const locations: URL[] = [];
    for (const to of [ADA, EVA]) {
      const url = pathOf((await lastMail(identity, to)).data.confirmationUrl);
      locations.push(new URL(String((await identity.ask({ method: 'GET', url })).headers['location'])));
    }
    expect(locations[0]?.searchParams.get('message')).toMatch(/^Confirmation link accepted\./);
    const auth_code = locations[1]?.searchParams.get('code');
    const { body } = await post('/token?grant_type=pkce', { auth_code, code_verifier: verifier });
    expect(decodeJwt(body.access_token)).toMatchObject({ email: EVA, amr: [{ method: 'email_change' }] });
  });

  test('takes the new mailbox alone where that is enough', async () => {
    await identity.configure('email', { doubleConfirmChanges: false });
    const token = await signedIn();
    await put(token, { email: EVA });
    expect(await outbox(identity, ADA)).toEqual([]);
    const { token: code } = (await lastMail(identity, EVA)).data;
    expect((await verify({ type: 'email_change', email: EVA, token: code })).body.user.email).toBe(EVA);
  });

  test('to another address makes the codes of the first worthless', async () => {
    const token = await signedIn();
    await put(token, { email: EVA });
    const stale = await Promise.all([ADA, EVA].map(async (to) => (await lastMail(identity, to)).data.tokenHash));
    later(60);
    await put(token, { email: 'third@example.com' });
    for (const hash of stale) expect((await verify({ type: 'email_change', token_hash: hash })).status).toBe(403);
  });

  test('to an address somebody took meanwhile is refused', async () => {
    await identity.configure('email', { doubleConfirmChanges: false });
    const token = await signedIn();
    expect((await put(token, { email: EVA })).status).toBe(200);
    await signedIn(EVA);
    const { tokenHash } = (await lastMail(identity, EVA)).data;
    expect(await verify({ type: 'email_change', token_hash: tokenHash })).toMatchObject({
      status: 422,
      body: { code: 'email_exists' },
    });
    later(60);
    expect((await put(token, { email: EVA })).body.code).toBe('email_exists');
  });

  test('may be asked for once a minute', async () => {
    const token = await signedIn();
    await put(token, { email: EVA });
    expect(await put(token, { email: 'third@example.com' })).toMatchObject({
      status: 429,
      body: { code: 'over_email_send_rate_limit' },
    });
    expect((await put(token, { email: ADA, data: { a: 1 } })).status).toBe(200);
  });

  test('of two accounts that want one address the first to prove it has it', async () => {
    await identity.configure('email', { doubleConfirmChanges: false });
    const [one, two] = [await signedIn('one@example.com'), await signedIn('two@example.com')];
    await put(one, { email: EVA });
    const first = (await lastMail(identity, EVA)).data;
    later(60);
    await put(two, { email: EVA });
    const second = (await lastMail(identity, EVA)).data;
    const typed = await verify({ type: 'email_change', email: EVA, token: second.token });
    expect(typed.body.user.email).toBe(EVA);
    expect((await verify({ type: 'email_change', token_hash: first.tokenHash })).status).toBe(422);
  });
});

describe('an anonymous user', () => {
  test('becomes permanent once the address is confirmed', async () => {
    const { body: anonymous } = await post('/signup', {});
    const asked = await put(anonymous.access_token, { email: ADA, password: 'secret1' });
    expect(asked.body).toMatchObject({ is_anonymous: true, new_email: ADA });
    const { token } = (await lastMail(identity, ADA)).data;
    const { body } = await verify({ type: 'email_change', email: ADA, token });
    expect(body.user).toMatchObject({
      id: anonymous.user.id,
      email: ADA,
      is_anonymous: false,
      app_metadata: { provider: 'email', providers: ['email'] },
    });
    expect((await post('/token?grant_type=password', { email: ADA, password: 'secret1' })).status).toBe(200);
  });

  test('becomes permanent once the number is confirmed', async () => {
    const { body: anonymous } = await post('/signup', {});
    await put(anonymous.access_token, { phone: PHONE });
    const { code } = await lastSms(identity, PHONE);
    const { body } = await verify({ type: 'phone_change', phone: PHONE, token: code });
    expect(body.user).toMatchObject({ id: anonymous.user.id, phone: PHONE, is_anonymous: false });
  });
});

describe('a change of number', () => {
  test('waits for the code sent to it, and the owner hears of it by mail', async () => {
    const token = await signedIn();
    expect((await put(token, { phone: `+${PHONE}` })).body).toMatchObject({ phone: '', new_phone: PHONE });
    later(60);
    expect((await post('/resend', { type: 'phone_change', phone: PHONE })).status).toBe(200);
    const { code } = await lastSms(identity, PHONE);
    expect((await verify({ type: 'sms', phone: PHONE, token: code })).status).toBe(403);
    const { body } = await verify({ type: 'phone_change', phone: PHONE, token: code });
    expect(body.user).toMatchObject({
      email: ADA,
      phone: PHONE,
      identities: [{ provider: 'email' }, { provider: 'phone' }],
    });
    expect(body.user).not.toHaveProperty('new_phone');
    expect(await lastMail(identity, ADA)).toMatchObject({ template: 'phone_changed_notification' });
  });

  test('is made at once where numbers need no confirmation, and refused where there are none', async () => {
    const token = await signedIn();
    await identity.configure('phone', { enabled: true, autoconfirm: true });
    expect((await put(token, { phone: PHONE })).body.phone).toBe(PHONE);
    await signedIn(EVA);
    const other = (await post('/token?grant_type=password', { email: EVA, password: 'secret1' })).body.access_token;
    expect((await put(other, { phone: PHONE })).body.code).toBe('phone_exists');
    await identity.configure('phone', {});
    expect((await put(other, { phone: '4915100000000' })).body.code).toBe('phone_provider_disabled');
  });
});

describe('a change of password', () => {
  test('in an old session takes a code, if the project says so', async () => {
    await identity.configure('password', { requireReauthentication: true });
    const token = await signedIn();
    expect((await put(token, { password: 'secret2' })).status).toBe(200);
    await identity.project.sql(`update auth.sessions set created_at = created_at - interval '25 hours'`);
    expect(await put(token, { password: 'secret3' })).toMatchObject({
      status: 400,
      body: { code: 'reauthentication_needed', message: 'Password update requires reauthentication' },
    });
    const asked = await identity.ask({ method: 'GET', url: '/reauthenticate', token, headers: API_VERSION });
    expect(asked).toMatchObject({ status: 200, body: {} });
    const mail = await lastMail(identity, ADA);
    expect(mail.template).toBe('reauthentication');
    expect(mail.data).not.toHaveProperty('confirmationUrl');
    const nonce = mail.data.token ?? '';
    expect(await put(token, { password: 'secret3', nonce: wrongCode(nonce) })).toMatchObject({
      status: 422,
      body: { code: 'reauthentication_not_valid' },
    });
    expect((await verify({ type: 'email', email: ADA, token: nonce })).status).toBe(403);
    expect((await put(token, { password: 'secret3', nonce })).status).toBe(200);
    expect((await put(token, { password: 'secret4', nonce })).body.code).toBe('reauthentication_not_valid');
  });

  test('does not outlast ten wrong codes', async () => {
    await identity.configure('password', { requireReauthentication: true });
    const token = await signedIn();
    await identity.project.sql(`update auth.sessions set created_at = created_at - interval '25 hours'`);
    await identity.ask({ method: 'GET', url: '/reauthenticate', token });
    const nonce = (await lastMail(identity, ADA)).data.token ?? '';
    for (let step = 1; step <= 10; step++) await put(token, { password: 'secret3', nonce: wrongCode(nonce, step) });
    expect((await put(token, { password: 'secret3', nonce })).body.code).toBe('reauthentication_not_valid');
  });

  test('takes the password in force, if the project says so', async () => {
    await identity.configure('password', { requireCurrent: true });
    const token = await signedIn();
    expect((await put(token, { password: 'secret2' })).body.code).toBe('current_password_required');
    expect((await put(token, { password: 'secret2', current_password: 'wrong' })).body.code).toBe(
      'current_password_invalid',
    );
    expect((await put(token, { password: 'secret2', current_password: 'secret1' })).status).toBe(200);
    await post('/recover', { email: ADA });
    const { tokenHash } = (await lastMail(identity, ADA)).data;
    const recovered = (await verify({ type: 'recovery', token_hash: tokenHash })).body.access_token;
    expect((await put(recovered, { password: 'secret3' })).status).toBe(200);
  });

  test('lets nobody guess at the password in force', async () => {
    await identity.configure('password', { requireCurrent: true });
    const token = await signedIn();
    const guess = (current_password: string): Promise<Answer> => put(token, { password: 'secret2', current_password });
    for (let tries = 0; tries < 10; tries++) {
      expect((await guess(`wrong${tries}`)).body.code).toBe('current_password_invalid');
    }
    expect(await guess('secret1')).toMatchObject({ status: 429, body: { code: 'over_request_rate_limit' } });
  });

  test('ends the other sessions, if the project says so, and links mailed before', async () => {
    await identity.configure('password', { endsOtherSessions: true });
    const token = await signedIn();
    const other = (await post('/token?grant_type=password', { email: ADA, password: 'secret1' })).body.access_token;
    await post('/recover', { email: ADA });
    const { tokenHash } = (await lastMail(identity, ADA)).data;
    expect((await put(token, { password: 'secret2' })).status).toBe(200);
    const user = (bearer: string): Promise<Answer> => identity.ask({ method: 'GET', url: '/user', token: bearer });
    expect((await user(token)).status).toBe(200);
    expect((await user(other)).status).toBe(403);
    expect((await verify({ type: 'recovery', token_hash: tokenHash })).status).toBe(403);
    expect((await lastMail(identity, ADA)).template).toBe('password_changed_notification');
  });
});

describe('reauthentication', () => {
  test('goes to the number of an account without an address, and nowhere without either', async () => {
    const { body: anonymous } = await post('/signup', {});
    const ask = (token: string): Promise<Answer> =>
      identity.ask({ method: 'GET', url: '/reauthenticate', token, headers: API_VERSION });
    expect((await ask(anonymous.access_token)).body.code).toBe('validation_failed');
    await post('/otp', { phone: PHONE });
    const { code } = await lastSms(identity, PHONE);
    const { body } = await verify({ type: 'sms', phone: PHONE, token: code });
    later(60);
    expect((await ask(body.access_token)).status).toBe(200);
    expect(await outbox(identity, PHONE)).toHaveLength(2);
    expect((await ask(body.access_token)).body.code).toBe('over_sms_send_rate_limit');
    expect((await identity.ask({ method: 'GET', url: '/reauthenticate' })).status).toBe(401);
  });
});
