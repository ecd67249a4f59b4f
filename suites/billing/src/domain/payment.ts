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
  | { readonly kind: 'refunded'; readonly amountMinor: bigint }
  | { readonly kind: 'ended'; readonly state: PaymentState; readonly reason: string };

export interface Advanced {
  readonly payment: Payment;
  readonly facts: readonly PaymentFact[];
}

const OVER: ReadonlySet<PaymentState> = new Set(['failed', 'voided', 'expired', 'lost']);

/** Whether nothing more is expected of it: money that comes all the same is late. */
function isOver({ state }: Pick<Payment, 'state'>): boolean {
  return OVER.has(state);
}

/** What is left of a payment to settle documents with, or to give back. */
export function unappliedMinor({ capturedMinor, refundedMinor, allocatedMinor }: Payment): bigint {
  return capturedMinor - refundedMinor - allocatedMinor;
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
  // What is given back has come in before.
  const refundedMinor = largest(
    payment.refundedMinor,
    told.refundedMinor < capturedMinor ? told.refundedMinor : capturedMinor,
  );
  if (refundedMinor > payment.refundedMinor) {
    facts.push({ kind: 'refunded', amountMinor: refundedMinor - payment.refundedMinor });
  }
  const moved = { ...payment, authorisedMinor, capturedMinor, refundedMinor };
  const state = stateOf(moved, told.status);
  if (state !== payment.state && (OVER.has(state) || state === 'disputed')) {
    facts.push({ kind: 'ended', state, reason: told.failure ?? state });
  }
  return { payment: { ...moved, state }, facts };
}

function stateOf(payment: Payment, status: ProviderTotals['status']): PaymentState {
  const { amountMinor, authorisedMinor, capturedMinor, refundedMinor } = payment;
  if (capturedMinor > 0n) {
    if (status === 'disputed' || status === 'lost') return status;
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
  if (payment.refundedMinor + amountMinor > payment.capturedMinor) return refuse(billingErrors.exceedsCaptured());
  if (amountMinor > unappliedMinor(payment)) return refuse(billingErrors.exceedsUnapplied());
  const refundedMinor = payment.refundedMinor + amountMinor;
  return accept({ ...payment, refundedMinor, state: stateOf({ ...payment, refundedMinor }, 'captured') });
}

function largest(...amounts: readonly bigint[]): bigint {
  return amounts.reduce((most, amount) => (amount > most ? amount : most), 0n);
}
