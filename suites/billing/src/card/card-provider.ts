import type { ProviderTotals } from '../domain/payment.ts';

/** A payment as its provider knows it at one moment. */
export interface ProviderPayment {
  /** What the provider calls it. */
  readonly ref: string;
  /** Our payment's id, as it was given to the provider; null where it is none of ours. */
  readonly paymentId: string | null;
  readonly currency: string;
  readonly totals: ProviderTotals;
  /** What the payer has to do next: a page of their bank to visit. */
  readonly visit: string | null;
  /** With it a page of the shop finishes this one payment. */
  readonly clientSecret: string | null;
}

export interface CardOrder {
  readonly paymentId: string;
  readonly orgId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Whether money moves at once, or is held until it is captured. */
  readonly capture: 'at-once' | 'later';
  /** The payer chooses a card in a page of the shop, and may try another when one is declined. */
  readonly isOpenForm?: boolean;
}

export interface PaymentMeans {
  readonly paymentMethod: string;
  /** Where the payer comes back to after their bank's page. */
  readonly returnUrl?: string | undefined;
}

/**
 * Whoever moves money on cards. Each call that changes something has a key: the same key again is the same change, so
 * what was unclear is asked again with it and never with another.
 *
 * @throws {ProviderUnclear} When nobody knows whether it was done.
 * @throws {ProviderRefusal} When it was not done, and will not be.
 */
export interface CardProvider {
  readonly name: string;
  create(order: CardOrder, key: string): Promise<ProviderPayment>;
  /** A declined card is no refusal: it is a payment that failed. */
  confirm(ref: string, by: PaymentMeans, key: string): Promise<ProviderPayment>;
  /** All that is held unless told; what is left is let go. */
  capture(ref: string, amountMinor: bigint | null, key: string): Promise<ProviderPayment>;
  cancel(ref: string, key: string): Promise<ProviderPayment>;
  refund(ref: string, amountMinor: bigint, key: string): Promise<ProviderPayment>;
  find(ref: string): Promise<ProviderPayment>;
}

/** It may have been done: no answer, or one that says nothing. */
export class ProviderUnclear extends Error {
  override readonly name = 'ProviderUnclear';
}

/** It was not done. */
export class ProviderRefusal extends Error {
  override readonly name = 'ProviderRefusal';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
