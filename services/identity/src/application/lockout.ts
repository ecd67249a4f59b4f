import { attemptSubjects } from '../domain/attempt-subjects.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { Stores } from './stores.ts';
import type { Visit } from './visit.ts';

/** How many times more failures lock an account for everybody than for one network. */
const ANYWHERE_FACTOR = 10;

/** What is tried and at what: `password` and the address as normalised, `factor` and its id. */
export interface Guess {
  readonly kind: 'password' | 'factor';
  readonly account: string;
}

/**
 * Refuses an attempt while the account is locked for this client; the same for an account that does not exist.
 *
 * @throws {AshlarError} `identity.over_request_rate_limit` with the seconds to wait.
 */
export async function refuseLocked(stores: Stores, visit: Visit, guess: Guess, now: Date): Promise<void> {
  const retryAfterSeconds = await lockedSeconds(stores, visit, guess, now);
  if (retryAfterSeconds > 0) throw identityErrors.overRequestRateLimit({ retryAfterSeconds });
}

/** Whole seconds this client must wait before it may try again; 0 = none. */
export async function lockedSeconds(
  stores: Stores,
  visit: Visit,
  { kind, account }: Guess,
  now: Date,
): Promise<number> {
  const { fromNetwork, fromAnywhere } = attemptSubjects(kind, account, visit.client.address);
  const until = await stores.attempts.lockedUntil([fromNetwork, fromAnywhere], now);
  return until === null ? 0 : Math.max(Math.ceil((until.getTime() - now.getTime()) / 1000), 1);
}

/** Counts a failed attempt, for this network and for everybody. */
export async function countFailure(stores: Stores, visit: Visit, { kind, account }: Guess, now: Date): Promise<void> {
  const { attemptsBeforeLockout: attempts, maxLockoutSeconds: maxLockSeconds } = visit.settings.protection;
  const { fromNetwork, fromAnywhere } = attemptSubjects(kind, account, visit.client.address);
  await Promise.all([
    stores.attempts.fail(fromNetwork, { attempts, maxLockSeconds }, now),
    stores.attempts.fail(fromAnywhere, { attempts: attempts * ANYWHERE_FACTOR, maxLockSeconds }, now),
  ]);
}

/** A proof that held: this network's failures are forgiven, the count of everybody's is not. */
export async function forgiveFailures(stores: Stores, visit: Visit, { kind, account }: Guess): Promise<void> {
  await stores.attempts.forget([attemptSubjects(kind, account, visit.client.address).fromNetwork]);
}
