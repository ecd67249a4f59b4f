import type { MethodLimits } from './method-limits.ts';
import type { InTransaction, Stores } from './stores.ts';
import { isVisit } from './visit.ts';

/**
 * The transactions given, with every message counted against the project's limits: a refused one undoes the
 * transaction, so that nobody waits for what was never sent.
 */
export function limitMessages(inTransaction: InTransaction, limits: MethodLimits): InTransaction {
  return (cause, run) =>
    inTransaction(cause, (stores) => {
      if (!isVisit(cause)) return run(stores);
      const take: Stores['outbox']['countUnsent'] = (kind, at) =>
        limits.takeMessage(cause, kind === 'mail' ? 'mailsPerHour' : 'smsPerHour', at);
      const add: Stores['outbox']['add'] = (message, at) => {
        take(message.kind, at);
        return stores.outbox.add(message, at);
      };
      return run({ ...stores, outbox: { ...stores.outbox, add, countUnsent: take } });
    });
}
