import { expect, test } from 'vitest';
import { createSealer, createUnsealer } from './sealed-messages.ts';

let clock = 1_000_000;
const now = (): number => clock;
const bytes = Buffer.from('hello');

test('what a process of the instance says about a subject is heard once, and in order', () => {
  const seal = createSealer('secret', now);
  const unseal = createUnsealer('secret', 'a', now);
  const [first, second] = [seal('a', bytes), seal('a', Buffer.alloc(0))];
  expect(Buffer.from(unseal(first) ?? []).toString()).toBe('hello');
  expect(unseal(second)).toHaveLength(0);
  expect(unseal(first)).toBeNull();
  expect(unseal(second)).toBeNull();
});

test('what was signed otherwise, for another subject, changed, cut or kept back is not heard', () => {
  const sealed = createSealer('secret', now)('a', bytes);
  const fresh = (subject = 'a'): ReturnType<typeof createUnsealer> => createUnsealer('secret', subject, now);
  expect(fresh()(createSealer('other', now)('a', bytes))).toBeNull();
  expect(fresh('b')(sealed)).toBeNull();
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(fresh()(changed), `byte ${at}`).toBeNull();
    expect(fresh()(sealed.subarray(0, at)), `${at} bytes`).toBeNull();
  }
  clock += 61_000;
  expect(fresh()(sealed)).toBeNull();
});
