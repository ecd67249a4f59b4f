import type { CallResult } from './call.ts';
import type { Connection } from './wire/connection.ts';
import { StatementExchange, type Outcome, type StatementExchangeOptions } from './wire/statement-exchange.ts';

/** What the server may need beyond the statement's own limit: the commit, and its way back. */
const ANSWER_GRACE_MS = 5_000;

/** How long a statement with this limit may keep silent before its server counts as gone; no limit, no end. */
export function patienceMs(statementTimeoutMs: number | undefined): number | undefined {
  if (statementTimeoutMs === undefined || statementTimeoutMs === 0) return undefined;
  return statementTimeoutMs + ANSWER_GRACE_MS;
}

/** Sends steps and resolves with what came of them; never rejects. */
export function runExchange(
  connection: Connection,
  options: Omit<StatementExchangeOptions, 'onEnd'>,
): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  connection.send(new StatementExchange({ ...options, onEnd: resolve }));
  return promise;
}

/** The result, or the server's error thrown. */
export function resultOf(outcome: Outcome): CallResult {
  if (outcome.kind === 'answered') return outcome.result;
  throw outcome.error;
}
