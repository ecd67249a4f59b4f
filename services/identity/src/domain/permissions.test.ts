import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HeldRole, mayGrant, permits, type Rights } from './permissions.ts';

const role = (permissions: string[], denials: string[] = []): HeldRole => ({ permissions, denials, scope: {} });
const owner = role(['*']);
const admin = role(['*'], ['*.approve']);

test.each([
  ['*', 'stock.adjust', true],
  ['stock.*', 'stock.adjust', true],
  ['stock.*', 'stocks.adjust', false],
  ['*.read', 'stock.read', true],
  ['*.read', 'stock.unread', false],
  ['stock.adjust', 'stock.adjust', true],
  ['stock.adjust', 'stock.adjust-all', false],
])('%s permits %s: %s', (pattern, key, expected) => {
  expect(permits([role([pattern])], key)).toBe(expected);
});

test('a denial of one role wins over every permission of the others', () => {
  expect(permits([owner, role([], ['billing.approve'])], 'billing.approve')).toBe(false);
  expect(permits([owner, role([], ['billing.approve'])], 'billing.read')).toBe(true);
});

test('nobody hands out what they do not hold', () => {
  expect(mayGrant([owner], owner, {})).toBe(true);
  expect(mayGrant([admin], owner, {})).toBe(false);
  expect(mayGrant([admin], admin, {})).toBe(true);
  expect(mayGrant([admin], role(['billing.approve']), {})).toBe(false);
  expect(mayGrant([admin], role(['billing.*']), {})).toBe(false);
  expect(mayGrant([admin], role(['billing.*'], ['billing.approve', '*.approve']), {})).toBe(true);
  expect(mayGrant([role(['stock.read'])], role(['stock.*']), {})).toBe(false);
  expect(mayGrant([role(['stock.*'])], role(['*.read']), {})).toBe(false);
  expect(mayGrant([], role([]), {})).toBe(true);
});

test('a role held in one branch is handed on in that branch only', () => {
  const manager: HeldRole = { ...role(['people.invite']), scope: { branch: ['north'] } };
  expect(mayGrant([manager], role(['people.invite']), { branch: ['north'] })).toBe(true);
  expect(mayGrant([manager], role(['people.invite']), { branch: ['north', 'south'] })).toBe(false);
  expect(mayGrant([manager], role(['people.invite']), {})).toBe(false);
  expect(mayGrant([manager], role(['people.invite']), { branch: ['north'], register: ['1'] })).toBe(true);
});

const part = fc.constantFrom('a', 'b');
const key = fc.tuple(part, part).map(([suite, verb]) => `${suite}.${verb}`);
const pattern = fc.oneof(
  key,
  fc.constant('*'),
  part.map((suite) => `${suite}.*`),
  part.map((verb) => `*.${verb}`),
);
const rights: fc.Arbitrary<Rights> = fc.record({
  permissions: fc.array(pattern, { maxLength: 3 }),
  denials: fc.array(pattern, { maxLength: 2 }),
});

test('whoever may grant a role is permitted every key the role permits', () => {
  fc.assert(
    fc.property(fc.array(rights, { maxLength: 3 }), rights, key, (held, granted, wanted) => {
      const granter = held.map((one) => ({ ...one, scope: {} }));
      if (mayGrant(granter, granted, {}) && permits([granted], wanted)) expect(permits(granter, wanted)).toBe(true);
    }),
    { numRuns: 5000, seed: 11 },
  );
});
