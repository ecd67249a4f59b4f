import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Crowd } from './crowd.ts';

const LIMITS = { requests: 4, requestsWhenBusy: 2 };

function crowdOf(size: number): Crowd {
  const crowd = new Crowd(LIMITS);
  for (let guest = 0; guest < size; guest += 1) crowd.enter();
  return crowd;
}

/** Longer than the window over which it is asked. */
function beBusy(): void {
  const end = performance.now() + 80;
  while (performance.now() < end);
}

test('a process with time to spare lets in as many as there is room for', async () => {
  const crowd = crowdOf(3);
  await sleep(200);
  expect(crowd.isFull).toBe(false);
  crowd.enter();
  expect(crowd.isFull).toBe(true);
  crowd.leave();
  expect(crowd.isFull).toBe(false);
});

test('a busy process lets in fewer, until it has time again', async () => {
  const crowd = crowdOf(2);
  beBusy();
  expect(crowd.isFull).toBe(true);
  crowd.leave();
  expect(crowd.isFull).toBe(false);
  crowd.enter();
  await sleep(500);
  expect(crowd.isFull).toBe(false);
});
