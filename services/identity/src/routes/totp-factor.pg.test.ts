import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { factorCalls, FORGET_EVERYBODY, refused, type FactorCalls } from '../factor-fixture.ts';
import { createIdentityFixture, type Answer, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;
let calls: FactorCalls;
beforeAll(async () => {
  identity = await createIdentityFixture({
    settings: {
      protection: {
        attemptsBeforeLockout: 3,
        maxLockoutSeconds: 60,
        verificationsPerHour: null,
        signInsPerHour: null,
        signUpsPerHour: null,
        messageRequestsPerHour: null,
      },
    },
  });
  calls = factorCalls(identity);
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql(FORGET_EVERYBODY);
});

describe('a TOTP factor', () => {
  test('is told with its secret, its address and a QR code a data URL can hold', async () => {
    const { access_token: token } = await identity.signUp('ada@example.com');
    const { body } = await calls.ask(token, '/factors', {
      factor_type: 'totp',
      friendly_name: 'app',
      issuer: 'Stone & Co',
    });
    expect(body).toMatchObject({ type: 'totp', friendly_name: 'app' });
    expect(body.totp.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(body.totp.uri).toBe(
      `otpauth://totp/Stone%20%26%20Co:ada%40example.com?algorithm=SHA1&digits=6&issuer=Stone%20%26%20Co&period=30&secret=${body.totp.secret}`,
    );
    expect(body.totp.qr_code).toMatch(/^<svg [^#]*<\/svg>$/s);
    const [row] = await identity.project.sql<{ secret: string }>('select secret from auth.mfa_factors');
    expect(row?.secret).toMatch(/^sealed:/);
    expect(row?.secret).not.toContain(body.totp.secret);
  });

  test('lifts the session to the second level, with tokens of the same session', async () => {
    const signedUp = await identity.signUp('ada@example.com');
    const factor = await calls.enrolTotp(signedUp.access_token);
    calls.passSeconds(1);
    const { status, body } = await calls.verify(signedUp.access_token, factor.id, calls.codeOf(factor.secret));
    expect(status).toBe(200);
    expect(body.user.factors).toMatchObject([{ id: factor.id, factor_type: 'totp', status: 'verified' }]);
    const claims = decodeJwt(body.access_token);
    expect(claims).toMatchObject({ aal: 'aal2', session_id: decodeJwt(signedUp.access_token)['session_id'] });
    expect(claims['amr']).toMatchObject([{ method: 'totp' }, { method: 'password' }]);
    const refreshed = await identity.ask({
      url: '/token?grant_type=refresh_token',
      body: { refresh_token: body.refresh_token },
    });
    expect(decodeJwt(refreshed.body.access_token)).toMatchObject({ aal: 'aal2' });
    expect(decodeJwt(refreshed.body.access_token)['amr']).toMatchObject([{ method: 'totp' }, { method: 'password' }]);
  });

  test('ends the other sessions of the first level once it is verified, and its owner is told by mail', async () => {
    const { access_token: token } = await identity.signUp('ada@example.com');
    const other = await calls.signIn();
    const factor = await calls.enrolTotp(token);
    expect((await calls.getUser(other)).status).toBe(200);
    const { body } = await calls.verify(token, factor.id, calls.codeOf(factor.secret));
    expect(await calls.getUser(other)).toMatchObject({ status: 403 });
    expect((await calls.getUser(body.access_token)).status).toBe(200);
    const mails = await identity.project.sql('select message from auth.outbox');
    expect(mails).toMatchObject([
      {
        message: {
          template: 'mfa_factor_enrolled_notification',
          to: 'ada@example.com',
          data: { facts: { factorType: 'totp' } },
        },
      },
    ]);
  });

  test('takes the code of the step before and after, and none of another step', async () => {
    const { access_token: token } = await identity.signUp('ada@example.com');
    const factor = await calls.enrolTotp(token);
    for (const away of [-2, 2]) {
      expect(await calls.verify(token, factor.id, calls.codeOf(factor.secret, away))).toMatchObject(
        refused(422, 'mfa_verification_failed', 'Invalid TOTP code entered'),
      );
    }
    expect((await calls.verify(token, factor.id, calls.codeOf(factor.secret, -1))).status).toBe(200);
    expect((await calls.verify(token, factor.id, calls.codeOf(factor.secret, 1))).status).toBe(200);
  });

  test('never takes the code of a step again, nor of an earlier one', async () => {
    const { token, ...factor } = await calls.adaWithTotp();
    const code = calls.codeOf(factor.secret);
    expect((await calls.verify(token, factor.id, code)).status).toBe(200);
    expect(await calls.verify(token, factor.id, code)).toMatchObject(refused(422, 'mfa_verification_failed'));
    expect(await calls.verify(token, factor.id, calls.codeOf(factor.secret, -1))).toMatchObject(
      refused(422, 'mfa_verification_failed'),
    );
  });

  test('of twenty uses of one code at once one counts, with one challenge and with twenty', async () => {
    const { token, ...factor } = await calls.adaWithTotp();
    const one = await calls.challenge(token, factor.id);
    const code = calls.codeOf(factor.secret);
    const shared = await Promise.all(
      Array.from({ length: 20 }, () => calls.ask(token, `/factors/${factor.id}/verify`, { challenge_id: one, code })),
    );
    expect(shared.filter(({ status }) => status === 200)).toHaveLength(1);
    calls.passSeconds(90);
    const later = calls.codeOf(factor.secret);
    const own = await Promise.all(Array.from({ length: 20 }, () => calls.verify(token, factor.id, later)));
    expect(own.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('rests for its guesser after wrong codes, longer with each further one, and a right one begins anew', async () => {
    const { token, ...factor } = await calls.adaWithTotp();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await calls.verify(token, factor.id, 'abcdef')).toMatchObject(refused(422, 'mfa_verification_failed'));
    }
    const waits: unknown[] = [];
    for (const seconds of [1, 2, 4]) {
      const answer = await calls.ask(token, `/factors/${factor.id}/challenge`);
      expect(answer).toMatchObject(refused(429, 'over_request_rate_limit'));
      waits.push(answer.headers['retry-after']);
      calls.passSeconds(seconds);
      expect(await calls.verify(token, factor.id, 'abcdef')).toMatchObject(refused(422, 'mfa_verification_failed'));
    }
    expect(waits).toEqual(['1', '2', '4']);
    // Its owner elsewhere is not kept out by a stranger's guesses.
    const elsewhere = await calls.challenge(token, factor.id, '198.51.100.1');
    const code = calls.codeOf(factor.secret);
    const body = { challenge_id: elsewhere, code };
    expect((await calls.ask(token, `/factors/${factor.id}/verify`, body, '198.51.100.1')).status).toBe(200);

    calls.passSeconds(60);
    expect((await calls.verify(token, factor.id, calls.codeOf(factor.secret))).status).toBe(200);
    expect(await calls.verify(token, factor.id, 'abcdef')).toMatchObject(refused(422, 'mfa_verification_failed'));
    expect((await calls.ask(token, `/factors/${factor.id}/challenge`)).status).toBe(200);
  });

  test('rests for everybody after many guesses from many networks', async () => {
    const { token, ...factor } = await calls.adaWithTotp();
    for (let network = 0; network < 30; network += 1) {
      const address = `198.51.${network}.1`;
      const body = { challenge_id: await calls.challenge(token, factor.id, address), code: 'abcdef' };
      expect((await calls.ask(token, `/factors/${factor.id}/verify`, body, address)).status).toBe(422);
    }
    expect((await calls.ask(token, `/factors/${factor.id}/challenge`)).status).toBe(429);
  });

  test('forty guesses at once are no more than the lockout allows', async () => {
    const { token, ...factor } = await calls.adaWithTotp();
    const one = await calls.challenge(token, factor.id);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        calls.ask(token, `/factors/${factor.id}/verify`, { challenge_id: one, code: 'abcdef' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(37);
  });

  test('is verified although the project is out of mails', async () => {
    await using poor = await createIdentityFixture({ settings: { protection: { mailsPerHour: 0 } } });
    const { token } = await factorCalls(poor).adaWithTotp();
    expect(token).toBeTypeOf('string');
    expect(await poor.project.sql('select from auth.outbox')).toHaveLength(0);
  });
});

describe('a challenge', () => {
  test('lives for five minutes and once', async () => {
    const { token, ...factor } = await calls.adaWithTotp();
    const opened = await calls.ask(token, `/factors/${factor.id}/challenge`);
    expect(opened.body).toEqual({
      id: expect.any(String) as string,
      type: 'totp',
      expires_at: Math.floor(identity.clock.now.getTime() / 1000) + 300,
    });
    const body = { challenge_id: opened.body.id, code: calls.codeOf(factor.secret) };
    expect((await calls.ask(token, `/factors/${factor.id}/verify`, body)).status).toBe(200);
    const expired = refused(
      422,
      'mfa_challenge_expired',
      `MFA challenge ${opened.body.id} has expired, verify against another challenge or create a new challenge.`,
    );
    expect(await calls.ask(token, `/factors/${factor.id}/verify`, body)).toMatchObject(expired);
    const late = await calls.challenge(token, factor.id);
    calls.passSeconds(300);
    expect(
      await calls.ask(token, `/factors/${factor.id}/verify`, { challenge_id: late, code: calls.codeOf(factor.secret) }),
    ).toMatchObject(refused(422, 'mfa_challenge_expired'));
  });

  test('is answered from where it was asked for', async () => {
    const { token, ...factor } = await calls.adaWithTotp();
    const body = {
      challenge_id: await calls.challenge(token, factor.id, '198.51.100.1'),
      code: calls.codeOf(factor.secret),
    };
    const verifyFrom = (address: string): Promise<Answer> =>
      calls.ask(token, `/factors/${factor.id}/verify`, body, address);
    expect(await verifyFrom('198.51.100.2')).toMatchObject(
      refused(422, 'mfa_ip_address_mismatch', 'Challenge and verify IP addresses mismatch.'),
    );
    expect((await verifyFrom('198.51.100.1')).status).toBe(200);
  });

  test('belongs to one factor of one user', async () => {
    const { token, ...factor } = await calls.adaWithTotp();
    const bob = await identity.signUp('bob@example.com');
    const bobs = await calls.enrolTotp(bob.access_token);
    const code = calls.codeOf(bobs.secret);
    const adas = await calls.challenge(token, factor.id);
    expect(await calls.ask(bob.access_token, `/factors/${bobs.id}/verify`, { challenge_id: adas, code })).toMatchObject(
      refused(422, 'mfa_factor_not_found', 'MFA factor with the provided challenge ID not found'),
    );
    for (const call of ['challenge', 'verify']) {
      expect(
        await calls.ask(bob.access_token, `/factors/${factor.id}/${call}`, { challenge_id: adas, code }),
      ).toMatchObject(refused(404, 'mfa_factor_not_found', 'Factor not found'));
    }
    expect(await calls.remove(bob.access_token, `/factors/${factor.id}`)).toMatchObject(
      refused(404, 'mfa_factor_not_found'),
    );
  });
});
