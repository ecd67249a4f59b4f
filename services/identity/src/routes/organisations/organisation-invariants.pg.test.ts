import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentityFixture, type IdentityFixture } from '../../identity-fixture.ts';
import { ask, foundCompany, type Person } from './organisations.fixture.ts';

const ROLES = ['owner', 'admin', 'office', 'auditor', 'member'] as const;

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture();
});
afterAll(() => identity.close());

interface Command {
  readonly actor: number;
  readonly target: number;
  readonly kind: 'give' | 'take' | 'disable' | 'enable' | 'remove' | 'transfer';
  readonly role: (typeof ROLES)[number];
}

const command: fc.Arbitrary<Command> = fc.record({
  actor: fc.nat(4),
  target: fc.nat(4),
  kind: fc.constantFrom('give', 'take', 'disable', 'enable', 'remove', 'transfer'),
  role: fc.constantFrom(...ROLES),
});

type MemberJson = {
  readonly id: string;
  readonly user_id: string;
  readonly status: string;
  readonly roles: readonly { readonly id: string; readonly role: string }[];
};

test('whatever its members do, an organisation keeps an active owner, and owners are made by owners alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 25 }), async (commands) => {
      const company = await foundCompany(identity, ['admin', 'office', 'auditor', 'member']);
      const people: readonly Person[] = ROLES.map((role) => company.people(role));
      for (const { actor, target, kind, role } of commands) {
        const before = await membersOf(company.id);
        const by = people[actor];
        const member = before.find(({ user_id: user }) => user === people[target]?.userId);
        if (by === undefined || member === undefined) continue;
        const { status } = await run(by, company.id, member, { kind, role });
        expect(status).toBeLessThan(500);
        const after = await membersOf(company.id);
        expect(owners(after).length).toBeGreaterThanOrEqual(1);
        const made = owners(after).filter((user) => !owners(before).includes(user));
        if (made.length > 0) expect(kind === 'enable' || owners(before).includes(by.userId)).toBe(true);
      }
    }),
    { numRuns: 8, seed: 42 },
  );
}, 120_000);

async function membersOf(id: string): Promise<readonly MemberJson[]> {
  const answer = await identity.ask({
    method: 'GET',
    url: `/organisations/${id}/members`,
    token: identity.serviceToken,
  });
  return answer.body.members;
}

function owners(members: readonly MemberJson[]): string[] {
  return members
    .filter(({ status, roles }) => status === 'active' && roles.some(({ role }) => role === 'owner'))
    .map(({ user_id: user }) => user);
}

function run(
  by: Person,
  id: string,
  member: MemberJson,
  { kind, role }: Pick<Command, 'kind' | 'role'>,
): ReturnType<typeof ask> {
  const path = `/${id}/members/${member.id}`;
  switch (kind) {
    case 'give':
      return ask(identity, by, 'POST', `${path}/roles`, { role });
    case 'take':
      return ask(identity, by, 'DELETE', `${path}/roles/${member.roles[0]?.id ?? id}`);
    case 'disable':
      return ask(identity, by, 'PATCH', path, { status: 'disabled' });
    case 'enable':
      return ask(identity, by, 'PATCH', path, { status: 'active' });
    case 'remove':
      return ask(identity, by, 'DELETE', path);
    case 'transfer':
      return ask(identity, by, 'POST', `/${id}/transfer`, { member: member.id });
  }
}
