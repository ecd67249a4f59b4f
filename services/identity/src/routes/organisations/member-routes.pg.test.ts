import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIdentityFixture, type IdentityFixture } from '../../identity-fixture.ts';
import { ask, foundCompany, type Person, signUpPerson } from './organisations.fixture.ts';

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture();
});
afterAll(() => identity.close());

/** The token in the last mail to this address. */
async function mailedToken(email: string): Promise<string> {
  const [row] = await identity.project.sql<{ token: string }>(
    `select message -> 'data' ->> 'token' as token from auth.outbox
     where message ->> 'to' = $1 and message ->> 'template' = 'organisation_invite' order by id desc limit 1`,
    [email],
  );
  return row?.token ?? '';
}

const later = (hours: number): void => {
  identity.clock.now = new Date(identity.clock.now.getTime() + hours * 3_600_000);
};

describe('the last owner', () => {
  test('cannot leave, be demoted, be disabled or be given an end', async () => {
    const { id, owner, memberId } = await foundCompany(identity, ['owner']);
    const { members } = (await ask(identity, owner, 'GET', `/${id}/members`)).body;
    const [first, second] = members[0].user_id === owner.userId ? members : members.toReversed();
    expect((await ask(identity, owner, 'DELETE', `/${id}/members/${second.id}`)).status).toBe(204);
    const until = new Date(identity.clock.now.getTime() + 1000).toISOString();
    const me = await memberId(owner);
    expect(me).toBe(first.id);
    for (const refused of [
      await ask(identity, owner, 'DELETE', `/${id}/members/${me}`),
      await ask(identity, owner, 'DELETE', `/${id}/members/${me}/roles/${first.roles[0].id}`),
      await ask(identity, owner, 'PATCH', `/${id}/members/${me}`, { status: 'disabled' }),
      await ask(identity, owner, 'POST', `/${id}/members/${me}/roles`, { role: 'owner', valid_until: until }),
    ]) {
      expect(refused).toMatchObject({ status: 409, body: { error_code: 'last_owner' } });
    }
  });

  test('is not one who owns a branch alone', async () => {
    const company = await foundCompany(identity, ['member']);
    const { id, owner } = company;
    const { id: branch } = (await ask(identity, owner, 'POST', `/${id}/branches`, { code: 'B', name: { en: 'B' } }))
      .body;
    const member = await company.memberId(company.people('member'));
    const scoped = { role: 'owner', scope: { branch: [branch] } };
    expect((await ask(identity, owner, 'POST', `/${id}/members/${member}/roles`, scoped)).status).toBe(201);
    const me = await company.memberId(owner);
    expect((await ask(identity, owner, 'DELETE', `/${id}/members/${me}`)).body.error_code).toBe('last_owner');
    expect((await ask(identity, company.people('member'), 'PATCH', `/${id}`, { timezone: 'UTC' })).status).toBe(403);
    // And hands over no more than the branch.
    const taken = await ask(identity, company.people('member'), 'POST', `/${id}/transfer`, { member });
    expect(taken).toMatchObject({ status: 403, body: { error_code: 'not_an_owner' } });
  });

  test('remains when twenty owners leave at once', async () => {
    const { id, owner } = await foundCompany(identity);
    const people: Person[] = [owner];
    for (let at = 0; at < 19; at += 1) {
      const person = await signUpPerson(identity, 'owner');
      const body = { user_id: person.userId, role: 'owner' };
      await identity.ask({ url: `/organisations/${id}/members`, token: identity.serviceToken, body });
      people.push(person);
    }
    const { members } = (await ask(identity, owner, 'GET', `/${id}/members`)).body;
    const list: readonly { readonly id: string; readonly user_id: string }[] = members;
    const left = await Promise.all(
      people.map((person) => {
        const member = list.find(({ user_id: user }) => user === person.userId);
        return ask(identity, person, 'DELETE', `/${id}/members/${member?.id ?? ''}`);
      }),
    );
    expect(left.filter(({ status }) => status === 204)).toHaveLength(19);
    expect(left.filter(({ body }) => body?.error_code === 'last_owner')).toHaveLength(1);
  });
});

describe('an invitation', () => {
  const grants = [{ role: 'member' }];

  test('makes a member of whom it was sent to, once, and answers the same the second time', async () => {
    const { id, owner } = await foundCompany(identity);
    const guest = await signUpPerson(identity, 'guest');
    const made = await ask(identity, owner, 'POST', `/${id}/invitations`, { email: guest.email, grants });
    expect(made).toMatchObject({ status: 201, body: { email: guest.email, look_alikes: [] } });
    expect(JSON.stringify(made.body)).not.toContain(await mailedToken(guest.email));
    const token = await mailedToken(guest.email);

    const stranger = await signUpPerson(identity, 'stranger');
    expect((await ask(identity, stranger, 'POST', '/invitations/accept', { token })).body.error_code).toBe(
      'email_mismatch',
    );
    const accepted = await Promise.all(
      Array.from({ length: 20 }, () => ask(identity, guest, 'POST', '/invitations/accept', { token })),
    );
    expect(new Set(accepted.map(({ status, body }) => JSON.stringify([status, body.member_id])))).toHaveLength(1);
    expect(accepted[0]).toMatchObject({ status: 200, body: { organisation: { id } } });
    const { members } = (await ask(identity, owner, 'GET', `/${id}/members`)).body;
    expect(members).toHaveLength(2);
    expect(
      (await ask(identity, owner, 'POST', `/${id}/invitations`, { email: guest.email, grants })).body.error_code,
    ).toBe('already_member');
  });

  test('ends after three days, when it is revoked, and when another takes its place', async () => {
    const { id, owner } = await foundCompany(identity);
    const guest = await signUpPerson(identity, 'late');
    const invite = async (): Promise<[string, string]> => {
      const made = await ask(identity, owner, 'POST', `/${id}/invitations`, { email: guest.email, grants });
      return [made.body.id, await mailedToken(guest.email)];
    };
    const accept = async (token: string): Promise<string> =>
      (await ask(identity, guest, 'POST', '/invitations/accept', { token })).body.error_code;
    const [, replaced] = await invite();
    const [revoked, revokedToken] = await invite();
    expect(await accept(replaced)).toBe('invitation_not_found');
    expect((await ask(identity, owner, 'DELETE', `/${id}/invitations/${revoked}`)).status).toBe(204);
    expect(await accept(revokedToken)).toBe('invitation_not_found');
    const [, expired] = await invite();
    later(73);
    expect(await accept(expired)).toBe('invitation_expired');
    expect(await accept('x'.repeat(32))).toBe('invitation_not_found');
  });

  test('to a disabled member says so, one that looks like a member’s warns, and a full house is full', async () => {
    const company = await foundCompany(identity, ['member']);
    const { id, owner } = company;
    const member = company.people('member');
    const memberId = await company.memberId(member);
    expect(
      (
        await ask(identity, owner, 'POST', `/${id}/invitations`, {
          email: member.email.replace('@', '+again@'),
          grants,
        })
      ).body.look_alikes,
    ).toEqual([member.email]);
    await ask(identity, owner, 'PATCH', `/${id}/members/${memberId}`, { status: 'disabled' });
    expect(
      (await ask(identity, owner, 'POST', `/${id}/invitations`, { email: member.email, grants })).body.error_code,
    ).toBe('member_disabled');
    await identity.ask({
      method: 'PATCH',
      url: `/organisations/${id}`,
      token: identity.serviceToken,
      body: { seat_limit: 1 },
    });
    expect(
      (await ask(identity, owner, 'POST', `/${id}/invitations`, { email: 'new@example.org', grants })).body.error_code,
    ).toBe('seat_limit');
  });
});

/** What each role may do to an ordinary member, and with roles; 404 is "no member here". */
const MATRIX: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  owner: {
    list: 200,
    invite: 201,
    inviteOwner: 201,
    giveAdmin: 201,
    giveOwner: 201,
    disable: 204,
    rename: 200,
    defineRole: 201,
    review: 200,
  },
  admin: {
    list: 200,
    invite: 201,
    inviteOwner: 403,
    giveAdmin: 201,
    giveOwner: 403,
    disable: 204,
    rename: 200,
    defineRole: 201,
    review: 200,
  },
  office: {
    list: 200,
    invite: 201,
    inviteOwner: 403,
    giveAdmin: 403,
    giveOwner: 403,
    disable: 204,
    rename: 403,
    defineRole: 403,
    review: 403,
  },
  auditor: {
    list: 200,
    invite: 403,
    inviteOwner: 403,
    giveAdmin: 403,
    giveOwner: 403,
    disable: 403,
    rename: 403,
    defineRole: 403,
    review: 200,
  },
  member: {
    list: 200,
    invite: 403,
    inviteOwner: 403,
    giveAdmin: 403,
    giveOwner: 403,
    disable: 403,
    rename: 403,
    defineRole: 403,
    review: 403,
  },
  stranger: {
    list: 404,
    invite: 404,
    inviteOwner: 404,
    giveAdmin: 404,
    giveOwner: 404,
    disable: 404,
    rename: 404,
    defineRole: 404,
    review: 404,
  },
  nobody: {
    list: 401,
    invite: 401,
    inviteOwner: 401,
    giveAdmin: 401,
    giveOwner: 401,
    disable: 401,
    rename: 401,
    defineRole: 401,
    review: 401,
  },
};

test.each(Object.keys(MATRIX))('%s may do what the matrix says and nothing else', async (role) => {
  const company = await foundCompany(
    identity,
    role === 'stranger' || role === 'nobody' || role === 'owner' ? [] : [role],
  );
  const actor =
    role === 'nobody' ? null : role === 'stranger' ? await signUpPerson(identity, role) : company.people(role);
  const target = await signUpPerson(identity, 'target');
  const added = await identity.ask({
    url: `/organisations/${company.id}/members`,
    token: identity.serviceToken,
    body: { user_id: target.userId },
  });
  const base = `/${company.id}`;
  const member = `${base}/members/${added.body.id}`;
  const invitee = `new-${role}@example.org`;
  const statuses = {
    list: (await ask(identity, actor, 'GET', `${base}/members`)).status,
    invite: (
      await ask(identity, actor, 'POST', `${base}/invitations`, { email: invitee, grants: [{ role: 'member' }] })
    ).status,
    inviteOwner: (
      await ask(identity, actor, 'POST', `${base}/invitations`, { email: invitee, grants: [{ role: 'owner' }] })
    ).status,
    giveAdmin: (await ask(identity, actor, 'POST', `${member}/roles`, { role: 'admin' })).status,
    giveOwner: (await ask(identity, actor, 'POST', `${member}/roles`, { role: 'owner' })).status,
    // Only as long as the member has no more rights than the actor, hence the two gifts are taken back first.
    disable: await disableOrdinary(actor, company.id, target),
    rename: (await ask(identity, actor, 'PATCH', base, { name: { en: 'Renamed' } })).status,
    defineRole: (
      await ask(identity, actor, 'POST', `${base}/roles`, {
        key: 'k',
        name: { en: 'K' },
        permissions: ['identity.read'],
      })
    ).status,
    review: (await ask(identity, actor, 'GET', `${base}/access-review?role=member`)).status,
  };
  expect(statuses).toEqual(MATRIX[role]);
});

async function disableOrdinary(actor: Person | null, id: string, target: Person): Promise<number> {
  await identity.project.sql(
    `delete from auth.role_assignments a using auth.memberships m, auth.organisation_roles r
     where a.membership_id = m.id and r.id = a.role_id and m.user_id = $1 and r.key in ('owner', 'admin')`,
    [target.userId],
  );
  const [row] = await identity.project.sql<{ id: string }>(
    'select id from auth.memberships where org_id = $1 and user_id = $2',
    [id, target.userId],
  );
  return (await ask(identity, actor, 'PATCH', `/${id}/members/${row?.id ?? ''}`, { status: 'disabled' })).status;
}

test('an administrator neither ousts nor demotes an owner', async () => {
  const company = await foundCompany(identity, ['admin']);
  const admin = company.people('admin');
  const second = await signUpPerson(identity, 'second');
  await identity.ask({
    url: `/organisations/${company.id}/members`,
    token: identity.serviceToken,
    body: { user_id: second.userId, role: 'owner' },
  });
  const owner = await company.memberId(second);
  const { members } = (await ask(identity, admin, 'GET', `/${company.id}/members`)).body;
  const list: readonly { readonly id: string; readonly roles: readonly { readonly id: string }[] }[] = members;
  const assignment = list.find(({ id }) => id === owner)?.roles[0]?.id ?? '';
  for (const refused of [
    await ask(identity, admin, 'DELETE', `/${company.id}/members/${owner}`),
    await ask(identity, admin, 'PATCH', `/${company.id}/members/${owner}`, { status: 'disabled' }),
    await ask(identity, admin, 'DELETE', `/${company.id}/members/${owner}/roles/${assignment}`),
  ]) {
    expect(refused).toMatchObject({ status: 403, body: { error_code: 'role_escalation' } });
  }
});

test('a manager of one branch hands roles on in that branch only', async () => {
  const company = await foundCompany(identity, ['member']);
  const { id, owner } = company;
  const branches: string[] = [];
  for (const code of ['N', 'S']) {
    branches.push((await ask(identity, owner, 'POST', `/${id}/branches`, { code, name: { en: code } })).body.id);
  }
  const [north = '', south = ''] = branches;
  const manager = company.people('member');
  const memberId = await company.memberId(manager);
  const give = { role: 'branch-manager', scope: { branch: [north] } };
  expect((await ask(identity, owner, 'POST', `/${id}/members/${memberId}/roles`, give)).status).toBe(201);
  const invite = async (branch: string | null): Promise<unknown> => {
    const scope = branch === null ? {} : { branch: [branch] };
    const body = { email: 'clerk@example.org', grants: [{ role: 'branch-manager', scope }] };
    const answer = await ask(identity, manager, 'POST', `/${id}/invitations`, body);
    return answer.status === 201 ? 201 : answer.body.error_code;
  };
  expect(await invite(north)).toBe(201);
  expect(await invite(south)).toBe('role_escalation');
  expect(await invite(null)).toBe('role_escalation');
  const unknown = { role: 'member', scope: { branch: ['00000000-0000-4000-8000-000000000000'] } };
  expect((await ask(identity, owner, 'POST', `/${id}/members/${memberId}/roles`, unknown)).body.error_code).toBe(
    'scope_unknown',
  );
});

test('ownership is handed over whole', async () => {
  const company = await foundCompany(identity, ['member']);
  const { id, owner } = company;
  const heir = company.people('member');
  const body = { member: await company.memberId(heir) };
  expect((await ask(identity, heir, 'POST', `/${id}/transfer`, body)).body.error_code).toBe('not_an_owner');
  expect((await ask(identity, owner, 'POST', `/${id}/transfer`, body)).status).toBe(204);
  const { members } = (await ask(identity, heir, 'GET', `/${id}/members`)).body;
  const roles = (
    members as readonly { readonly user_id: string; readonly roles: readonly { readonly role: string }[] }[]
  ).map(({ user_id: user, roles: held }) => [user, held.map(({ role }) => role).toSorted()]);
  expect(Object.fromEntries(roles)).toEqual({ [owner.userId]: ['admin'], [heir.userId]: ['member', 'owner'] });
  await identity.project.sql(
    `insert into auth.mfa_factors (id, user_id, factor_type, status, secret) values (gen_random_uuid(), $1, 'totp', 'verified', 'x')`,
    [heir.userId],
  );
  const back = { member: await company.memberId(owner).catch(() => members[0].id) };
  expect((await ask(identity, heir, 'POST', `/${id}/transfer`, back)).body.error_code).toBe(
    'organisation_aal_required',
  );
});
