import { hash as bcryptHash } from '@node-rs/bcrypt';
import { expect, test } from 'vitest';
import { recognisePasswordHash } from '../domain/password-hash.ts';
import { createNativePasswordHasher, DEFAULT_HASHING } from './native-password-hasher.ts';

const hasher = createNativePasswordHasher({ ...DEFAULT_HASHING, memoryKib: 64, passes: 1 });

test('a new hash is argon2id with a salt of its own, within the bounds of what is verified', async () => {
  const [one, other] = [await hasher.hash('secret1'), await hasher.hash('secret1')];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
  expect(one).not.toBe(other);
  expect(recognisePasswordHash(one)).toBe('argon2');
  expect(await hasher.verify('secret1', one)).toBe(true);
  expect(await hasher.verify('secret2', one)).toBe(false);
});

test('bcrypt hashes of every prefix are verified', async () => {
  for (const version of ['2a', '2b', '2y'] as const) {
    const hash = (await bcryptHash('secret1', 4)).replace(/^\$2[aby]\$/, () => `$${version}$`);
    expect(await hasher.verify('secret1', hash)).toBe(true);
    expect(await hasher.verify('secret2', hash)).toBe(false);
  }
});

test('no hash, an unknown one and a password bcrypt would cut are never a match', async () => {
  expect(await hasher.verify('secret1', null)).toBe(false);
  expect(await hasher.verify('', '')).toBe(false);
  expect(await hasher.verify('plain', 'plain')).toBe(false);
  const cut = await bcryptHash('x'.repeat(72), 4);
  expect(await hasher.verify('x'.repeat(73), cut)).toBe(false);
});

test('finding no account takes the time of finding one', async () => {
  const slow = createNativePasswordHasher({ ...DEFAULT_HASHING, memoryKib: 8192, passes: 2 });
  const hash = await slow.hash('secret1');
  const known: number[] = [];
  const unknown: number[] = [];
  // Taken in turn, so that whatever else the machine does falls on both.
  for (let round = 0; round < 25; round += 1) {
    known.push(await timed(() => slow.verify('wrong12', hash)));
    unknown.push(await timed(() => slow.verify('wrong12', null)));
  }
  // A lookup that skipped the hash would be a hundred times faster; what remains is the machine's own noise.
  const ratio = median(known) / median(unknown);
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(2);
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
