import type { Call } from './call.ts';
import type { Lease } from './own-connections.ts';
import { patienceMs, resultOf, runExchange } from './run-exchange.ts';
import type { DatabaseTarget } from './target.ts';
import { streamPlan } from './transaction-steps.ts';
import { reasonOf } from './with-cancel.ts';
import { cancelBackend } from './wire/cancel-backend.ts';
import { PagedExchange } from './wire/paged-exchange.ts';
import type { Step } from './wire/step.ts';

/** Rows fetched at a time. A reader holds the page it reads and the one fetched ahead. */
const PAGE_ROWS = 256;

/**
 * The rows of a call on a borrowed connection, fetched as fast as they are read. Leaving the loop early or aborting
 * the signal cancels what the server is still doing.
 */
export async function* ownStream(
  target: DatabaseTarget,
  lease: Lease,
  call: Omit<Call, 'connection'>,
): AsyncGenerator<readonly (string | null)[], void, undefined> {
  const { begin, steps, end } = streamPlan(call);
  const patience = patienceMs(call.statementTimeoutMs);
  const runStep = async (step: Step): Promise<void> => {
    resultOf(await runExchange(lease.connection, { role: call.role, steps: [step], wanted: 0, patienceMs: patience }));
  };
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined);
  const onAbort = (): void => aborted.reject(call.signal === undefined ? undefined : reasonOf(call.signal));
  call.signal?.addEventListener('abort', onAbort, { once: true });
  if (call.signal?.aborted === true) onAbort();
  try {
    if (begin !== null) await runStep(begin);
    const cursor = new PagedExchange(lease.connection, {
      role: call.role,
      steps,
      pageRows: PAGE_ROWS,
      patienceMs: patience,
    });
    let isComplete = false;
    try {
      while (!isComplete) {
        const page = await Promise.race([cursor.page(), aborted.promise]);
        isComplete = page.isLast;
        if (!isComplete) cursor.next();
        yield* page.rows;
      }
    } finally {
      if (!isComplete) await abandon(cursor, target, lease);
    }
    await cursor.end();
    if (end !== null) await runStep(end);
  } finally {
    call.signal?.removeEventListener('abort', onAbort);
    lease.release();
  }
}

/** Its outcome interests nobody any more: the reader has left, or already has the error. */
async function abandon(cursor: PagedExchange, target: DatabaseTarget, lease: Lease): Promise<void> {
  const delivered = cursor.isRunning ? cancelBackend(target, lease.connection.key) : undefined;
  await cursor.end().catch(() => undefined);
  await delivered;
}
