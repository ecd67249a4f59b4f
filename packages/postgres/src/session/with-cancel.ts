import type { DatabaseTarget } from './target.ts';
import { cancelBackend } from './wire/cancel-backend.ts';
import type { Connection } from './wire/connection.ts';

export interface Cancellable<Result> {
  /** Rejects with the signal's reason as soon as it is aborted. */
  readonly answer: Promise<Result>;
  /** Resolves when server and cancel request are both done with the connection. */
  readonly settled: Promise<void>;
}

/**
 * Runs something on a connection and asks the server to cancel it when the signal is aborted. A cancel request names
 * a backend, not a statement: until it has been delivered the connection must not be used for anything else.
 */
export function withCancel<Result>(
  target: DatabaseTarget,
  connection: Connection,
  signal: AbortSignal | undefined,
  run: () => Promise<Result>,
): Cancellable<Result> {
  if (signal === undefined) {
    const answer = run();
    return { answer, settled: settle(answer) };
  }
  if (signal.aborted) return { answer: Promise.reject(reasonOf(signal)), settled: Promise.resolve() };
  const aborted = Promise.withResolvers<never>();
  let delivered: Promise<void> | undefined;
  const onAbort = (): void => {
    delivered = cancelBackend(target, connection.key);
    aborted.reject(reasonOf(signal));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const work = run();
  const settled = settle(work).then(() => {
    signal.removeEventListener('abort', onAbort);
    return delivered;
  });
  return { answer: Promise.race([work, aborted.promise]), settled };
}

export function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new DOMException(String(signal.reason), 'AbortError');
}

async function settle(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
