import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { WorkQueue } from './work-queue.ts';

test('no more than the bound run at once, the others in order of arrival', async () => {
  const queue = new WorkQueue({ concurrency: 2, waiting: 10, maxWaitMs: 1000 });
  const order: number[] = [];
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      queue.run(async () => {
        most = Math.max(most, (running += 1));
        order.push(index);
        await sleep(1);
        running -= 1;
      }),
    ),
  );
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('what finds the queue full is refused at once, and a failure frees its place', async () => {
  const queue = new WorkQueue({ concurrency: 1, waiting: 1, maxWaitMs: 1000 });
  const first = queue.run(() => sleep(5));
  const second = queue.run(() => Promise.reject(new Error('the work failed')));
  await expect(queue.run(() => sleep(0))).rejects.toMatchObject({ code: 'identity.over_request_rate_limit' });
  await first;
  await expect(second).rejects.toThrow('the work failed');
  await expect(queue.run(() => Promise.resolve('done'))).resolves.toBe('done');
});

test('what waits too long is given up and does not run later', async () => {
  const queue = new WorkQueue({ concurrency: 1, waiting: 5, maxWaitMs: 5 });
  const first = queue.run(() => sleep(30));
  let ran = false;
  const late = queue.run(async () => {
    ran = true;
  });
  await expect(late).rejects.toMatchObject({ code: 'identity.request_timeout' });
  await first;
  expect(ran).toBe(false);
  await expect(queue.run(() => Promise.resolve(1))).resolves.toBe(1);
});
