import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

test('tasks of one key keep their order, whatever they take, and no more run than allowed', async () => {
  const task = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    takesMs: fc.integer({ min: 0, max: 3 }),
    fails: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(task, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), async (tasks, concurrency) => {
      const lanes = new Lanes(concurrency);
      const ended = new Map<string, number[]>();
      let running = 0;
      let most = 0;
      const runs = tasks.map(({ key, takesMs, fails }, index) =>
        lanes.run(key, async () => {
          most = Math.max(most, (running += 1));
          await delay(takesMs);
          running -= 1;
          ended.set(key, [...(ended.get(key) ?? []), index]);
          if (fails) throw new Error(`task ${index}`);
        }),
      );
      const outcomes = await Promise.allSettled(runs);
      await lanes.idle();
      expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(tasks.map(({ fails }) => fails));
      for (const order of ended.values()) expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(most).toBeLessThanOrEqual(concurrency);
    }),
    { numRuns: 30 },
  );
});
