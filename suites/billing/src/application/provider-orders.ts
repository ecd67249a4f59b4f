import { commonErrors, refuse, useCase } from '@ashlar/kernel';
import { type Currency, Money, money, text } from '@ashlar/kernel/values';
import { z } from 'zod';
import { keepStep } from '../adapters/payment-steps.ts';
import { lockPayment, savePayment } from '../adapters/payments.ts';
import { billingErrors } from '../domain/billing-errors.ts';
import { refundFailed } from '../domain/billing-events.ts';
import { PaymentId, ProviderId, ProviderOrderId } from '../domain/ids.ts';
import { isWaiting } from '../domain/payment.ts';
import { type BillingContext, type BillingQuery, readBooks } from './books.ts';
import { advance } from './payments.ts';

const FORMER_SECRET_MS = 86_400_000;

const ProviderAccess = z.object({
  id: ProviderId,
  name: z.string(),
  baseUrl: z.string().nullable(),
  publishableKey: z.string().nullable(),
  /** Sealed. */
  secretKey: z.string(),
  webhookSecrets: z.array(z.string()),
});
export type ProviderAccess = z.output<typeof ProviderAccess>;

export const providerAccess = useCase('billing.provider-access', {
  kind: 'query',
  summary: 'How the platform reaches a provider, with sealed secrets; it asks for that itself.',
  input: z.strictObject({ providerId: ProviderId.optional(), hook: z.string().max(100).optional() }),
  output: ProviderAccess,
  errors: [],
  permission: 'billing.provide',
  on: {},
  run: async ({ providerId, hook }, { db, orgId, clock }: BillingQuery) => {
    const row = await db
      .selectFrom('billing.providers')
      .selectAll()
      .where('org_id', '=', orgId)
      .where((eb) => (providerId === undefined ? eb('hook', '=', hook ?? '') : eb('id', '=', providerId)))
      .executeTakeFirst();
    if (row === undefined)
      return refuse(commonErrors.notFound({ what: 'provider', id: providerId ?? 'of this address' }));
    const since = row.webhook_secret_since?.getTime() ?? 0;
    const former = clock().getTime() - since < FORMER_SECRET_MS ? row.former_webhook_secret : null;
    return {
      // Ids out of our own tables are what they were when they were made.
      id: row.id as ProviderId,
      name: row.name,
      baseUrl: row.base_url,
      publishableKey: row.publishable_key,
      secretKey: row.secret_key,
      webhookSecrets: [row.webhook_secret, former].filter((secret) => secret !== null),
    };
  },
});

const ProviderOrder = z.object({
  id: ProviderOrderId,
  kind: z.enum(['charge', 'capture', 'void', 'refund']),
  state: z.enum(['open', 'done', 'refused', 'unclear']),
  amount: Money.nullable(),
  paymentMethod: z.string().nullable(),
  returnUrl: z.string().nullable(),
  at: z.string(),
  providerId: ProviderId,
  payment: z.object({
    id: PaymentId,
    amount: Money,
    /** Of its charge. */
    capture: z.enum(['automatic', 'manual']),
    hasMethod: z.boolean(),
    ref: z.string().nullable(),
    isWaiting: z.boolean(),
    isLetGo: z.boolean(),
  }),
});
export type ProviderOrder = z.output<typeof ProviderOrder>;

export const providerOrder = useCase('billing.provider-order', {
  kind: 'query',
  summary: 'Something asked of a provider, and how its payment stands; the platform asks for that itself.',
  input: z.strictObject({ orderId: ProviderOrderId }),
  output: ProviderOrder,
  errors: [],
  permission: 'billing.provide',
  on: {},
  run: async ({ orderId: id }, { db, orgId }: BillingQuery) => {
    const row = await db
      .selectFrom('billing.provider_orders as o')
      .innerJoin('billing.payments as p', 'p.id', 'o.payment_id')
      .innerJoin('billing.provider_orders as c', (join) =>
        join.onRef('c.payment_id', '=', 'o.payment_id').on('c.kind', '=', 'charge'),
      )
      .select(['o.kind', 'o.state', 'o.amount', 'o.payment_method', 'o.return_url', 'o.created_at', 'o.provider_id'])
      .select(['p.id as payment_id', 'p.amount as payment_amount', 'p.currency', 'p.provider_ref', 'p.state as is'])
      .select(['c.capture', 'c.payment_method as charged_by'])
      .select((eb) =>
        eb
          .exists(
            eb
              .selectFrom('billing.provider_orders as v')
              .whereRef('v.payment_id', '=', 'o.payment_id')
              .where('v.kind', '=', 'void'),
          )
          .as('is_let_go'),
      )
      .where('o.org_id', '=', orgId)
      .where('o.id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return refuse(commonErrors.notFound({ what: 'order', id }));
    // Checked when the payment was written.
    const currency = row.currency as Currency;
    return {
      id,
      kind: row.kind,
      state: row.state,
      amount: row.amount === null ? null : money(row.amount, currency),
      paymentMethod: row.payment_method,
      returnUrl: row.return_url,
      at: row.created_at.toISOString(),
      providerId: row.provider_id as ProviderId,
      payment: {
        id: row.payment_id as PaymentId,
        amount: money(row.payment_amount, currency),
        capture: row.capture ?? 'automatic',
        hasMethod: row.charged_by !== null,
        ref: row.provider_ref,
        isWaiting: isWaiting({ state: row.is }),
        isLetGo: Boolean(row.is_let_go),
      },
    };
  },
});

export const settleProviderOrder = useCase('billing.settle-provider-order', {
  summary: 'Takes down what a provider made of something it was asked for; the platform does it.',
  input: z.strictObject({
    orderId: ProviderOrderId,
    outcome: z
      .enum(['open', 'done', 'refused', 'unclear'])
      .describe('Unclear: nobody knows, and asking again could do it twice'),
    failure: text({ max: 500 }).optional(),
    step: z
      .strictObject({
        publishableKey: z.string().max(300).nullable(),
        clientSecret: z.string().max(500).nullable(),
        visit: z.string().max(2000).nullable(),
      })
      .optional(),
  }),
  output: z.object({ id: ProviderOrderId, state: z.string() }),
  errors: [billingErrors.booksMissing],
  permission: 'billing.provide',
  on: {},
  run: async ({ orderId: id, outcome, failure, step }, context: BillingContext) => {
    const { db, clock, audit } = context;
    const books = await readBooks(context);
    const found = await db
      .selectFrom('billing.provider_orders')
      .select('payment_id')
      .where('id', '=', id)
      .executeTakeFirst();
    if (found === undefined) return refuse(commonErrors.notFound({ what: 'order', id }));
    // Whoever changes an order holds its payment first.
    const payment = await lockPayment(db, found.payment_id);
    const order = await db
      .selectFrom('billing.provider_orders')
      .select(['kind', 'state', 'amount', 'returned'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (step !== undefined && isWaiting(payment)) await keepStep(db, payment.id, step);
    const isSettled = order.state === 'done' || order.state === 'refused';
    if (isSettled || outcome === 'open' || outcome === order.state) return { id, state: order.state };
    await db
      .updateTable('billing.provider_orders')
      .set({ state: outcome, failure: failure ?? null, settled_at: clock() })
      .where('id', '=', id)
      .execute();
    audit({ subject: payment.id, after: { asked: order.kind, outcome, failure } });
    if (order.kind === 'refund' && outcome !== 'done') {
      const back = (order.amount ?? 0n) - order.returned;
      // Of what nobody knows nothing is free to be given back again.
      if (outcome === 'refused') await savePayment(db, { ...payment, promisedMinor: payment.promisedMinor - back });
      context.emit(
        refundFailed.of({
          subject: payment.id,
          data: {
            paymentId: payment.id as PaymentId,
            partyId: payment.partyId,
            source: payment.source,
            amount: money(back, books.currency),
            orderId: id,
            provider: payment.provider,
            reason: failure ?? outcome,
            isKnown: outcome === 'refused',
          },
        }),
      );
    }
    if (order.kind === 'charge' && outcome === 'refused' && isWaiting(payment)) {
      const told = { status: 'failed', authorisedMinor: 0n, capturedMinor: 0n, refundedMinor: 0n, failure } as const;
      await advance(context, books, payment, told, { day: books.today });
    }
    return { id, state: outcome };
  },
});

export const giveUpRefund = useCase('billing.give-up-refund', {
  summary: 'Says that money of which nobody knew did not go back: it is the payer’s credit again.',
  input: z.strictObject({ orderId: ProviderOrderId, reason: text({ max: 500 }) }),
  output: z.object({ id: ProviderOrderId, state: z.string() }),
  errors: [billingErrors.booksMissing, billingErrors.nothingLeft],
  permission: 'billing.approve',
  on: { http: 'POST /provider-orders/:orderId/give-up', graphql: 'mutation', grpc: true },
  run: async ({ orderId, reason }, context: BillingContext) => {
    const order = await context.db
      .selectFrom('billing.provider_orders')
      .select('state')
      .where('id', '=', orderId)
      .executeTakeFirst();
    if (order === undefined) return refuse(commonErrors.notFound({ what: 'order', id: orderId }));
    if (order.state !== 'unclear') return refuse(billingErrors.nothingLeft());
    return context.call(settleProviderOrder, { orderId, outcome: 'refused', failure: reason });
  },
});
