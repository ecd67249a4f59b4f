import { hash as argon2Hash, verify as argon2Verify } from '@node-rs/argon2';
import { verify as bcryptVerify } from '@node-rs/bcrypt';
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { PasswordHasher } from '../application/visit.ts';
import { recognisePasswordHash } from '../domain/password-hash.ts';
import { MAX_PASSWORD_BYTES } from '../domain/password-rules.ts';
import { WorkQueue } from './work-queue.ts';

export interface HashingOptions {
  /** KiB of memory one hash fills. */
  readonly memoryKib: number;
  /** Passes over that memory. */
  readonly passes: number;
  /** Hashes computed at once. */
  readonly concurrency: number;
  /** Hashes that may wait for their turn. */
  readonly waiting: number;
  readonly maxWaitMs: number;
}

/** libuv's pool has four threads unless told otherwise, and files and DNS need one of them. */
const MAX_POOL_SHARE = 3;

/**
 * The memory of RFC 9106's second recommendation, with one more pass: about 70 ms of a 3 GHz core. One core stays
 * with the event loop and PostgreSQL.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc9106#section-4
 */
export const DEFAULT_HASHING: HashingOptions = {
  memoryKib: 65_536,
  passes: 4,
  concurrency: Math.min(Math.max(availableParallelism() - 1, 1), MAX_POOL_SHARE),
  waiting: 200,
  maxWaitMs: 10_000,
};

/** argon2id for what is new, argon2 and bcrypt for what is stored, all on libuv's threads through one queue. */
export function createNativePasswordHasher(options: HashingOptions): PasswordHasher {
  const queue = new WorkQueue(options);
  // One lane: lanes would share a single hash among threads, while we have many hashes for our threads.
  const cost = { memoryCost: options.memoryKib, timeCost: options.passes, parallelism: 1 };
  const decoy = unmatchableHash(options);
  return {
    hash: (password) => queue.run(() => argon2Hash(password, cost)),
    async verify(password, hash) {
      // No password this long was ever accepted, and bcrypt would silently compare its first 72 bytes.
      const known =
        hash === null || Buffer.byteLength(password) > MAX_PASSWORD_BYTES ? null : recognisePasswordHash(hash);
      if (hash === null || known === null) {
        await queue.run(() => argon2Verify(decoy, password));
        return false;
      }
      return queue.run(() => (known === 'bcrypt' ? bcryptVerify(password, hash) : argon2Verify(hash, password)));
    },
  };
}

/** A well-formed hash of our own cost whose digest is drawn: verifying against it takes as long as any and never holds. */
function unmatchableHash({ memoryKib, passes }: HashingOptions): string {
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=1$${draw(16)}$${draw(32)}`;
}

function draw(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '');
}
