import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIdentityFixture, type IdentityFixture } from '../../identity-fixture.ts';
import { ask, foundCompany, signUpPerson } from './organisations.fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture();
});
afterAll(() => identity.close());

test('whoever makes an organisation owns it, and the next token says so', async () => {
  const company = await foundCompany(identity);
  const refreshed = await identity.ask({
    url: '/token?grant_type=refresh_token',
    body: { refresh_token: company.owner.refreshToken },
  });
  expect(decodeJwt(refreshed.body.access_token)).toMatchObject({
    org: { id: company.id, roles: ['owner'], permissions: ['*'] },
    org_ids: [company.id],
  });
  const mine = (await ask(identity, company.owner, 'GET', '')).body.organisations;
  expect(mine).toMatchObject([{ id: company.id, base_currency: 'USD', status: 'active', version: 1 }]);
});

test('a session keeps to the organisation it was switched to', async () => {
  const first = await foundCompany(identity);
  const { owner } = first;
  const second = (
    await ask(identity, owner, 'POST', '', { slug: `s-${randomUUID().slice(0, 8)}`, name: { en: 'Two' } })
  ).body;
  const switched = await ask(identity, owner, 'POST', `/${second.id}/switch`);
  expect(decodeJwt(switched.body.access_token)).toMatchObject({
    org: { id: second.id },
    aal: 'aal1',
    sub: owner.userId,
  });
  const refreshed = await identity.ask({
    url: '/token?grant_type=refresh_token',
    body: { refresh_token: owner.refreshToken },
  });
  expect(decodeJwt(refreshed.body.access_token)['org']).toMatchObject({ id: second.id });
  const stranger = await signUpPerson(identity, 'stranger');
  expect((await ask(identity, stranger, 'POST', `/${second.id}/switch`)).status).toBe(404);
});

test.each([
  [{ slug: 'Upper', name: { en: 'x' } }, 400, 'slug'],
  [{ slug: 'ok', name: {} }, 400, 'name'],
  [{ slug: 'ok', name: { en: 'a\u202Eb' } }, 400, 'name.en'],
  [{ slug: 'ok', name: { en: 'x' }, base_currency: 'ZZZ' }, 400, 'base_currency'],
  [{ slug: 'ok', name: { en: 'x' }, timezone: 'Mars/Olympus' }, 400, 'timezone'],
  [{ slug: 'ok', name: { en: 'x' }, nonsense: 1 }, 400, 'nonsense'],
  [{ slug: 'default', name: { en: 'x' } }, 409, 'default'],
])('%j makes no organisation', async (body, status, named) => {
  const person = await signUpPerson(identity, 'maker');
  const refused = await ask(identity, person, 'POST', '', body);
  expect(refused.status).toBe(status);
  expect(refused.body.msg).toContain(named);
});

test('anonymous users, and everybody where administrators keep it to themselves, make none', async () => {
  const { access_token: token } = (await identity.ask({ url: '/signup', body: {} })).body;
  const body = { slug: 'anon', name: { en: 'x' } };
  expect((await identity.ask({ url: '/organisations', token, body })).status).toBe(403);
});

test('a change made on an older state is refused, and suspending is the operator’s', async () => {
  const { id, owner } = await foundCompany(identity);
  expect(
    (await ask(identity, owner, 'PATCH', `/${id}`, { name: { en: 'New', ar: 'جديد' }, version: 1 })).body,
  ).toMatchObject({
    name: { ar: 'جديد' },
    version: 2,
  });
  expect((await ask(identity, owner, 'PATCH', `/${id}`, { timezone: 'Asia/Riyadh', version: 1 })).body.error_code).toBe(
    'stale_version',
  );
  expect((await ask(identity, owner, 'PATCH', `/${id}`, { status: 'suspended' })).status).toBe(403);
  const suspended = await identity.ask({
    method: 'PATCH',
    url: `/organisations/${id}`,
    token: identity.serviceToken,
    body: { status: 'suspended' },
  });
  expect(suspended.body.status).toBe('suspended');
  expect((await ask(identity, owner, 'PATCH', `/${id}`, { timezone: 'UTC' })).body.error_code).toBe(
    'organisation_inactive',
  );
});

describe('roles', () => {
  test('are defined from known permissions, held in tokens at once in the database, and gone when removed', async () => {
    const company = await foundCompany(identity, ['member']);
    const { id, owner } = company;
    const body = { key: 'clerk', name: { en: 'Clerk' }, permissions: ['identity.audit'] };
    const role = await ask(identity, owner, 'POST', `/${id}/roles`, body);
    expect(role.status).toBe(201);
    expect((await ask(identity, owner, 'POST', `/${id}/roles`, body)).body.error_code).toBe('role_taken');
    expect((await ask(identity, owner, 'POST', `/${id}/roles`, { ...body, key: 'owner' })).body.error_code).toBe(
      'role_taken',
    );
    for (const permissions of [['no.such'], ['*'], ['identity.*']]) {
      const refused = await ask(identity, owner, 'POST', `/${id}/roles`, { ...body, key: 'other', permissions });
      expect(refused.body.error_code).toBe('permission_unknown');
    }
    const member = company.people('member');
    const memberId = await company.memberId(member);
    expect((await ask(identity, member, 'GET', `/${id}/who-can?permission=identity.audit`)).status).toBe(403);
    await ask(identity, owner, 'POST', `/${id}/members/${memberId}/roles`, { role: 'clerk' });
    expect((await ask(identity, member, 'GET', `/${id}/who-can?permission=identity.audit`)).body.members).toHaveLength(
      2,
    );
    const review = (await ask(identity, owner, 'GET', `/${id}/access-review?role=clerk`)).body;
    expect(review.members).toMatchObject([{ user_id: member.userId }]);
    expect((await ask(identity, owner, 'DELETE', `/${id}/roles/${role.body.id}`)).status).toBe(204);
    expect((await ask(identity, member, 'GET', `/${id}/who-can?permission=identity.audit`)).status).toBe(403);
  });

  test('of the platform cannot be changed', async () => {
    const { id, owner } = await foundCompany(identity);
    const { roles } = (await ask(identity, owner, 'GET', `/${id}/roles`)).body;
    const list: readonly { readonly id: string; readonly key: string }[] = roles;
    for (const { id: role, key } of list) {
      const changed = await ask(identity, owner, 'PUT', `/${id}/roles/${role}`, {
        key,
        name: { en: 'x' },
        permissions: [],
      });
      expect(changed.body.error_code).toBe('system_role');
      expect((await ask(identity, owner, 'DELETE', `/${id}/roles/${role}`)).body.error_code).toBe('system_role');
    }
  });

  test('end on their day', async () => {
    const company = await foundCompany(identity, ['member']);
    const member = company.people('member');
    const memberId = await company.memberId(member);
    const until = new Date(identity.clock.now.getTime() + 60_000).toISOString();
    const path = `/${company.id}/members/${memberId}/roles`;
    await ask(identity, company.owner, 'POST', path, { role: 'auditor', valid_until: until });
    expect((await ask(identity, member, 'GET', `/${company.id}/who-can?permission=x.y`)).status).toBe(200);
    identity.clock.now = new Date(identity.clock.now.getTime() + 61_000);
    expect((await ask(identity, member, 'GET', `/${company.id}/who-can?permission=x.y`)).status).toBe(403);
  });
});

test('branches and teams are kept, and only of one’s own organisation', async () => {
  const company = await foundCompany(identity, ['member']);
  const other = await foundCompany(identity);
  const { id, owner } = company;
  const branch = { code: 'N1', name: { en: 'North', ar: 'الشمال' }, timezone: 'Asia/Riyadh' };
  const { id: branchId } = (await ask(identity, owner, 'POST', `/${id}/branches`, branch)).body;
  expect((await ask(identity, owner, 'POST', `/${id}/branches`, branch)).body.error_code).toBe('branch_taken');
  expect((await ask(identity, company.people('member'), 'GET', `/${id}/branches`)).body.branches).toMatchObject([
    { code: 'N1' },
  ]);
  expect(
    (await ask(identity, company.people('member'), 'POST', `/${id}/branches`, { ...branch, code: 'x' })).status,
  ).toBe(403);
  expect((await ask(identity, other.owner, 'DELETE', `/${other.id}/branches/${branchId}`)).status).toBe(404);
  expect((await ask(identity, other.owner, 'GET', `/${id}/branches`)).status).toBe(404);
  expect((await ask(identity, owner, 'PUT', `/${id}/branches/${branchId}`, { ...branch, code: 'N2' })).status).toBe(
    204,
  );

  const { id: team } = (await ask(identity, owner, 'POST', `/${id}/teams`, { name: 'Sales' })).body;
  expect((await ask(identity, owner, 'POST', `/${id}/teams`, { name: 'SALES' })).body.error_code).toBe('team_taken');
  const members = [await company.memberId(company.people('member')), await other.memberId(other.owner)];
  expect((await ask(identity, owner, 'PUT', `/${id}/teams/${team}/members`, { members })).status).toBe(204);
  expect((await ask(identity, owner, 'GET', `/${id}/teams`)).body.teams).toEqual([
    { id: team, name: 'Sales', members: [members[0]] },
  ]);
  expect((await ask(identity, owner, 'DELETE', `/${id}/teams/${team}`)).status).toBe(204);
  expect((await ask(identity, owner, 'DELETE', `/${id}/branches/${branchId}`)).status).toBe(204);
});
