import type { z } from 'zod';
import type { tellPayment } from '../application/payments.ts';
import {
  type CardOrder,
  type CardProvider,
  type PaymentMeans,
  type ProviderPayment,
  ProviderUnclear,
} from './card-provider.ts';

type Told = z.input<typeof tellPayment.input>;

export interface CardDeskOptions {
  readonly provider: CardProvider;
  /** `billing.tell-payment`, for the organisation the payment is of. */
  readonly tell: (told: Told) => Promise<unknown>;
}

export type ChargeOutcome =
  /** Nobody knows; it stays pending and is looked after by `look`, with the same keys. */
  { readonly kind: 'unclear' } | { readonly kind: 'told'; readonly payment: ProviderPayment };

/**
 * What is done at a provider for payments of ours, outside of any transaction. Whatever it does, it then asks how the
 * payment stands and tells that: totals, so that order, delay and repetition do not matter.
 */
export interface CardDesk {
  /** Creates the payment at the provider, for the payer to finish. The same order again is the same payment. */
  open(order: CardOrder): Promise<ChargeOutcome>;
  /** Creates the payment at the provider and confirms it. The same order again does nothing twice. */
  charge(order: CardOrder, by: PaymentMeans): Promise<ChargeOutcome>;
  capture(ref: string, amountMinor: bigint | null, key: string): Promise<ChargeOutcome>;
  cancel(ref: string, key: string): Promise<ChargeOutcome>;
  refund(ref: string, amountMinor: bigint, key: string): Promise<ChargeOutcome>;
  /** How a payment stands by now. */
  look(ref: string): Promise<ChargeOutcome>;
  /** How a payment stands that an event was about; the event's id is told beside it, so that it is taken in once. */
  lookFor(eventId: string, ref: string): Promise<'told' | 'unclear' | 'foreign'>;
}

export function createCardDesk({ provider, tell }: CardDeskOptions): CardDesk {
  const telling = async (done: () => Promise<ProviderPayment>, eventId?: string): Promise<ChargeOutcome> => {
    let payment: ProviderPayment;
    try {
      payment = await done();
    } catch (error) {
      if (error instanceof ProviderUnclear) return { kind: 'unclear' };
      throw error;
    }
    const told = toldOf(payment, eventId);
    if (told !== null) await tell(told);
    return { kind: 'told', payment };
  };

  const open: CardDesk['open'] = (order) => telling(() => provider.create(order, `${order.paymentId}:create`));

  const lookFor: CardDesk['lookFor'] = async (eventId, ref) => {
    const outcome = await telling(() => provider.find(ref), eventId);
    if (outcome.kind === 'unclear') return 'unclear';
    return outcome.payment.paymentId === null ? 'foreign' : 'told';
  };

  return {
    open,
    async charge(order, by) {
      const { paymentId } = order;
      const created = await open(order);
      if (created.kind === 'unclear' || isBegun(created.payment)) return created;
      const { ref } = created.payment;
      return telling(() => provider.confirm(ref, by, `${paymentId}:confirm:${by.paymentMethod}`));
    },
    capture: (ref, amountMinor, key) => telling(() => provider.capture(ref, amountMinor, key)),
    cancel: (ref, key) => telling(() => provider.cancel(ref, key)),
    refund: (ref, amountMinor, key) => telling(() => provider.refund(ref, amountMinor, key)),
    look: (ref) => telling(() => provider.find(ref)),
    lookFor,
  };
}

/** Whether it was confirmed already: the answer to a repeated creation is how it was then, but its totals never shrink. */
function isBegun({ totals, visit }: ProviderPayment): boolean {
  return totals.status !== 'pending' || visit !== null;
}

/** Null: it is none of our payments. */
function toldOf({ paymentId, ref, currency, totals }: ProviderPayment, eventId: string | undefined): Told | null {
  if (paymentId === null) return null;
  const amount = (minor: bigint) => ({ amount: minor.toString(), currency });
  return {
    paymentId,
    providerRef: ref,
    status: totals.status,
    authorised: amount(totals.authorisedMinor),
    captured: amount(totals.capturedMinor),
    refunded: amount(totals.refundedMinor),
    ...(totals.failure === undefined ? {} : { failure: totals.failure }),
    ...(eventId === undefined ? {} : { eventId }),
  };
}
