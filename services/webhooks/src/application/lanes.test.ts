import { expect, test, vi } from 'vitest';
import type { Claimed } from './claimed.ts';
import { Lanes } from './lanes.ts';

function claimed(endpoint: string, id: number): Claimed {
  const receiver = {
    id: endpoint,
    version: 1n,
    url: 'https://example.org',
    headers: {},
    secrets: [],
    isBroken: false,
  };
  return { id: BigInt(id), eventId: `e-${id}`, key: null, tries: 0, body: '{}', receiver };
}

function open(startWithinMs = 60_000): { readonly lanes: Lanes; readonly started: Claimed[] } {
  const started: Claimed[] = [];
  const lanes = new Lanes({ perEndpoint: 2, startWithinMs, start: (delivery) => void started.push(delivery) });
  return { lanes, started };
}

const idsOf = (deliveries: readonly Claimed[]): readonly number[] => deliveries.map(({ id }) => Number(id));

test('each endpoint has its own bound, and the next begins when one has ended', () => {
  const { lanes, started } = open();
  const first = claimed('a', 1);
  lanes.add([first, claimed('a', 2), claimed('a', 3), claimed('b', 4)]);
  expect(idsOf(started)).toEqual([1, 2, 4]);
  expect(lanes.size).toBe(4);
  lanes.ended(first, false);
  expect(idsOf(started)).toEqual([1, 2, 4, 3]);
  expect(lanes.size).toBe(3);
});

test('after a failure the others of the endpoint are given back once, those of other endpoints are not', () => {
  const { lanes, started } = open();
  const first = claimed('a', 1);
  const others = [2, 3, 4].map((id) => claimed('a', id));
  lanes.add([first, ...others, claimed('b', 5), claimed('b', 6), claimed('b', 7)]);
  lanes.ended(first, true);
  expect(idsOf(started)).toEqual([1, 2, 5, 6]);
  expect(lanes.size).toBe(6);
  expect(idsOf(lanes.takeReleased())).toEqual([3, 4]);
  expect(lanes.takeReleased()).toEqual([]);
  expect(lanes.size).toBe(4);
});

test('what was claimed too long ago is given back instead of begun', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const { lanes, started } = open(100);
    const [first, second] = [claimed('a', 1), claimed('a', 2)];
    lanes.add([first, second, claimed('a', 3)]);
    vi.advanceTimersByTime(101);
    lanes.ended(first, false);
    expect(idsOf(started)).toEqual([1, 2]);
    expect(idsOf(lanes.takeReleased())).toEqual([3]);
  } finally {
    vi.useRealTimers();
  }
});

test('at the end everything that has not begun is given back', () => {
  const { lanes } = open();
  lanes.add([1, 2, 3, 4].map((id) => claimed('a', id)));
  lanes.releaseAll();
  expect(idsOf(lanes.takeReleased())).toEqual([3, 4]);
});
