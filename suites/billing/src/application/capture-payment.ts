import { refuse, useCase } from '@ashlar/kernel';
import { Money, money } from '@ashlar/kernel/values';
import { z } from 'zod';
import { lockPayment, type PaymentRow } from '../adapters/payments.ts';
import { addProviderOrder, providerOf } from '../adapters/provider-orders.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import { captureRequested, voidRequested } from '../domain/billing-events.ts';
import { PaymentId, ProviderOrderId } from '../domain/ids.ts';
import { isOver } from '../domain/payment.ts';
import { providerErrors } from '../domain/provider-errors.ts';
import { type BillingContext, type Books, inBooks, readBooks } from './books.ts';
import { advance, outputOf, PaymentOutput } from './payments.ts';

export const capturePayment = useCase('billing.capture-payment', {
  summary: 'Asks the provider to take money it holds, all or less; what is not taken is let go.',
  input: z.strictObject({ paymentId: PaymentId, amount: Money.optional().describe('Left out: all that is held') }),
  output: PaymentOutput,
  errors: [
    billingErrors.booksMissing,
    billingErrors.nothingLeft,
    billingErrors.exceedsAuthorised,
    providerErrors.notAtProvider,
    providerErrors.nothingHeld,
    providerErrors.askedAlready,
  ],
  permission: 'billing.collect',
  on: { http: 'POST /payments/:paymentId/capture', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ paymentId, amount }, context: BillingContext) => {
    const books = await readBooks(context);
    const payment = await lockPayment(context.db, paymentId);
    const providerId = await providerOf(context.db, paymentId);
    if (providerId === undefined) return refuse(providerErrors.notAtProvider());
    const { state, authorisedMinor } = payment;
    if (state !== 'authorised') return refuse(providerErrors.nothingHeld({ state }));
    if (amount !== undefined) inBooks(books, amount);
    const amountMinor = amount?.amountMinor ?? null;
    if (amountMinor !== null && amountMinor <= 0n) return refuse(billingErrors.nothingLeft());
    if (amountMinor !== null && amountMinor > authorisedMinor) {
      return refuse(
        billingErrors.exceedsAuthorised({ amount: amountMinor.toString(), authorised: authorisedMinor.toString() }),
      );
    }
    await askProvider(context, books, { kind: 'capture', payment, providerId, amountMinor });
    return outputOf(payment, books.currency);
  },
});

export const voidPayment = useCase('billing.void-payment', {
  summary: 'Lets a payment go of which no money has come; one that has come stays, and has to be given back.',
  input: z.strictObject({ paymentId: PaymentId }),
  output: PaymentOutput,
  errors: [billingErrors.booksMissing, providerErrors.askedAlready],
  permission: 'billing.collect',
  on: { http: 'POST /payments/:paymentId/void', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ paymentId }, context: BillingContext) => {
    const { db } = context;
    const books = await readBooks(context);
    const payment = await lockPayment(db, paymentId);
    // Asking for what is so already is no mistake.
    if (isOver(payment) || payment.capturedMinor > 0n) return outputOf(payment, books.currency);
    const providerId = await providerOf(db, paymentId);
    if (providerId === undefined) {
      const told = { status: 'voided', authorisedMinor: 0n, capturedMinor: 0n, refundedMinor: 0n } as const;
      return advance(context, books, payment, told, { day: books.today });
    }
    const open = await db
      .selectFrom('billing.provider_orders')
      .select('id')
      .where('payment_id', '=', paymentId)
      .where('kind', '=', 'void')
      .where('state', '=', 'open')
      .executeTakeFirst();
    if (open === undefined) await askProvider(context, books, { kind: 'void', payment, providerId, amountMinor: null });
    return outputOf(payment, books.currency);
  },
});

interface Asking {
  readonly kind: 'capture' | 'void';
  readonly payment: PaymentRow;
  readonly providerId: string;
  readonly amountMinor: bigint | null;
}

/** Of two at once the database refuses the second. */
async function askProvider(
  { db, newId, clock, emit, audit }: BillingContext,
  { currency }: Books,
  { kind, payment, providerId, amountMinor }: Asking,
): Promise<void> {
  const orderId = newId(ProviderOrderId);
  await addProviderOrder(db, { id: orderId, paymentId: payment.id, providerId, kind, amountMinor, at: clock() });
  audit({ subject: payment.id, after: { asked: kind, amount: amountMinor?.toString() } });
  const data = {
    // Ids out of our own tables are what they were when they were made.
    paymentId: payment.id as PaymentId,
    partyId: payment.partyId,
    source: payment.source,
    amount: money(amountMinor ?? payment.authorisedMinor, currency),
    orderId,
    provider: payment.provider,
  };
  emit((kind === 'capture' ? captureRequested : voidRequested).of({ subject: payment.id, data }));
}
