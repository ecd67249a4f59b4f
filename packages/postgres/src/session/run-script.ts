import type { StatementResult } from './call.ts';
import { sessionErrors } from './errors.ts';
import { type DatabaseTarget, entryFor } from './target.ts';
import { withCancel } from './with-cancel.ts';
import { dial } from './wire/dial.ts';
import { ScriptExchange } from './wire/script-exchange.ts';

export interface ScriptOptions {
  /** Cancels the statement under way; what the script committed before it stays. */
  readonly signal?: AbortSignal;
}

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Runs free SQL as the project's owner: any number of statements in one message, one transaction unless the script
 * says otherwise. It has a connection to itself, closed afterwards, so that nothing it sets can reach anybody else.
 *
 * @returns One result per statement that completed.
 * @throws {DatabaseError} of the first statement the server refused; {AshlarError} `postgres.unavailable`.
 */
export async function runScript(
  target: DatabaseTarget,
  sql: string,
  options: ScriptOptions = {},
): Promise<readonly StatementResult[]> {
  options.signal?.throwIfAborted();
  const owner = entryFor(target, 'owner', 'none');
  const connection = await dial(target, owner, { timeoutMs: CONNECT_TIMEOUT_MS }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw sessionErrors.unavailable({ database: target.database, reason }, { cause });
  });
  const run = withCancel(target, connection, options.signal, () => new ScriptExchange(connection, sql).results);
  try {
    return await run.answer;
  } finally {
    await run.settled;
    connection.end();
    await connection.ended;
  }
}
