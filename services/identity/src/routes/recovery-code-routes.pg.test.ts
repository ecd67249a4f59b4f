import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { decodeBase32 } from '../domain/base32.ts';
import { totpCode, totpStep } from '../domain/totp.ts';
import { API_VERSION, createIdentityFixture, type Answer, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture({
    settings: {
      protection: {
        attemptsBeforeLockout: 3,
        verificationsPerHour: null,
        signInsPerHour: null,
        signUpsPerHour: null,
        messageRequestsPerHour: null,
      },
    },
  });
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql('delete from auth.users; delete from auth.outbox; delete from auth.audit_log_entries');
});

const CODES = '/factors/recovery-codes';

const call = (method: 'GET' | 'POST' | 'DELETE', token: string, url: string, body?: object): Promise<Answer> =>
  identity.ask({ method, url, token, headers: API_VERSION, ...(body === undefined ? {} : { body }) });
const use = (token: string, code: string): Promise<Answer> => call('POST', token, `${CODES}/verify`, { code });
const refused = (status: number, code: string, message?: string): object => ({
  status,
  body: { code, ...(message === undefined ? {} : { message }) },
});

async function signIn(): Promise<string> {
  const body = { email: 'ada@example.com', password: 'secret1' };
  return (await identity.ask({ url: '/token?grant_type=password', body })).body.access_token;
}

/** Ada's token of the second level, proven by a TOTP factor. */
async function adaWithTotp(): Promise<{ readonly token: string; readonly factorId: string }> {
  const { access_token: token } = await identity.signUp('ada@example.com');
  const { body: factor } = await call('POST', token, '/factors', { factor_type: 'totp' });
  const { body: challenge } = await call('POST', token, `/factors/${factor.id}/challenge`);
  const secret = decodeBase32(factor.totp.secret) ?? Buffer.alloc(0);
  const { body } = await call('POST', token, `/factors/${factor.id}/verify`, {
    challenge_id: challenge.id,
    code: totpCode(secret, totpStep(identity.clock.now)),
  });
  return { token: body.access_token, factorId: factor.id };
}

async function adaWithCodes(): Promise<{ readonly token: string; readonly codes: readonly string[] }> {
  const { token } = await adaWithTotp();
  // Factors are told in the order they were made.
  identity.clock.now = new Date(identity.clock.now.getTime() + 1000);
  const { status, body } = await call('POST', token, CODES);
  expect(status).toBe(200);
  return { token, codes: body.codes };
}

test('ten codes are told once, and nothing but their number afterwards', async () => {
  const { token, codes } = await adaWithCodes();
  expect(codes).toHaveLength(10);
  const { body: status } = await call('GET', token, CODES);
  expect(status).toEqual({ id: expect.any(String) as string, type: 'recovery_code', total: 10, remaining: 10 });
  const { body: user } = await call('GET', token, '/user');
  expect(user.factors).toMatchObject([
    { factor_type: 'totp' },
    { id: status.id, factor_type: 'recovery_code', friendly_name: 'Recovery codes', status: 'verified' },
  ]);
  const stored = JSON.stringify(await identity.project.sql('select * from auth.mfa_recovery_codes'));
  for (const code of codes) expect(stored).not.toContain(code);
});

test('a code lifts a session to the second level, however it is typed, and once', async () => {
  const { token, codes } = await adaWithCodes();
  const weak = await signIn();
  const other = await signIn();
  identity.clock.now = new Date(identity.clock.now.getTime() + 1000);
  const [code = ''] = codes;
  const { status, body } = await use(weak, ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `);
  expect(status).toBe(200);
  expect(decodeJwt(body.access_token)).toMatchObject({ aal: 'aal2' });
  expect(decodeJwt(body.access_token)['amr']).toMatchObject([{ method: 'mfa/recovery_code' }, { method: 'password' }]);
  expect((await call('GET', body.access_token, CODES)).body).toMatchObject({ total: 10, remaining: 9 });
  expect(await call('GET', other, '/user')).toMatchObject({ status: 403 });
  expect(await call('GET', token, '/user')).toMatchObject({ status: 200 });
  expect(await use(body.access_token, code)).toMatchObject(
    refused(422, 'mfa_verification_failed', 'Invalid recovery code entered'),
  );
});

test('of twenty uses of one code at once one counts', async () => {
  const { token, codes } = await adaWithCodes();
  const answers = await Promise.all(Array.from({ length: 20 }, () => use(token, codes[3] ?? '')));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect((await call('GET', token, CODES)).body).toMatchObject({ remaining: 9 });
});

test('wrong codes lock them for a while, and a new set unlocks', async () => {
  const { token, codes } = await adaWithCodes();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect(await use(token, 'A'.repeat(16))).toMatchObject(refused(422, 'mfa_verification_failed'));
  }
  expect(await use(token, codes[0] ?? '')).toMatchObject(refused(429, 'mfa_recovery_codes_locked'));
  const { body } = await call('POST', token, `${CODES}/regenerate`);
  expect(body).toMatchObject({ type: 'recovery_code', friendly_name: 'Recovery codes', total: 10 });
  expect(await use(token, codes[0] ?? '')).toMatchObject(refused(422, 'mfa_verification_failed'));
  expect((await use(token, body.codes[0])).status).toBe(200);
});

test("one user's codes are worth nothing to another", async () => {
  const { codes } = await adaWithCodes();
  const bob = await identity.signUp('bob@example.com');
  expect(await use(bob.access_token, codes[0] ?? '')).toMatchObject(refused(422, 'mfa_verification_failed'));
});

test('they are a second set beside a real factor, and changed at the second level only', async () => {
  const { access_token: bob } = await identity.signUp('bob@example.com');
  expect(await call('POST', bob, CODES)).toMatchObject(
    refused(403, 'insufficient_aal', 'AAL2 required to generate recovery codes'),
  );
  const { token } = await adaWithCodes();
  const weak = await signIn();
  expect(await call('POST', token, CODES)).toMatchObject(refused(422, 'mfa_verified_factor_exists'));
  expect(await call('POST', weak, `${CODES}/regenerate`)).toMatchObject(refused(403, 'insufficient_aal'));
  expect(await call('DELETE', weak, CODES)).toMatchObject(refused(403, 'insufficient_aal'));
  const { body: user } = await call('GET', token, '/user');
  const [totp, set] = user.factors;
  expect(await call('DELETE', token, `/factors/${set.id}`)).toMatchObject(refused(400, 'validation_failed'));
  expect(await call('POST', token, `/factors/${set.id}/challenge`)).toMatchObject(refused(400, 'validation_failed'));
  expect(await call('DELETE', token, `/factors/${totp.id}`)).toMatchObject(
    refused(422, 'mfa_recovery_codes_sole_factor'),
  );
  expect(await call('DELETE', token, CODES)).toMatchObject({ status: 200, body: { id: set.id } });
  expect(await call('GET', token, CODES)).toMatchObject(
    refused(404, 'mfa_factor_not_found', 'The user has not enrolled recovery codes'),
  );
  expect(await call('DELETE', token, CODES)).toMatchObject(refused(404, 'mfa_factor_not_found'));
  expect(await call('DELETE', token, `/factors/${totp.id}`)).toMatchObject({ status: 200 });
});

test('of ten sets asked for at once one is made', async () => {
  const { token } = await adaWithTotp();
  const answers = await Promise.all(Array.from({ length: 10 }, () => call('POST', token, CODES)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('an administrator who removes the last real factor removes the codes too', async () => {
  const { token, factorId } = await adaWithTotp();
  await call('POST', token, CODES);
  const { body: user } = await call('GET', token, '/user');
  await call('DELETE', identity.serviceToken, `/admin/users/${user.id}/factors/${factorId}`);
  expect(await identity.project.sql('select from auth.mfa_factors')).toHaveLength(0);
  expect(await identity.project.sql('select from auth.mfa_recovery_codes')).toHaveLength(0);
});

test.each(['', ' - ', 'x'.repeat(101)])('the code %j is refused before it is looked for', async (code) => {
  const { access_token: token } = await identity.signUp('ada@example.com');
  expect(await use(token, code)).toMatchObject(refused(400, 'validation_failed'));
});
