import { randomUUID } from 'node:crypto';
import { must } from '@ashlar/kernel';
import type { Answer, Ask, IdentityFixture } from '../../identity-fixture.ts';

export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly token: string;
  readonly refreshToken: string;
}

/** An organisation with one person of each role that a test names. */
export interface Company {
  readonly id: string;
  readonly owner: Person;
  people(role: string): Person;
  /** Id of the membership. */
  memberId(person: Person): Promise<string>;
}

export async function signUpPerson(identity: IdentityFixture, name: string): Promise<Person> {
  const email = `${name}-${randomUUID().slice(0, 8)}@example.org`;
  const { access_token: token, refresh_token: refreshToken, user } = await identity.signUp(email);
  return { userId: user.id, email, token, refreshToken };
}

export async function foundCompany(identity: IdentityFixture, roles: readonly string[] = []): Promise<Company> {
  const owner = await signUpPerson(identity, 'owner');
  const created = await ask(identity, owner, 'POST', '', {
    slug: `o-${randomUUID().slice(0, 8)}`,
    name: { en: 'Shop' },
  });
  const id: string = created.body.id;
  const people = new Map<string, Person>([['owner', owner]]);
  for (const role of roles) {
    const person = await signUpPerson(identity, role);
    const added = await identity.ask({
      url: `/organisations/${id}/members`,
      token: identity.serviceToken,
      body: { user_id: person.userId, role },
    });
    if (added.status !== 201) throw new Error(`could not add ${role}: ${JSON.stringify(added.body)}`);
    people.set(role, person);
  }
  return {
    id,
    owner,
    people: (role) => must(people.get(role), `somebody who is ${role}`),
    async memberId({ userId }) {
      const { members } = (await ask(identity, owner, 'GET', `/${id}/members`)).body;
      const list: readonly { readonly id: string; readonly user_id: string }[] = members;
      return must(
        list.find((member) => member.user_id === userId),
        `the member ${userId}`,
      ).id;
    },
  };
}

export function ask(
  identity: IdentityFixture,
  person: Person | null,
  method: NonNullable<Ask['method']>,
  path: string,
  body?: object,
): Promise<Answer> {
  return identity.ask({
    method,
    url: `/organisations${path}`,
    ...(person === null ? {} : { token: person.token }),
    ...(body === undefined ? {} : { body }),
  });
}
