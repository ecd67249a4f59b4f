import { proofSize } from '@ashlar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_HASHING } from './adapters/native-password-hasher.ts';
import { createIdentityFixture, type IdentityFixture } from './identity-fixture.ts';

/** Milliseconds the medians may differ at full length, where enough sign-ins average the machine's noise out. */
const MAX_DIFFERENCE_MS = 2;
const KINDS = ['wrong password', 'unknown address', 'banned account', 'account without a password'] as const;

const isFull = proofSize('sign-in-timing', { short: 0, full: 1 }) === 1;
const rounds = proofSize('sign-in-timing', { short: 3, full: 2000 });

let identity: IdentityFixture;
beforeAll(async () => {
  identity = await createIdentityFixture({
    settings: {
      protection: { attemptsBeforeLockout: 1000, maxLockoutSeconds: 0, signInsPerHour: null, signUpsPerHour: null },
    },
    ...(isFull ? { hashing: { ...DEFAULT_HASHING, concurrency: 1 } } : {}),
  });
  await identity.signUp('wrong@example.org');
  await identity.signUp('banned@example.org');
  await identity.project.sql(`
    update auth.users set banned_until = 'infinity' where email = 'banned@example.org';
    insert into auth.users (id, aud, role, email, email_confirmed_at)
      values (gen_random_uuid(), 'authenticated', 'authenticated', 'keyless@example.org', now())`);
});
afterAll(() => identity.close());

const ADDRESSES: Readonly<Record<(typeof KINDS)[number], string>> = {
  'wrong password': 'wrong@example.org',
  'unknown address': 'nobody@example.org',
  'banned account': 'banned@example.org',
  'account without a password': 'keyless@example.org',
};

test('a refused sign-in is answered alike and takes its time alike, whatever is behind the address', async () => {
  const times = new Map<string, number[]>(KINDS.map((kind) => [kind, []]));
  const answers = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    // Interleaved, so that a slow minute of the machine is every kind's.
    for (const kind of KINDS) {
      const body = { email: ADDRESSES[kind], password: `not the one ${round}` };
      const startedAt = performance.now();
      const { status, body: answer } = await identity.ask({ url: '/token?grant_type=password', body });
      times.get(kind)?.push(performance.now() - startedAt);
      answers.add(JSON.stringify([status, answer]));
    }
  }
  expect([...answers]).toHaveLength(1);
  const medians = [...times.values()].map(median);
  if (!isFull) return;
  process.stderr.write(`${KINDS.map((kind, at) => `${kind} ${medians[at]?.toFixed(3)} ms`).join(', ')}\n`);
  expect(Math.max(...medians) - Math.min(...medians)).toBeLessThan(MAX_DIFFERENCE_MS);
});

test('every kind of refused sign-in is counted and hashed the same', async () => {
  for (const kind of KINDS) {
    const before = await failures();
    await identity.ask({
      url: '/token?grant_type=password',
      body: { email: ADDRESSES[kind], password: 'not the one' },
    });
    // Once for the network and once for everybody.
    expect((await failures()) - before).toBe(2);
  }
});

async function failures(): Promise<number> {
  const [row] = await identity.project.sql<{ failures: number }>(
    'select coalesce(sum(failures), 0)::int as failures from auth.failed_attempts',
  );
  return row?.failures ?? 0;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
