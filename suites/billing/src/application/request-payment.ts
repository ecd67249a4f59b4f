import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { type Currency, Money, money } from '@ashlar/kernel/values';
import { z } from 'zod';
import { addProviderOrder } from '../adapters/provider-orders.ts';
import { isChargeable } from '../card/provider-amounts.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import { paymentRequested } from '../domain/billing-events.ts';
import { PaymentId, ProviderOrderId } from '../domain/ids.ts';
import { providerErrors } from '../domain/provider-errors.ts';
import { type BillingContext, type BillingQuery, readBooks } from './books.ts';
import { addPayment, asked, Method, outputOf, PaymentOutput } from './payments.ts';

export const requestPayment = useCase('billing.request-payment', {
  summary: 'Asks a provider for money; what comes of it is told by the provider.',
  description:
    'A provider that was set up is asked by the server, after the answer. Of any other name somebody else has to tell what becomes of it.',
  input: z.strictObject({
    method: Method.default('card'),
    provider: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/),
    ...asked,
    paymentMethod: z
      .string()
      .regex(/^\w{1,200}$/)
      .optional()
      .describe('The provider’s name of a card: charged at once. Without it the payer finishes in a page of the shop'),
    returnUrl: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .optional()
      .describe('Where the payer comes back to from the bank’s page'),
    capture: z.enum(['automatic', 'manual']).optional().describe('Left out: as the provider is set up'),
  }),
  output: PaymentOutput,
  errors: [
    billingErrors.booksMissing,
    billingErrors.nothingLeft,
    providerErrors.providerInactive,
    providerErrors.notAtProvider,
    providerErrors.amountNotChargeable,
  ],
  permission: 'billing.collect',
  on: { http: 'POST /payment-requests', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ paymentMethod, returnUrl, capture, ...input }, context: BillingContext) => {
    const { db, orgId, newId, emit, clock } = context;
    const books = await readBooks(context);
    const provider = await db
      .selectFrom('billing.providers')
      .select(['id', 'is_active', 'capture'])
      .where('org_id', '=', orgId)
      .where('name', '=', input.provider)
      .executeTakeFirst();
    if (provider === undefined) {
      if (paymentMethod !== undefined || capture !== undefined) return refuse(providerErrors.notAtProvider());
      return outputOf(await addPayment(context, books, input), books.currency);
    }
    if (!provider.is_active) return refuse(providerErrors.providerInactive({ name: input.provider }));
    const { amountMinor, currency } = input.amount;
    if (!isChargeable(amountMinor, currency)) return refuse(providerErrors.amountNotChargeable({ currency }));
    const payment = await addPayment(context, books, input);
    const orderId = newId(ProviderOrderId);
    await addProviderOrder(db, {
      id: orderId,
      paymentId: payment.id,
      providerId: provider.id,
      kind: 'charge',
      amountMinor,
      at: clock(),
      capture: capture ?? provider.capture,
      paymentMethod,
      returnUrl,
    });
    emit(
      paymentRequested.of({
        subject: payment.id,
        data: {
          // Made a moment ago.
          paymentId: payment.id as PaymentId,
          partyId: payment.partyId,
          source: payment.source,
          amount: input.amount,
          orderId,
          provider: input.provider,
        },
      }),
    );
    return outputOf(payment, books.currency);
  },
});

export const paymentStep = useCase('billing.payment-step', {
  kind: 'query',
  summary: 'What a payer needs to finish a payment in a page of the shop; nothing once there is nothing left to do.',
  input: z.strictObject({ paymentId: PaymentId }),
  output: z.object({
    id: PaymentId,
    state: z.string(),
    amount: Money,
    provider: z.string(),
    publishableKey: z.string().nullable(),
    clientSecret: z.string().nullable().describe('For this payer alone: with it this one payment can be finished'),
    visit: z.string().nullable().describe('A page of the payer’s bank'),
    failure: z.string().nullable().describe('Of the last attempt'),
  }),
  errors: [],
  permission: 'billing.collect',
  on: { http: 'GET /payments/:paymentId/step', graphql: 'query', grpc: true },
  run: async ({ paymentId: id }, { db, orgId }: BillingQuery) => {
    const row = await db
      .selectFrom('billing.payments as p')
      .leftJoin('billing.payment_steps as s', 's.payment_id', 'p.id')
      .select(['p.state', 'p.amount', 'p.currency', 'p.provider', 'p.failure'])
      .select(['s.publishable_key', 's.client_secret', 's.visit'])
      .where('p.org_id', '=', orgId)
      .where('p.id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'payment', id }));
    return {
      id,
      state: row.state,
      // Checked when the payment was written.
      amount: money(row.amount, row.currency as Currency),
      provider: row.provider,
      publishableKey: row.publishable_key,
      clientSecret: row.client_secret,
      visit: row.visit,
      failure: row.failure,
    };
  },
});
