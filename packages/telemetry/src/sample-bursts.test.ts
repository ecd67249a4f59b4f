import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Observation } from './observation.ts';
import { sampleBursts } from './sample-bursts.ts';

type Refused = Observation & { readonly kind: 'session.refused' };

const refused = (reason: Refused['reason']): Refused => ({ kind: 'session.refused', database: 'shop', reason });

let told: [Observation, number][];
let sampler: ReturnType<typeof sampleBursts>;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  sampler = sampleBursts((observation, count) => told.push([observation, count]));
});

afterEach(() => void vi.useRealTimers());

test('the first is told at once, the rest once a second with their number', () => {
  for (let times = 0; times < 500; times += 1) sampler.take(refused('queue-full'));
  expect(told).toEqual([[refused('queue-full'), 1]]);
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([
    [refused('queue-full'), 1],
    [refused('queue-full'), 499],
  ]);
  sampler.take(refused('queue-full'));
  vi.advanceTimersByTime(5_000);
  expect(told.slice(2)).toEqual([[refused('queue-full'), 1]]);
});

test('a reason does not hide another, and after a quiet second the next is told at once', () => {
  sampler.take(refused('queue-full'));
  sampler.take(refused('queue-timeout'));
  vi.advanceTimersByTime(1_000);
  sampler.take(refused('queue-full'));
  expect(told.map(([, count]) => count)).toEqual([1, 1, 1]);
});

test('nothing counted is lost at the end, and what does not come in bursts is told every time', () => {
  sampler.take(refused('queue-full'));
  sampler.take(refused('queue-full'));
  sampler.flush();
  expect(told.map(([, count]) => count)).toEqual([1, 1]);
  const woken: Observation = { kind: 'project.woken', project: 'shop' };
  sampler.take(woken);
  sampler.take(woken);
  expect(told).toHaveLength(4);
});
