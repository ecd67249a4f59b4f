import type { Call } from './call.ts';
import type { Lease } from './own-connections.ts';
import { patienceMs, runExchange } from './run-exchange.ts';
import type { DatabaseTarget } from './target.ts';
import { callPlan } from './transaction-steps.ts';
import { withCancel } from './with-cancel.ts';
import type { Connection } from './wire/connection.ts';
import { isStaleStatement } from './wire/sql-state.ts';
import type { Outcome } from './wire/statement-exchange.ts';

/**
 * Runs a call on a borrowed connection, which goes back once the server is done with it. An abort rejects at once;
 * the statement is cancelled behind the caller's back. What the server refused is an outcome, not a rejection.
 */
export async function ownCall(target: DatabaseTarget, lease: Lease, call: Omit<Call, 'connection'>): Promise<Outcome> {
  const { answer, settled } = withCancel(target, lease.connection, call.signal, () => run(lease.connection, call));
  void settled.then(lease.release);
  return answer;
}

async function run(connection: Connection, call: Omit<Call, 'connection'>): Promise<Outcome> {
  const { steps, wanted, isExplicit } = callPlan(call);
  const options = { role: call.role, steps, wanted, patienceMs: patienceMs(call.statementTimeoutMs) };
  const outcome = await runExchange(connection, options);
  // A failed explicit transaction would first have to be undone; its text is parsed anew next time.
  const again = outcome.kind === 'refused' && !isExplicit && isStaleStatement(outcome.error);
  return again ? runExchange(connection, options) : outcome;
}
