import { z } from 'zod';
import type { ProviderTotals } from '../domain/payment.ts';
import type { ProviderPayment } from './card-provider.ts';
import { fromProvider } from './provider-amounts.ts';

const Amount = z.int().min(0);

/** What is read of a payment intent; everything else the provider says is not looked at. */
export const Intent = z.object({
  id: z.string().regex(/^pi_\w{1,190}$/),
  object: z.literal('payment_intent'),
  status: z.string(),
  amount: Amount,
  amount_capturable: Amount.default(0),
  amount_received: Amount.default(0),
  currency: z.string().regex(/^[a-z]{3}$/),
  client_secret: z.string().max(500).nullish(),
  metadata: z.record(z.string(), z.string()).default({}),
  cancellation_reason: z.string().nullish(),
  last_payment_error: z.object({ code: z.string().optional(), decline_code: z.string().optional() }).nullish(),
  next_action: z.object({ redirect_to_url: z.object({ url: z.url().nullable() }).optional() }).nullish(),
  latest_charge: z
    .union([z.string(), z.object({ amount_refunded: Amount.default(0), disputed: z.boolean().default(false) })])
    .nullish(),
});
export type Intent = z.output<typeof Intent>;

/** How a dispute stands: the bank's last word, or that there is none yet. */
export type DisputeState = 'none' | 'open' | 'lost';

/** An intent in our words. */
export function readIntent(intent: Intent, dispute: DisputeState = 'none'): ProviderPayment {
  const currency = intent.currency.toUpperCase();
  const minor = (amount: number): bigint => fromProvider(BigInt(amount), currency);
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const captured = minor(intent.amount_received);
  return {
    ref: intent.id,
    paymentId: intent.metadata['payment_id'] ?? null,
    currency,
    totals: {
      status: dispute === 'none' ? statusOf(intent) : dispute === 'lost' ? 'lost' : 'disputed',
      authorisedMinor: minor(intent.amount_capturable) + captured,
      capturedMinor: captured,
      refundedMinor: minor(charge?.amount_refunded ?? 0),
      failure: intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code,
    },
    visit: intent.next_action?.redirect_to_url?.url ?? null,
    clientSecret: intent.client_secret ?? null,
  };
}

/** Whether its charge was ever disputed; how that went has to be asked. */
export function isDisputed({ latest_charge: charge }: Intent): boolean {
  return typeof charge === 'object' && charge?.disputed === true;
}

/** In a form the payer may try another card: then a declined one is no end. */
export const OPEN_FORM = 'open-form';

function statusOf({
  metadata,
  status,
  last_payment_error: fault,
  cancellation_reason: reason,
}: Intent): ProviderTotals['status'] {
  switch (status) {
    case 'succeeded':
      return 'captured';
    case 'requires_capture':
      return 'authorised';
    case 'canceled':
      // Nobody captured in time.
      return reason === 'automatic' ? 'expired' : 'voided';
    case 'requires_payment_method':
      return fault === undefined || fault === null || metadata['tries'] === OPEN_FORM ? 'pending' : 'failed';
    default:
      return 'pending';
  }
}
