import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentityFixture, type Answer, type Ask, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture();
});
afterAll(() => identity.close());

const admin = (method: NonNullable<Ask['method']>, url: string, body?: object): Promise<Answer> =>
  identity.ask({ method, url, token: identity.serviceToken, ...(body === undefined ? {} : { body }) });

const actions = (answer: Answer): string[] =>
  answer.body.map(({ payload }: { payload: { action: string } }) => payload.action);

test('the trail is read by action, person and time, newest first', async () => {
  const { user } = await identity.signUp('trail@example.org');
  identity.clock.now = new Date(identity.clock.now.getTime() + 1000);
  await identity.ask({ url: '/token?grant_type=password', body: { email: 'trail@example.org', password: 'secret1' } });
  const all = await admin('GET', `/admin/audit?user_id=${user.id}`);
  expect(actions(all)).toEqual(['login', 'user_signedup']);
  expect(all.headers['x-total-count']).toBe('2');
  expect(actions(await admin('GET', `/admin/audit?user_id=${user.id}&action=login`))).toEqual(['login']);
  expect(await admin('GET', `/admin/audit?user_id=${user.id}&from=2199-01-01`)).toMatchObject({ body: [] });
  expect((await admin('GET', '/admin/audit?from=yesterday')).status).toBe(400);
  expect((await admin('GET', '/admin/audit?user_id=1')).status).toBe(400);
});

test('nobody but the service writes the trail, the owner of the project included', async () => {
  for (const role of ['postgres', 'service_role', 'authenticated', 'anon', 'identity']) {
    for (const statement of [
      'delete from auth.audit_log_entries',
      `update auth.audit_log_entries set ip_address = ''`,
    ]) {
      await expect(identity.project.sql(`begin; set local role ${role}; ${statement}; commit`)).rejects.toMatchObject({
        code: '42501',
      });
      await identity.project.sql('rollback');
    }
  }
});

test('an administrator sees the sessions of a user and ends one or all', async () => {
  const { user, access_token: first } = await identity.signUp('sessions@example.org');
  const signIn = { email: 'sessions@example.org', password: 'secret1' };
  const second = (await identity.ask({ url: '/token?grant_type=password', body: signIn })).body.access_token;
  const { sessions } = (await admin('GET', `/admin/users/${user.id}/sessions`)).body;
  expect(sessions).toHaveLength(2);
  expect(sessions[0]).toMatchObject({ user_id: user.id, aal: 'aal1', methods: ['password'], ip: '203.0.113.7' });

  const secondId = decodeJwt(second)['session_id'];
  expect((await admin('DELETE', `/admin/users/${user.id}/sessions/${String(secondId)}`)).status).toBe(200);
  expect((await admin('DELETE', `/admin/users/${user.id}/sessions/${String(secondId)}`)).status).toBe(404);
  expect((await identity.ask({ method: 'GET', url: '/user', token: second })).body.error_code).toBe(
    'session_not_found',
  );
  expect((await identity.ask({ method: 'GET', url: '/user', token: first })).status).toBe(200);
  expect((await admin('DELETE', `/admin/users/${user.id}/sessions`)).status).toBe(200);
  expect((await identity.ask({ method: 'GET', url: '/user', token: first })).body.error_code).toBe('session_not_found');
});

test('who acts in the name of a user is named in token and trail, changes nothing and ends in time', async () => {
  const { user } = await identity.signUp('target@example.org');
  const url = `/admin/users/${user.id}/impersonate`;
  const started = await admin('POST', url, { reason: 'ticket 4711', minutes: 5 });
  expect(started).toMatchObject({ status: 200, body: { expires_in: 300, user: { id: user.id } } });
  expect(started.body.refresh_token).toBeUndefined();
  const token: string = started.body.access_token;
  expect(decodeJwt(token)).toMatchObject({ sub: user.id, act: { sub: 'service_role' }, role: 'authenticated' });

  expect((await identity.ask({ method: 'GET', url: '/user', token })).status).toBe(200);
  for (const ask of [
    { method: 'PUT', url: '/user', body: { password: 'another secret' } },
    { method: 'PUT', url: '/user', body: { data: { name: 'x' } } },
    { method: 'GET', url: '/reauthenticate' },
    { method: 'POST', url: '/factors', body: { factor_type: 'totp' } },
    { method: 'DELETE', url: `/user/identities/${user.id}` },
    { method: 'GET', url: '/user/identities/authorize?provider=google' },
  ] as const) {
    expect(await identity.ask({ ...ask, token })).toMatchObject({ status: 403, body: { error_code: 'impersonated' } });
  }
  const [entry] = (await admin('GET', `/admin/audit?user_id=${user.id}&action=impersonation_started`)).body;
  expect(entry.payload.traits).toMatchObject({ actor: 'service_role', reason: 'ticket 4711', user_id: user.id });
  const { sessions } = (await admin('GET', `/admin/users/${user.id}/sessions`)).body;
  expect(sessions).toContainEqual(expect.objectContaining({ impersonated_by: 'service_role', methods: [] }));
  expect((await identity.ask({ url: '/logout?scope=local', token })).status).toBe(204);
  expect((await identity.ask({ method: 'GET', url: '/user', token })).status).toBe(403);
});

test.each([
  [{ minutes: 5 }, 400],
  [{ reason: '  ', minutes: 5 }, 400],
  [{ reason: 'x'.repeat(1001) }, 400],
  [{ reason: 'x', minutes: 61 }, 400],
  [{ reason: 'x', minutes: 0.5 }, 400],
])('without a good reason or for too long nobody acts in another name (%#)', async (body, status) => {
  const { user } = await identity.signUp(`refused-${randomUUID()}@example.org`);
  expect((await admin('POST', `/admin/users/${user.id}/impersonate`, body)).status).toBe(status);
});

test('accounts with administrators’ rights are nobody’s mask', async () => {
  const body = { email: 'root@example.org', password: 'secret1', email_confirm: true, role: 'service_role' };
  const { id } = (await admin('POST', '/admin/users', body)).body;
  expect(await admin('POST', `/admin/users/${id}/impersonate`, { reason: 'x' })).toMatchObject({
    status: 403,
    body: { error_code: 'impersonation_refused' },
  });
});

test('users are found by the beginning of address, number and name, and sorted', async () => {
  for (const [email, name] of [
    ['zoe.search@example.org', 'Ana Search'],
    ['ana%search@example.org', 'Zoe'],
  ]) {
    await admin('POST', '/admin/users', { email, email_confirm: true, user_metadata: { full_name: name } });
  }
  const found = async (query: string): Promise<string[]> =>
    (await admin('GET', `/admin/users?page=1&${query}`)).body.users.map(({ email }: { email: string }) => email);
  expect(await found('filter=ZOE.SEARCH')).toEqual(['zoe.search@example.org']);
  expect(await found('filter=ana search')).toEqual(['zoe.search@example.org']);
  expect(await found('filter=ana%25')).toEqual(['ana%search@example.org']);
  expect(await found('filter=%25')).toEqual([]);
  expect(await found('filter=nobody%27--')).toEqual([]);
  const sorted = await found('sort=email&per_page=1000');
  expect(sorted).toEqual(sorted.toSorted());
  expect((await admin('GET', '/admin/users?sort=encrypted_password')).status).toBe(400);
});

test('all of it is closed to users and strangers', async () => {
  const { user, access_token: token } = await identity.signUp('curious@example.org');
  for (const [method, url] of [
    ['GET', '/admin/audit'],
    ['GET', `/admin/users/${user.id}/sessions`],
    ['DELETE', `/admin/users/${user.id}/sessions`],
    ['POST', `/admin/users/${user.id}/impersonate`],
  ] as const) {
    expect((await identity.ask({ method, url, token, body: {} })).status).toBe(403);
    expect((await identity.ask({ method, url, body: {} })).status).toBe(401);
  }
});
