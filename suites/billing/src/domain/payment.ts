import { accept, type Decision, refuse } from '@ashlar/kernel';
import { billingErrors } from './billing-errors.ts';

export type PaymentState =
  | 'created'
  | 'pending'
  | 'authorised'
  | 'captured'
  | 'partially_captured'
  | 'partially_refunded'
  | 'refunded'
  | 'failed'
  | 'voided'
  | 'expired'
  | 'disputed'
  | 'lost';

/** Minor units throughout; captured and refunded only ever grow. */
export interface Payment {
  readonly id: string;
  readonly amountMinor: bigint;
  readonly state: PaymentState;
  readonly authorisedMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  /** Asked of the provider to be given back, which has not said so yet. */
  readonly promisedMinor: bigint;
  readonly allocatedMinor: bigint;
}

/**
 * All a provider says of a payment when it is asked: totals, not steps. So it does not matter in which order, how late
 * or how often it is told.
 */
export interface ProviderTotals {
  readonly status: 'pending' | 'authorised' | 'captured' | 'failed' | 'voided' | 'expired' | 'disputed' | 'lost';
  readonly authorisedMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  readonly failure?: string | undefined;
}

export type PaymentFact =
  | { readonly kind: 'authorised'; readonly amountMinor: bigint }
  | { readonly kind: 'captured'; readonly amountMinor: bigint; readonly isLate: boolean }
  /** `promisedMinor` of it was asked for; the rest the provider gave back by itself. */
  | { readonly kind: 'refunded'; readonly amountMinor: bigint; readonly promisedMinor: bigint }
  /** The payer's bank asks the money back; what is lost has gone back. */
  | { readonly kind: 'disputed'; readonly state: 'opened' | 'won' | 'lost'; readonly amountMinor: bigint }
  | { readonly kind: 'ended'; readonly state: PaymentState; readonly reason: string };

export interface Advanced {
  readonly payment: Payment;
  readonly facts: readonly PaymentFact[];
}

const OVER: ReadonlySet<PaymentState> = new Set(['failed', 'voided', 'expired', 'lost']);

/** Whether nothing more is expected of it: money that comes all the same is late. */
export function isOver({ state }: Pick<Payment, 'state'>): boolean {
  return OVER.has(state);
}

/** Whether the payer still has something to do. */
export function isWaiting({ state }: Pick<Payment, 'state'>): boolean {
  return state === 'created' || state === 'pending';
}

/** What is left of a payment to settle documents with, or to give back. */
export function unappliedMinor({ capturedMinor, refundedMinor, promisedMinor, allocatedMinor }: Payment): bigint {
  return capturedMinor - refundedMinor - promisedMinor - allocatedMinor;
}

/**
 * Takes in what a provider says. Totals below what is known are of an earlier moment and change nothing; a failure told
 * after the money came changes nothing either.
 */
export function takeIn(payment: Payment, told: ProviderTotals): Advanced {
  const facts: PaymentFact[] = [];
  const authorisedMinor = largest(payment.authorisedMinor, told.authorisedMinor, told.capturedMinor);
  if (authorisedMinor > payment.authorisedMinor && told.capturedMinor <= payment.capturedMinor) {
    facts.push({ kind: 'authorised', amountMinor: authorisedMinor });
  }
  const capturedMinor = largest(payment.capturedMinor, told.capturedMinor);
  if (capturedMinor > payment.capturedMinor) {
    facts.push({ kind: 'captured', amountMinor: capturedMinor - payment.capturedMinor, isLate: isOver(payment) });
  }
  // What is given back has come in before; of a lost dispute all of it went back.
  const gone = told.status === 'lost' ? capturedMinor : told.refundedMinor;
  const refundedMinor = largest(payment.refundedMinor, gone < capturedMinor ? gone : capturedMinor);
  const back = refundedMinor - payment.refundedMinor;
  const kept = back < payment.promisedMinor ? back : payment.promisedMinor;
  if (back > 0n) facts.push({ kind: 'refunded', amountMinor: back, promisedMinor: kept });
  const promisedMinor = payment.promisedMinor - kept;
  const moved = { ...payment, authorisedMinor, capturedMinor, refundedMinor, promisedMinor };
  const state = stateOf(moved, told.status);
  const dispute = disputeOf(payment.state, state);
  if (dispute !== null) facts.push({ kind: 'disputed', state: dispute, amountMinor: capturedMinor });
  else if (state !== payment.state && OVER.has(state)) {
    facts.push({ kind: 'ended', state, reason: told.failure ?? state });
  }
  return { payment: { ...moved, state }, facts };
}

function disputeOf(before: PaymentState, after: PaymentState): 'opened' | 'won' | 'lost' | null {
  if (before === after) return null;
  if (after === 'lost') return 'lost';
  if (after === 'disputed') return 'opened';
  return before === 'disputed' ? 'won' : null;
}

function stateOf(payment: Payment, status: ProviderTotals['status']): PaymentState {
  const { amountMinor, authorisedMinor, capturedMinor, refundedMinor } = payment;
  if (capturedMinor > 0n) {
    // A bank's last word is not taken back by what was told before it.
    if (status === 'lost' || payment.state === 'lost') return 'lost';
    if (status === 'disputed') return 'disputed';
    if (refundedMinor >= capturedMinor) return 'refunded';
    if (refundedMinor > 0n) return 'partially_refunded';
    return capturedMinor < amountMinor ? 'partially_captured' : 'captured';
  }
  // An end is an end, unless money comes.
  if (OVER.has(payment.state)) return payment.state;
  if (status === 'failed' || status === 'voided' || status === 'expired') return status;
  return authorisedMinor > 0n ? 'authorised' : 'pending';
}

/** Gives some of it back. */
export function refund(payment: Payment, amountMinor: bigint): Decision<Payment> {
  const promise = promiseRefund(payment, amountMinor);
  if (!promise.accepted) return promise;
  const refundedMinor = payment.refundedMinor + amountMinor;
  return accept({ ...payment, refundedMinor, state: stateOf({ ...payment, refundedMinor }, 'captured') });
}

/** Sets some of it aside, which the provider is asked to give back: nobody settles with it or gives it back twice. */
export function promiseRefund(payment: Payment, amountMinor: bigint): Decision<Payment> {
  const { capturedMinor, refundedMinor, promisedMinor } = payment;
  if (refundedMinor + promisedMinor + amountMinor > capturedMinor) return refuse(billingErrors.exceedsCaptured());
  if (amountMinor > unappliedMinor(payment)) return refuse(billingErrors.exceedsUnapplied());
  return accept({ ...payment, promisedMinor: promisedMinor + amountMinor });
}

function largest(...amounts: readonly bigint[]): bigint {
  return amounts.reduce((most, amount) => (amount > most ? amount : most), 0n);
}
