import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { factorCalls, FORGET_EVERYBODY, refused, type FactorCalls } from '../factor-fixture.ts';
import { API_VERSION, createIdentityFixture, type Answer, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;
let calls: FactorCalls;
beforeAll(async () => {
  identity = await createIdentityFixture();
  calls = factorCalls(identity);
});
afterAll(() => identity.close());
beforeEach(async () => {
  await identity.project.sql(FORGET_EVERYBODY);
});

const admin = (method: 'GET' | 'PUT' | 'DELETE', url: string, body?: object, token?: string): Promise<Answer> =>
  identity.ask({
    method,
    url,
    token: token ?? identity.serviceToken,
    headers: API_VERSION,
    ...(body === undefined ? {} : { body }),
  });

describe('an administrator', () => {
  test('lists, renames and removes the factors of a user', async () => {
    const { token, id, userId } = await calls.adaWithTotp();
    const url = `/admin/users/${userId}/factors`;
    expect(await admin('GET', url)).toMatchObject({
      status: 200,
      body: [{ id, factor_type: 'totp', status: 'verified' }],
    });
    expect(await admin('PUT', `${url}/${id}`, { friendly_name: 'renamed' })).toMatchObject({
      status: 200,
      body: { id, friendly_name: 'renamed' },
    });
    await calls.ask(token, '/factors/recovery-codes');
    expect(await admin('DELETE', `${url}/${id}`)).toMatchObject({ status: 200, body: { id } });
    expect(await admin('GET', url)).toMatchObject({ status: 200, body: [] });
    expect(await admin('DELETE', `${url}/${id}`)).toMatchObject(refused(404, 'mfa_factor_not_found'));
    const actions = await identity.project.sql<{ action: string }>(
      `select payload ->> 'action' as action from auth.audit_log_entries order by created_at, id`,
    );
    expect(new Set(actions.map(({ action }) => action))).toEqual(
      new Set([
        'user_signedup',
        'factor_in_progress',
        'challenge_created',
        'verification_attempted',
        'factor_updated',
        'generate_recovery_codes',
        'factor_deleted',
      ]),
    );
  });

  test('is asked for, and told what does not exist', async () => {
    const { token, userId } = await calls.adaWithTotp();
    expect(await admin('GET', `/admin/users/${userId}/factors`, undefined, token)).toMatchObject(
      refused(403, 'not_admin'),
    );
    expect(await admin('GET', `/admin/users/${crypto.randomUUID()}/factors`)).toMatchObject(
      refused(404, 'user_not_found'),
    );
    expect(await admin('GET', '/admin/users/x/factors')).toMatchObject(refused(400, 'validation_failed'));
  });

  test('who removes an account softly leaves nothing that would prove it', async () => {
    const { userId } = await calls.adaWithTotp();
    await admin('DELETE', `/admin/users/${userId}`, { should_soft_delete: true });
    expect(await identity.project.sql('select from auth.mfa_factors')).toHaveLength(0);
  });
});
