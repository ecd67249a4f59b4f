import { setTimeout as delay } from 'node:timers/promises';
import { AshlarError, type DomainEvent } from '@ashlar/kernel';
import { DatabaseError } from 'pg';
import type { LocalSettings, ProjectDatabase, Transaction } from '../session/call.ts';
import { DELIVERER, type DeliveryStore, type Retaken, type Taken } from './delivery-store.ts';
import {
  type DatabaseBatchSubscription,
  type DatabaseContext,
  type DatabaseSubscription,
  type HandlingContext,
  isBatch,
  type OutsideBatchSubscription,
  type OutsideSubscription,
  type Subscription,
} from './subscription.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
/** How often and how long it is waited for a transaction to become visible after the log has told of it. */
const VISIBLE_EVERY_MS = 10;
const VISIBLE_WITHIN_MS = 2_000;

/** The database went away, is shutting down, or has no connection to spare: no fault of the event. */
const AWAY = /^(?:08|53|57P0)/;

export interface HandlingOptions {
  readonly database: ProjectDatabase;
  readonly store: DeliveryStore;
  readonly subscription: Subscription;
  /** Aborted when the process stops. */
  readonly closing: AbortSignal;
}

/** Handles an event of the log unless that is done, or its turn has not come. Throws what the handler throws. */
export async function handleEvent(options: HandlingOptions, event: DomainEvent): Promise<Exclude<Taken, 'early'>> {
  const { store, subscription, closing } = options;
  return onceVisible(closing, async (mustBeVisible) => {
    const answer = await handleOnce(options, settingsOf(subscription, event), async (tx) => {
      const taken = await store.take(tx, subscription.consumer, event, mustBeVisible);
      return { answer: taken, events: taken === 'taken' ? [event] : [] };
    });
    return answer === 'early' ? null : answer;
  });
}

/** The same for many events, in one transaction; what became of each, in their order. */
export async function handleMany(options: HandlingOptions, events: readonly DomainEvent[]): Promise<readonly Taken[]> {
  const { store, subscription, closing } = options;
  return onceVisible(closing, async (mustBeVisible) => {
    const answers = await handleOnce(options, NO_CLAIMS, async (tx) => {
      const taken = await store.takeMany(tx, subscription.consumer, events, mustBeVisible);
      return { answer: taken, events: events.filter((_event, index) => taken[index] === 'taken') };
    });
    return answers[0] === 'early' ? null : answers;
  });
}

/** The same for an event that was parked. */
export async function handleParked(options: HandlingOptions, event: DomainEvent): Promise<Retaken> {
  const { store, subscription } = options;
  return handleOnce(options, settingsOf(subscription, event), async (tx) => {
    const taken = await store.retake(tx, subscription.consumer, event);
    return { answer: taken, events: taken === 'taken' ? [event] : [] };
  });
}

/** Asks again while the answer is null: the log is read a moment before its transactions can be seen. */
async function onceVisible<Answer>(
  closing: AbortSignal,
  ask: (mustBeVisible: boolean) => Promise<Answer | null>,
): Promise<Answer> {
  const giveUpAt = performance.now() + VISIBLE_WITHIN_MS;
  for (;;) {
    // What is older than the log itself, after a replay, will never be seen.
    const answer = await ask(performance.now() < giveUpAt);
    if (answer !== null) return answer;
    await delay(VISIBLE_EVERY_MS, undefined, { signal: closing });
  }
}

interface Asked<Answer> {
  readonly answer: Answer;
  /** Those to be handled. */
  readonly events: readonly DomainEvent[];
}

async function handleOnce<Answer>(
  { database, subscription, closing }: HandlingOptions,
  settings: LocalSettings,
  ask: (tx: Transaction) => Promise<Asked<Answer>>,
): Promise<Answer> {
  const timeoutMs = subscription.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const signal = AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]);
  const login = 'service';
  if (subscription.effects === 'database') {
    const isPresent = (await subscription.isPresent?.()) ?? true;
    const role = isPresent ? subscription.role : DELIVERER;
    return database.transaction({ login, role, settings, statementTimeoutMs: timeoutMs, signal }, async (tx) => {
      const { answer, events } = await ask(tx);
      if (events.length > 0 && isPresent) await runInDatabase(subscription, events, { tx, signal });
      return answer;
    });
  }
  // Asked first and remembered afterwards: a crash in between repeats it, and nothing can lose it.
  const terms = { login, role: DELIVERER, statementTimeoutMs: timeoutMs, signal } as const;
  const { answer, events } = await database.transaction({ ...terms, rollback: true }, ask);
  if (events.length === 0) return answer;
  await withSignal(runOutside(subscription, events, { signal }), signal);
  await database.transaction(terms, ask);
  return answer;
}

async function runInDatabase(
  subscription: DatabaseSubscription | DatabaseBatchSubscription,
  events: readonly DomainEvent[],
  context: DatabaseContext,
): Promise<void> {
  if (isBatch(subscription)) return subscription.handleBatch(events, context);
  for (const event of events) await subscription.handle(event, context);
}

async function runOutside(
  subscription: OutsideSubscription | OutsideBatchSubscription,
  events: readonly DomainEvent[],
  context: HandlingContext,
): Promise<void> {
  if (isBatch(subscription)) return subscription.handleBatch(events, context);
  for (const event of events) await subscription.handle(event, context);
}

const NO_CLAIMS: LocalSettings = [
  ['request.jwt.claims', '{}'],
  ['request.traceparent', ''],
];

function settingsOf(subscription: Subscription, { actor, orgid, traceparent }: DomainEvent): LocalSettings {
  if (isBatch(subscription)) return NO_CLAIMS;
  const claims = { ...(actor === null ? {} : { sub: actor }), ...(orgid === null ? {} : { org_id: orgid }) };
  return [
    ['request.jwt.claims', JSON.stringify(claims)],
    ['request.traceparent', traceparent ?? ''],
  ];
}

/** A handler that heeds no signal is left alone when its time is over. */
async function withSignal(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
    aborted.promise.catch(() => undefined);
  }
}

/** Whether to wait and ask again, instead of counting it against the event. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof DatabaseError) return AWAY.test(error.code ?? '');
  return (
    error instanceof AshlarError &&
    error.code.startsWith('postgres.') &&
    (error.kind === 'unavailable' || error.kind === 'timeout')
  );
}
