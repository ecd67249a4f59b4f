import { setTimeout } from 'node:timers/promises';
import { isStaleStatement, type TransactionOptions } from '@ashlar/postgres';

const MAX_ATTEMPTS = 5;
/** Grows with the attempt; a random part of it keeps rivals from meeting again. */
const PAUSE_MS = 20;

/**
 * Runs a transaction again that PostgreSQL gave up for a reason that passes: a conflict with another one under an
 * isolation level that was asked for, or DDL that made its prepared statements stale. Nothing of it was kept, and
 * nothing of an answer was sent.
 */
export async function repeatTransaction<Result>(
  isolation: TransactionOptions['isolation'] | null,
  run: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const mayPass = isStaleStatement(error) || (isolation != null && isSerializationFailure(error));
      if (!mayPass || attempt === MAX_ATTEMPTS) throw error;
      await setTimeout(Math.random() * PAUSE_MS * attempt);
    }
  }
}

const SERIALIZATION_FAILURE = '40001';

function isSerializationFailure(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === SERIALIZATION_FAILURE;
}
