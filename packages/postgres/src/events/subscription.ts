import type { DomainEvent } from '@ashlar/kernel';
import type { Transaction } from '../session/call.ts';

interface SubscriptionTerms {
  /** Unique and stable, such as `billing.invoice-on-placement`: what was handled is remembered under it. */
  readonly consumer: string;
  /** Types in full, or beginnings of types and `*`: `order.order.placed`, `order.*`; `*` alone is every event. */
  readonly types: readonly string[];
  /** Events handled at a time; those of one aggregate never are. Default 2. */
  readonly concurrency?: number;
  /** How long handling may take before it counts as failed. Default 30 s. */
  readonly timeoutMs?: number;
}

export interface HandlingContext {
  /** Aborted when handling takes too long, or the process stops. */
  readonly signal: AbortSignal;
}

interface DatabaseEffects {
  /** All it does is written in the transaction it is given: then it takes effect exactly once. */
  readonly effects: 'database';
  /** Role of the transaction, and of a service: the first word of the consumer's name. */
  readonly role: string;
  /** Whether the project has such a role and schema; where it has not, events are none of its business. */
  readonly isPresent?: () => Promise<boolean>;
}

interface OutsideEffects {
  /** It does something elsewhere, which a crash can make happen twice: to be recognised by the event's id. */
  readonly effects: 'outside';
}

interface BatchTerms {
  /** Events given at once, 1 to 1,000. */
  readonly maxBatch: number;
}

export interface DatabaseContext extends HandlingContext {
  readonly tx: Transaction;
}

/** The transaction has the claims of the event's organisation and actor. */
export type DatabaseSubscription = SubscriptionTerms &
  DatabaseEffects & { readonly handle: (event: DomainEvent, context: DatabaseContext) => Promise<void> };

export type OutsideSubscription = SubscriptionTerms &
  OutsideEffects & { readonly handle: (event: DomainEvent, context: HandlingContext) => Promise<void> };

/**
 * Many events in one transaction, in an order that keeps that of every aggregate; the transaction has no claims, since
 * its events are of many actors. When it fails, its events are given one at a time, so that one that cannot be handled
 * is parked alone.
 */
export type DatabaseBatchSubscription = Omit<SubscriptionTerms, 'concurrency'> &
  DatabaseEffects &
  BatchTerms & {
    readonly handleBatch: (events: readonly DomainEvent[], context: DatabaseContext) => Promise<void>;
  };

export type OutsideBatchSubscription = Omit<SubscriptionTerms, 'concurrency'> &
  OutsideEffects &
  BatchTerms & {
    readonly handleBatch: (events: readonly DomainEvent[], context: HandlingContext) => Promise<void>;
  };

/**
 * What is done about events. Every event of these types is handled at least once, in order within its aggregate;
 * one whose handling throws is tried again and given up after the tenth time.
 */
export type Subscription =
  | DatabaseSubscription
  | OutsideSubscription
  | DatabaseBatchSubscription
  | OutsideBatchSubscription;

export function isBatch(
  subscription: Subscription,
): subscription is DatabaseBatchSubscription | OutsideBatchSubscription {
  return 'handleBatch' in subscription;
}

export interface RetryTerms {
  /** Attempts in all, before an event is given up. */
  readonly attempts: number;
  readonly firstMs: number;
  readonly longestMs: number;
}

export const DEFAULT_RETRY: RetryTerms = { attempts: 10, firstMs: 500, longestMs: 300_000 };

/** Doubles with every attempt, ± 50 % so that what failed together does not come back together. */
export function retryDelayMs(attempts: number, terms: RetryTerms): number {
  const full = Math.min(terms.firstMs * 2 ** Math.min(attempts - 1, 30), terms.longestMs);
  return Math.round(full * (0.5 + Math.random()));
}

export function wants(types: readonly string[], type: string): boolean {
  return types.some((wanted) => (wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : wanted === type));
}
