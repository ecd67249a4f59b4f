import type { DomainEvent } from '@ashlar/kernel';
import { expect, test } from 'vitest';
import { inOrderOfVersions, VersionOrder } from './version-order.ts';

function event(version: number | null, subject: string | null = 's', type = 'order.order.changed'): DomainEvent {
  return {
    specversion: '1.0',
    id: `${type} ${subject} ${version}`,
    source: '/test',
    type,
    subject,
    time: '2026-11-21T10:00:00Z',
    dataschema: null,
    data: {},
    orgid: null,
    aggregateversion: version,
    actor: null,
    causationid: null,
    correlationid: null,
    traceparent: null,
  };
}

function early(versions: readonly (number | null)[]): (number | null)[] {
  const order = new VersionOrder({ waitMs: 1_000, now: () => 0 });
  return versions.filter((version) => order.isEarly(event(version)));
}

test.each([
  ['versions in order are never early', [1, 2, 3, 4], []],
  ['the first version seen is where an aggregate begins', [7, 8], []],
  ['one that skips a version is early', [1, 3], [3]],
  ['all that come before the missing one are early', [1, 4, 3, 2, 5], [4, 3]],
  ['a version told again is not early', [1, 2, 1, 2, 3], []],
  ['an early one told again is still early', [1, 3, 3, 2, 3, 4], [3, 3]],
  ['events without a version are never early', [1, null, 2, null], []],
] as const)('%s', (_name, versions, expected) => {
  expect(early(versions)).toEqual(expected);
});

test('events read together come in the order of their versions, within their aggregates alone', () => {
  const read = [event(2, 'a'), event(null, 'a'), event(7, 'b'), event(1, 'a'), event(6, 'b'), event(3, 'a')];
  const versions = inOrderOfVersions(read.map((one) => ({ event: one }))).map(
    ({ event: { subject, aggregateversion } }) => `${subject}${aggregateversion}`,
  );
  expect(versions).toEqual(['a1', 'anull', 'b6', 'a2', 'b7', 'a3']);
});

test('aggregates know nothing of each other, and what has no subject has no order', () => {
  const order = new VersionOrder({ waitMs: 1_000, now: () => 0 });
  expect(order.isEarly(event(1, 'a'))).toBe(false);
  expect(order.isEarly(event(5, 'b'))).toBe(false);
  expect(order.isEarly(event(9, 'a', 'order.return.opened'))).toBe(false);
  expect(order.isEarly(event(1, null))).toBe(false);
  expect(order.isEarly(event(3, null))).toBe(false);
  expect(order.isEarly(event(3, 'a'))).toBe(true);
});

test('a version that does not come in its time is given up', () => {
  let now = 0;
  const order = new VersionOrder({ waitMs: 1_000, now: () => now });
  order.isEarly(event(1));
  expect(order.isEarly(event(3))).toBe(true);
  now = 1_000;
  expect(order.isEarly(event(4))).toBe(false);
  expect(order.isEarly(event(5))).toBe(false);
});

test('many versions ahead end the wait for the missing one', () => {
  const order = new VersionOrder({ waitMs: 1_000, now: () => 0 });
  order.isEarly(event(1));
  const answers = Array.from({ length: 30 }, (_, index) => order.isEarly(event(index + 3)));
  expect(answers.slice(0, 16).every(Boolean)).toBe(true);
  expect(answers.slice(16).some(Boolean)).toBe(false);
});
