import { expect, test } from 'vitest';
import type { Noted } from './message-store.ts';
import { WrittenOutcomes } from './written-outcomes.ts';

const noted = (id: string): Noted => ({ id, attempt: 1, outcome: { kind: 'released' } });

test('one statement at a time takes along all that ended meanwhile', async () => {
  const written: string[][] = [];
  const gate = Promise.withResolvers<void>();
  const outcomes = new WrittenOutcomes(async (ended) => {
    written.push(ended.map(({ id }) => id));
    await gate.promise;
  });
  for (const id of ['a', 'b', 'c']) outcomes.add(noted(id));
  expect(written).toEqual([['a']]);
  gate.resolve();
  await outcomes.close();
  expect(written).toEqual([['a'], ['b', 'c']]);
  outcomes.add(noted('d'));
  await outcomes.close();
  expect(written.at(-1)).toEqual(['d']);
});

test('what cannot be written is told at once to who goes on, and at the end to who waits', async () => {
  const outcomes = new WrittenOutcomes(async () => {
    throw new Error('the database is away');
  });
  outcomes.add(noted('a'));
  await Promise.resolve();
  await expect.poll(() => outcomes.hasFailed).toBe(true);
  await expect(outcomes.close()).rejects.toThrow('the database is away');
});
