import { afterEach, expect, test } from 'vitest';
import { createIdentityFixture, type Answer, type IdentityFixture } from '../identity-fixture.ts';

let identity: IdentityFixture;

const open = async (): Promise<void> => {
  identity = await createIdentityFixture({
    settings: {
      protection: { attemptsBeforeLockout: 3, maxLockoutSeconds: 60, signInsPerHour: null, signUpsPerHour: null },
    },
  });
};
afterEach(() => identity.close());

const signIn = (password: string, email = 'a@example.org', address = '203.0.113.7'): Promise<Answer> =>
  identity.ask({ url: '/token?grant_type=password', body: { email, password }, address });
const later = (seconds: number): void => {
  identity.clock.now = new Date(identity.clock.now.getTime() + seconds * 1000);
};

test('too many wrong passwords lock the account for that network, longer each time, and the right one ends it', async () => {
  await open();
  await identity.signUp('a@example.org');
  for (const _ of [1, 2, 3]) expect((await signIn('wrong!')).status).toBe(400);
  const locked = await signIn('secret1');
  expect(locked).toMatchObject({ status: 429, body: { error_code: 'over_request_rate_limit' } });
  expect(locked.headers['retry-after']).toBe('1');

  // Somebody of another network is not kept out, and neither are other accounts of this one.
  expect((await signIn('secret1', 'a@example.org', '198.51.100.1')).status).toBe(200);
  await identity.signUp('b@example.org');
  expect((await signIn('secret1', 'b@example.org')).status).toBe(200);

  const waits: number[] = [];
  for (const _ of [1, 2, 3, 4, 5, 6, 7]) {
    later(waits.at(-1) ?? 2);
    expect((await signIn('wrong!')).status).toBe(400);
    waits.push(Number((await signIn('wrong!')).headers['retry-after']));
  }
  expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60]);
  later(61);
  expect((await signIn('secret1')).status).toBe(200);
  expect((await signIn('wrong!')).status).toBe(400);
  expect((await signIn('secret1')).status).toBe(200);
});

test('an address without an account locks in the same words', async () => {
  await open();
  await identity.signUp('a@example.org');
  expect(await answers('nobody@example.org')).toEqual(await answers('a@example.org'));
});

test('a guesser with many networks meets a bound too', async () => {
  await open();
  await identity.signUp('a@example.org');
  for (let network = 0; network < 30; network += 1) {
    expect((await signIn('wrong!', 'a@example.org', `198.51.${network}.1`)).status).toBe(400);
  }
  expect((await signIn('wrong!', 'a@example.org', '192.0.2.1')).status).toBe(429);
});

test('wrong passwords at once are all counted', async () => {
  await open();
  await identity.signUp('a@example.org');
  const guesses = await Promise.all(Array.from({ length: 20 }, () => signIn('wrong!')));
  const refused = guesses.filter(({ status }) => status === 400);
  expect(refused.length).toBeGreaterThanOrEqual(3);
  const rows = await identity.project.sql<{ failures: number }>(
    'select max(failures) as failures from auth.failed_attempts',
  );
  expect(rows[0]?.failures).toBe(refused.length);
  expect((await signIn('secret1')).status).toBe(429);
});

async function answers(email: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (const _ of [1, 2, 3, 4, 5]) {
    const { status, body, headers } = await signIn('wrong!', email);
    seen.push([status, body, headers['retry-after'], headers['x-sb-error-code']]);
  }
  return seen;
}
