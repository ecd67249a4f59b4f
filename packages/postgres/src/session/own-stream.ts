import type { Call, ResultRows } from './call.ts';
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
 * The rows of a call on a borrowed connection in pages that hold at least one, fetched as fast as they are read. Leaving the loop early or aborting
 * the signal cancels what the server is still doing.
 */
export async function* ownStream(
  target: DatabaseTarget,
  lease: Lease,
  call: Omit<Call, 'connection'>,
): AsyncGenerator<ResultRows, void, undefined> {
  const { begin, steps, end } = streamPlan(call);
  const patience = patienceMs(call.statementTimeoutMs);
  const runStep = async (step: Step): Promise<void> => {
    resultOf(await runExchange(lease.connection, { role: call.role, steps: [step], wanted: 0, patienceMs: patience }));
  };
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
        const page = await unlessAborted(cursor.page(), call.signal);
        isComplete = page.isLast;
        if (!isComplete) cursor.next();
        if (page.rows.length > 0) yield page.rows;
      }
    } finally {
      if (!isComplete) await abandon(cursor, target, lease);
    }
    await cursor.end();
    if (end !== null) await runStep(end);
  } finally {
    lease.release();
  }
}

/**
 * The promise, or the signal's reason once it fires. Each call races with a promise of its own: one that outlives
 * many races keeps what each of them resolved with, here every page of the stream.
 */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(reasonOf(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Its outcome interests nobody any more: the reader has left, or already has the error. */
async function abandon(cursor: PagedExchange, target: DatabaseTarget, lease: Lease): Promise<void> {
  const delivered = cursor.isRunning ? cancelBackend(target, lease.connection.key) : undefined;
  await cursor.end().catch(() => undefined);
  await delivered;
}
