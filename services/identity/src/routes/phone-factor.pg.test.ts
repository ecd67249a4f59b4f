import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { factorCalls, FORGET_EVERYBODY, refused, type FactorCalls } from '../factor-fixture.ts';
import { createIdentityFixture, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;
let calls: FactorCalls;
beforeAll(async () => {
  identity = await createIdentityFixture({
    settings: { mfa: { phone: { enroll: true, verify: true }, maxFactors: 3 } },
  });
  calls = factorCalls(identity);
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql(FORGET_EVERYBODY);
});

const sentCode = async (): Promise<string> => {
  const rows = await identity.project.sql<{ code: string }>(
    `select message ->> 'code' as code from auth.outbox where kind = 'sms' order by id desc limit 1`,
  );
  return rows[0]?.code ?? '';
};

describe('a phone factor', () => {
  const phone = '+491701234567';

  test('is proven by the code sent to it', async () => {
    const { access_token: token } = await identity.signUp('ada@example.com');
    const { body: factor } = await calls.ask(token, '/factors', { factor_type: 'phone', friendly_name: 'p', phone });
    expect(factor).toMatchObject({ type: 'phone', friendly_name: 'p', phone: '491701234567' });
    const { body: opened } = await calls.ask(token, `/factors/${factor.id}/challenge`, { channel: 'sms' });
    const [sms] = await identity.project.sql<{ message: { text: string } }>(
      `select message from auth.outbox where kind = 'sms'`,
    );
    const code = await sentCode();
    expect(sms?.message).toMatchObject({ to: '491701234567', channel: 'sms', text: `Your code is ${code}` });
    expect(code).toMatch(/^\d{6}$/);
    const [stored] = await identity.project.sql<{ otp_code: string }>('select otp_code from auth.mfa_challenges');
    expect(stored?.otp_code).not.toContain(code);

    const wrong = code === '000000' ? '000001' : '000000';
    expect(
      await calls.ask(token, `/factors/${factor.id}/verify`, { challenge_id: opened.id, code: wrong }),
    ).toMatchObject(refused(422, 'mfa_verification_failed', 'Invalid MFA Phone code entered'));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        calls.ask(token, `/factors/${factor.id}/verify`, { challenge_id: opened.id, code }),
      ),
    );
    const [won, ...others] = answers.filter(({ status }) => status === 200);
    expect(others).toHaveLength(0);
    expect(decodeJwt(won?.body.access_token)).toMatchObject({ aal: 'aal2' });
    const methods = decodeJwt(won?.body.access_token)['amr'];
    expect(methods).toMatchObject([{ method: 'mfa/phone' }, { method: 'password' }]);
  });

  test('is not sent one code after the other, even as another factor', async () => {
    const { access_token: token } = await identity.signUp('ada@example.com');
    const enrol = async (number: string): Promise<string> =>
      (await calls.ask(token, '/factors', { factor_type: 'phone', phone: number })).body.id;
    const first = await enrol(phone);
    await calls.challenge(token, first);
    expect(await calls.ask(token, `/factors/${first}/challenge`)).toMatchObject(
      refused(429, 'over_sms_send_rate_limit', 'For security purposes, you can only request this after 60 seconds.'),
    );
    await calls.remove(token, `/factors/${first}`);
    const second = await enrol('+491701234568');
    expect(await calls.ask(token, `/factors/${second}/challenge`)).toMatchObject(
      refused(429, 'over_sms_send_rate_limit'),
    );
    calls.passSeconds(60);
    expect((await calls.ask(token, `/factors/${second}/challenge`)).status).toBe(200);
    expect(await identity.project.sql(`select from auth.outbox where kind = 'sms'`)).toHaveLength(2);
  });

  test('is one per number', async () => {
    const { access_token: token } = await identity.signUp('ada@example.com');
    const { body: factor } = await calls.ask(token, '/factors', { factor_type: 'phone', phone });
    const { body: again } = await calls.ask(token, '/factors', { factor_type: 'phone', phone });
    expect(again.id).not.toBe(factor.id);
    const id = await calls.challenge(token, again.id);
    const verified = await calls.ask(token, `/factors/${again.id}/verify`, {
      challenge_id: id,
      code: await sentCode(),
    });
    expect(verified.body.user.factors).toHaveLength(1);
    expect(await calls.ask(verified.body.access_token, '/factors', { factor_type: 'phone', phone })).toMatchObject(
      refused(
        422,
        'mfa_verified_factor_exists',
        'A verified phone factor already exists, unenroll the existing factor to continue',
      ),
    );
  });
});
