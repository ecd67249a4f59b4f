import { expect, test } from 'vitest';
import { arraySerializer } from '../wire/array-serializer.ts';
import { groupsOf } from './audience.ts';
import type { Subscriber } from './subscriber.ts';
import type { RoleFacts, TableFacts } from './table-facts.ts';

const ROLE: RoleFacts = { bypasses: false, mayUseSchema: true, columns: new Set(['id']), policy: 'true' };

function table(claims: readonly string[] | null): TableFacts {
  return {
    oid: 1,
    schema: 'public',
    name: 'todos',
    isPublished: true,
    fingerprint: '',
    dependsOn: [1],
    columns: [],
    keys: [],
    claims: claims === null ? null : new Set(claims),
    roles: new Map([
      ['authenticated', ROLE],
      ['service_role', { ...ROLE, bypasses: true }],
    ]),
  };
}

/** Each in a session of their own, whose token ends at a time of its own. */
function subscriber(n: number, role: string, tenant: number): Subscriber {
  const claims = { role, sub: `person ${n}`, tenant, session_id: `session ${n}`, exp: 1_000 + n, iat: n };
  return {
    listener: {
      caller: { role, claims, claimsJson: JSON.stringify(claims), via: 'token' },
      topic: 'realtime:todos',
      serializer: arraySerializer,
      deliver: () => undefined,
      system: () => undefined,
    },
    subscriptions: [{ id: n, event: '*', schema: 'public', table: 'todos', filters: [], columns: null }],
    wantsPosition: false,
    sinceLsn: 0n,
    nextSeq: 0,
    isGone: false,
  };
}

const PEOPLE = Array.from({ length: 500 }, (_, n) => subscriber(n, 'authenticated', n % 50));
const sizes = (facts: TableFacts, people: readonly Subscriber[]): readonly number[] =>
  groupsOf(facts, people).map(({ members }) => members.length);

test('five hundred people of fifty tenants are fifty questions where the policies read the tenant', () => {
  expect(sizes(table(['tenant']), PEOPLE)).toEqual(Array.from({ length: 50 }, () => 10));
});

test('policies that read no claim are one question, those that read the person one for each', () => {
  expect(sizes(table([]), PEOPLE)).toEqual([500]);
  expect(sizes(table(['sub']), PEOPLE)).toHaveLength(500);
});

test('sessions and ends of tokens make no difference, even where all claims count', () => {
  const again = PEOPLE.slice(0, 5).map(({ listener: { caller } }, n) => {
    const other = subscriber(n, 'authenticated', n % 50);
    const claims = { ...caller.claims, session_id: 'another', exp: 9_999, iat: 9_000 };
    return { ...other, listener: { ...other.listener, caller: { ...caller, claims } } };
  });
  expect(sizes(table(null), [...PEOPLE.slice(0, 5), ...again])).toEqual([2, 2, 2, 2, 2]);
});

test('whom no policy concerns is one question, and nobody’s role is none', () => {
  const services = Array.from({ length: 20 }, (_, n) => subscriber(n, 'service_role', n));
  expect(sizes(table(['tenant', 'sub']), services)).toEqual([20]);
  expect(sizes(table([]), [subscriber(1, 'unknown', 1)])).toEqual([]);
});
