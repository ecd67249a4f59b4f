import { AshlarError } from '@ashlar/kernel';
import { DeliveryFailure } from '@ashlar/delivery';
import type { Project } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { MAX_ATTEMPTS, retryAt, type Outcome, type QueuedMessage } from '../domain/message.ts';
import type { NotificationSettings } from '../domain/settings.ts';
import type { Deliver, Delivery } from './deliver-message.ts';
import type { MessageStore } from './message-store.ts';
import { WrittenOutcomes } from './written-outcomes.ts';

export interface DrainParts {
  readonly store: MessageStore;
  readonly readSettings: (project: Project) => Promise<NotificationSettings>;
  readonly deliver: Deliver;
  readonly observe: Observe;
  readonly now: () => Date;
  readonly leaseMs?: number;
}

/** Messages held in memory at once: of half a megabyte at most each. */
const BATCH = 32;
/** Under way at once; a server of mails is given three connections, the rest are being written meanwhile. */
const CONCURRENCY = 6;
/** Longer than everything a delivery waits for, so that nobody takes over what is still being sent. */
const LEASE_MS = 90_000;
/** One attempt, a slow server's answers included. */
const ATTEMPT_MS = 45_000;
/** The part of a lease within which an attempt may begin, so that it is over before the lease is. */
const START_SHARE = 0.4;
/** Then others have their turn: a project whose server hangs must not keep a worker. */
const RUN_MS = 20_000;

/**
 * Sends what is due in a project, for a while.
 *
 * @returns When there is more to do; null = nothing waits.
 * @throws When the database is away; what was claimed is due again after its lease.
 */
export async function drainQueue(parts: DrainParts, project: Project, signal: AbortSignal): Promise<Date | null> {
  const { store, now, leaseMs = LEASE_MS } = parts;
  const endsAt = performance.now() + RUN_MS;
  const settings = await parts.readSettings(project);
  while (!signal.aborted && performance.now() < endsAt) {
    const batch = await store.claim(project, { limit: BATCH, leaseMs });
    if (batch.length === 0) break;
    const startBy = performance.now() + leaseMs * START_SHARE;
    await sendBatch(parts, { project, settings, templates: new Map(), signal }, batch, startBy);
  }
  if (signal.aborted) return now();
  return store.nextDue(project);
}

async function sendBatch(
  parts: DrainParts,
  delivery: Delivery,
  batch: readonly QueuedMessage[],
  startBy: number,
): Promise<void> {
  const { project } = delivery;
  const waiting = [...batch];
  const outcomes = new WrittenOutcomes((ended) => parts.store.note(project, ended));

  async function work(): Promise<void> {
    for (let message = waiting.shift(); message !== undefined && !outcomes.hasFailed; message = waiting.shift()) {
      const isLate = performance.now() > startBy;
      const outcome: Outcome = isLate ? { kind: 'released' } : await attempt(parts, delivery, message);
      // The next one is sent while this is written down: a commit can take longer than a mail.
      outcomes.add({ id: message.id, attempt: message.attempt, outcome });
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  await outcomes.close();
}

async function attempt(parts: DrainParts, delivery: Delivery, message: QueuedMessage): Promise<Outcome> {
  const { project, signal } = delivery;
  if (signal.aborted) return { kind: 'released' };
  // Whoever tried it never came back to say how that ended.
  if (message.attempt > MAX_ATTEMPTS) return { kind: 'failed', error: 'no attempt came to an end' };
  const { observe, now } = parts;
  const startedAt = performance.now();
  const fact = {
    project: project.ref,
    channel: message.channel,
    template: message.template ?? message.category,
    attempt: message.attempt,
  };
  try {
    const outcome = await withDeadline(signal, (bounded) => parts.deliver({ ...delivery, signal: bounded }, message));
    if (outcome.kind === 'sent') {
      observe({ kind: 'message.sent', ...fact, durationMs: performance.now() - startedAt });
    }
    return outcome;
  } catch (error) {
    if (signal.aborted) return { kind: 'released' };
    const reason = reasonOf(error);
    const at = isForGood(error) ? null : retryAt(message.attempt, now(), Math.random());
    observe({ kind: at === null ? 'message.dropped' : 'message.delayed', ...fact, reason });
    return at === null ? { kind: 'failed', error: reason } : { kind: 'later', error: reason, retryAt: at };
  }
}

/** Unlike signals made of signals, nothing of it outlives the attempt: there are hundreds a second. */
async function withDeadline<Result>(
  signal: AbortSignal,
  run: (bounded: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const bounded = new AbortController();
  const abort = (): void => bounded.abort(signal.reason);
  const timer = setTimeout(() => bounded.abort(new Error('an attempt took too long')), ATTEMPT_MS);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await run(bounded.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** The other side refused the message, or it cannot be written: trying again changes neither. */
function isForGood(error: unknown): boolean {
  if (error instanceof DeliveryFailure) return error.permanent;
  if (error instanceof AshlarError) return !['unavailable', 'timeout', 'internal', 'rate_limited'].includes(error.kind);
  return false;
}

const MAX_REASON_LENGTH = 500;

/** Kept beside the message and shown to whoever may read it; of faults of ours the name alone. */
function reasonOf(error: unknown): string {
  if (error instanceof DeliveryFailure || error instanceof AshlarError)
    return error.message.slice(0, MAX_REASON_LENGTH);
  return `an unexpected ${error instanceof Error ? error.name : 'failure'}`;
}
