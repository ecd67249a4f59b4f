import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { factorCalls, FORGET_EVERYBODY, refused, type FactorCalls } from '../factor-fixture.ts';
import { API_VERSION, createIdentityFixture, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;
let calls: FactorCalls;
beforeAll(async () => {
  identity = await createIdentityFixture({
    auth: { anonymousEnabled: true },
    settings: { mfa: { phone: { enroll: true, verify: true }, maxFactors: 3 } },
  });
  calls = factorCalls(identity);
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql(FORGET_EVERYBODY);
});

describe('whoever has a verified factor', () => {
  test('must show it before adding another or finishing one begun before', async () => {
    const { access_token: token } = await identity.signUp('ada@example.com');
    // Somebody with the password begins a factor of another kind, and Ada gets hers after that.
    const strangers = await calls.enrolTotp(token, 'stranger');
    const factor = await calls.enrolTotp(token);
    expect((await calls.verify(token, factor.id, calls.codeOf(factor.secret))).status).toBe(200);
    const weak = await calls.signIn();
    expect(await calls.ask(weak, '/factors', { factor_type: 'totp', friendly_name: 'new' })).toMatchObject(
      refused(403, 'insufficient_aal', 'AAL2 required to enroll a new factor'),
    );
    expect(await calls.ask(weak, `/factors/${strangers.id}/challenge`)).toMatchObject(refused(403, 'insufficient_aal'));
  });

  test('must show it before removing it, whatever an old token says', async () => {
    const { token, id, secret } = await calls.adaWithTotp();
    const weak = await calls.signIn();
    expect(await calls.remove(weak, `/factors/${id}`)).toMatchObject(
      refused(422, 'insufficient_aal', 'AAL2 required to unenroll verified factor'),
    );
    const second = await calls.enrolTotp(token, 'second');
    expect((await calls.verify(token, second.id, calls.codeOf(second.secret))).status).toBe(200);
    // The session rests on the second factor; without it it is of the first level, though its tokens say otherwise.
    expect(await calls.remove(token, `/factors/${second.id}`)).toMatchObject({ status: 200, body: { id: second.id } });
    expect(await calls.remove(token, `/factors/${id}`)).toMatchObject(refused(422, 'insufficient_aal'));
    const raised = await calls.verify(token, id, calls.codeOf(secret));
    expect(await calls.remove(raised.body.access_token, `/factors/${id}`)).toMatchObject({ status: 200 });
    const [session] = await identity.project.sql(
      'select aal, factor_id, (select array_agg(authentication_method) from auth.mfa_amr_claims c where c.session_id = s.id) as methods from auth.sessions s where id = $1',
      [decodeJwt(token)['session_id']],
    );
    expect(session).toEqual({ aal: 'aal1', factor_id: null, methods: ['password'] });
    const mails = await identity.project.sql(`select message ->> 'template' as template from auth.outbox order by id`);
    expect(mails.map(({ template }) => template)).toEqual([
      'mfa_factor_enrolled_notification',
      'mfa_factor_enrolled_notification',
      'mfa_factor_unenrolled_notification',
      'mfa_factor_unenrolled_notification',
    ]);
  });

  test('cannot change address or password at the first level', async () => {
    const { id } = await calls.adaWithTotp();
    const weak = await calls.signIn();
    const answer = await identity.ask({
      method: 'PUT',
      url: '/user',
      token: weak,
      body: { password: 'secret2' },
      headers: API_VERSION,
    });
    expect(answer).toMatchObject(refused(401, 'insufficient_aal'));
    expect(id).toBeTypeOf('string');
  });
});

describe('enrolling', () => {
  test('is bounded, and names are told apart', async () => {
    const { access_token: token } = await identity.signUp('ada@example.com');
    await calls.enrolTotp(token, 'one');
    expect(await calls.ask(token, '/factors', { factor_type: 'totp', friendly_name: 'one' })).toMatchObject(
      refused(422, 'mfa_factor_name_conflict', 'A factor with the friendly name "one" for this user already exists'),
    );
    await calls.enrolTotp(token, '');
    await calls.enrolTotp(token, '');
    expect(await calls.ask(token, '/factors', { factor_type: 'totp', friendly_name: 'four' })).toMatchObject(
      refused(422, 'too_many_enrolled_mfa_factors', 'Maximum number of verified factors reached, unenroll to continue'),
    );
    // What was begun and left makes room.
    calls.passSeconds(301);
    await calls.enrolTotp(token, 'one');
    expect((await calls.getUser(token)).body.factors).toHaveLength(1);
  });

  test('of ten at once no more than the bound are kept', async () => {
    const { access_token: token } = await identity.signUp('ada@example.com');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => calls.ask(token, '/factors', { factor_type: 'totp' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  });

  test.each([
    [{}, 'factor_type needs to be totp, phone, or webauthn'],
    [{ factor_type: 'recovery_code' }, 'factor_type needs to be totp, phone, or webauthn'],
    [{ factor_type: 'phone' }, 'Phone number required to enroll Phone factor'],
    [{ factor_type: 'phone', phone: 'x' }, 'Invalid phone number format (E.164 required)'],
    [{ factor_type: 'totp', issuer: 'x'.repeat(65) }, 'issuer must be 64 characters or less'],
    [{ factor_type: 'totp', friendly_name: 'x'.repeat(121) }, 'friendly_name must be 120 characters or less'],
  ])('%j is refused', async (body, message) => {
    const { access_token: token } = await identity.signUp('ada@example.com');
    expect(await calls.ask(token, '/factors', body)).toMatchObject(refused(400, 'validation_failed', message));
  });

  test('the longest account and issuer still fit into a QR code', async () => {
    const { access_token: token } = await identity.signUp(`${'ä'.repeat(60)}@${'ö'.repeat(60)}.${'ü'.repeat(60)}`);
    const { status } = await calls.ask(token, '/factors', { factor_type: 'totp', issuer: '字'.repeat(64) });
    expect(status).toBe(200);
  });

  test('takes a user of a session, and no anonymous one', async () => {
    expect(await identity.ask({ url: '/factors', body: {}, headers: API_VERSION })).toMatchObject(
      refused(401, 'no_authorization'),
    );
    expect(await calls.ask(identity.anonToken, '/factors', { factor_type: 'totp' })).toMatchObject(
      refused(403, 'bad_jwt'),
    );
    const { body: guest } = await identity.ask({ url: '/signup', body: {} });
    expect(await calls.ask(guest.access_token, '/factors', { factor_type: 'totp' })).toMatchObject(
      refused(403, 'no_authorization', 'Anonymous user not allowed to perform these actions'),
    );
  });
});
