import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inPostgresTransaction } from '../adapters/in-postgres-transaction.ts';
import { createIdentityFixture, type IdentityFixture } from '../identity-fixture.ts';
import { consultVerificationHook } from './consult-verification-hook.ts';
import { settleSettings } from './identity-settings.ts';
import type { VerificationAttempt, VerificationDecision } from './verification-hook.ts';
import type { Visit } from './visit.ts';

let identity: IdentityFixture;
let visit: Visit;
beforeAll(async () => {
  identity = await createIdentityFixture();
  const { settings } = identity.served;
  visit = {
    project: identity.served,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    issuer: 'http://127.0.0.1/auth/v1',
    client: { address: '203.0.113.7', userAgent: '' },
    settings: settleSettings(settings.auth, {}),
  };
});
afterAll(() => identity.close());

async function consult(attempt: VerificationAttempt, decision?: VerificationDecision): Promise<VerificationAttempt[]> {
  const asked: VerificationAttempt[] = [];
  const parts = {
    inTransaction: inPostgresTransaction,
    now: () => new Date(),
    observe: () => undefined,
    ...(decision === undefined
      ? {}
      : {
          askVerificationHook: async (_visit: Visit, heard: VerificationAttempt) => {
            asked.push(heard);
            return decision;
          },
        }),
  };
  await consultVerificationHook(parts, visit, attempt);
  return asked;
}

test('an attempt goes on without a hook and with one that lets it', async () => {
  const attempt = {
    userId: crypto.randomUUID(),
    factorId: crypto.randomUUID(),
    factorType: 'totp',
    valid: true,
  } as const;
  expect(await consult(attempt)).toEqual([]);
  expect(await consult(attempt, { decision: 'continue' })).toEqual([attempt]);
});

test('an attempt that is rejected fails in the words of the hook and ends every session of the user', async () => {
  const { access_token: token, user } = await identity.signUp('ada@example.com');
  const { access_token: bob } = await identity.signUp('bob@example.com');
  const attempt = { userId: user.id, factorId: crypto.randomUUID(), factorType: 'phone', valid: true } as const;
  await expect(consult(attempt, { decision: 'reject', message: 'Not on a Sunday' })).rejects.toMatchObject({
    code: 'identity.mfa_verification_rejected',
    message: 'Not on a Sunday',
  });
  const left = await identity.project.sql('select id from auth.sessions');
  expect(left).toEqual([{ id: decodeJwt(bob)['session_id'] }]);
  expect((await identity.ask({ method: 'GET', url: '/user', token })).status).toBe(403);
});
