import type { OutsideContext, SuiteErrand } from '@ashlar/kernel';
import { z } from 'zod';
import { tellPayment } from '../application/payments.ts';
import {
  type ProviderAccess,
  providerAccess,
  providerOrder,
  type ProviderOrder,
  settleProviderOrder,
} from '../application/provider-orders.ts';
import { captureRequested, paymentRequested, refundRequested, voidRequested } from '../domain/billing-events.ts';
import { ProviderOrderId } from '../domain/ids.ts';
import type { CardDesk, ChargeOutcome } from './card-desk.ts';
import { ProviderRefusal } from './card-provider.ts';
import { openDesk } from './open-desk.ts';
import { nextLook } from './poll-plan.ts';

const HOUR_MS = 3_600_000;
/** Letting go of what nobody finished is tried for so long; money that comes all the same is given back. */
const LET_GO_FOR_MS = 48 * HOUR_MS;

const About = z.object({ orderId: ProviderOrderId });

/**
 * Asks a provider for what was ordered, under keys that follow from the order, and looks after what is unclear until
 * somebody knows. Every answer is told before the order is settled, so that a crash between the two repeats both.
 */
export const askProvider: SuiteErrand = {
  name: 'billing.ask-provider',
  types: [paymentRequested, captureRequested, voidRequested, refundRequested].map(({ type }) => type),
  of({ subject, data }) {
    const { orderId } = About.parse(data);
    return { key: orderId, ...(subject === null ? {} : { lane: subject }), about: { orderId } };
  },
  async run(about, turn, context) {
    const { orderId } = About.parse(about);
    const order = await context.call(providerOrder, { orderId });
    if (order.state === 'refused' || order.state === 'unclear') return null;
    const access = await context.call(providerAccess, { providerId: order.providerId });
    const desk = openDesk(access, context);
    const sinceMs = context.now().getTime() - Date.parse(order.at);
    const asking: Asking = { order, access, desk, context, sinceMs, turn };
    if (order.kind === 'charge') return charge(asking);
    return order.state === 'open' ? change(asking) : null;
  },
};

interface Asking {
  readonly order: ProviderOrder;
  readonly access: ProviderAccess;
  readonly desk: CardDesk;
  readonly context: OutsideContext;
  readonly sinceMs: number;
  readonly turn: number;
}

/** When to look again; null: a day has passed, after which a key no longer keeps the provider from doing it twice. */
function later({ turn, sinceMs, context }: Asking): Date | null {
  const pauseMs = nextLook(turn, sinceMs);
  return pauseMs === null ? null : new Date(context.now().getTime() + pauseMs);
}

async function charge(asking: Asking): Promise<Date | null> {
  const { order, desk } = asking;
  const { payment, state } = order;
  const again = later(asking);
  if (again === null) return giveUp(asking);
  if (!payment.isWaiting || (payment.isLetGo && payment.ref !== null)) {
    await settle(asking, 'done');
    return null;
  }
  if (state === 'done' && payment.ref !== null) {
    const seen = await desk.look(payment.ref);
    return isStillOpen(seen) ? again : null;
  }
  // What is let go is not charged any more; its order to do so needs the payment's name.
  const means = payment.isLetGo ? null : order.paymentMethod;
  let outcome: ChargeOutcome;
  try {
    outcome =
      means === null
        ? await desk.open(cardOrder(asking))
        : await desk.charge(cardOrder(asking), { paymentMethod: means, returnUrl: order.returnUrl ?? undefined });
  } catch (error) {
    if (!(error instanceof ProviderRefusal)) throw error;
    return refuse(asking, error);
  }
  if (outcome.kind === 'unclear') return again;
  const { clientSecret, visit } = outcome.payment;
  const step = { publishableKey: asking.access.publishableKey, clientSecret, visit };
  await settle(asking, 'done', { step });
  return isStillOpen(outcome) ? again : null;
}

function cardOrder({ order: { payment }, context: { orgId } }: Asking) {
  return {
    paymentId: payment.id,
    orgId,
    amountMinor: payment.amount.amountMinor,
    currency: payment.amount.currency,
    capture: payment.capture === 'manual' ? 'later' : 'at-once',
    isOpenForm: !payment.hasMethod,
  } as const;
}

function isStillOpen(outcome: ChargeOutcome): boolean {
  return outcome.kind === 'unclear' || outcome.payment.totals.status === 'pending';
}

/** Nobody paid within a day: it has failed, and nobody shall pay any more. What was paid meanwhile is found out first. */
async function giveUp(asking: Asking): Promise<Date | null> {
  const { order, desk, context, sinceMs } = asking;
  const { id: paymentId, ref, isWaiting } = order.payment;
  if (isWaiting && ref !== null && !isStillOpen(await lookPast(desk, ref))) {
    await settle(asking, 'done');
    return null;
  }
  if (isWaiting) await context.call(tellPayment, { paymentId, status: 'failed', failure: 'timed_out' });
  if (ref === null) {
    await settle(asking, 'refused', { failure: 'timed_out' });
    return null;
  }
  if (isWaiting || order.state === 'open') {
    try {
      const outcome = await desk.cancel(ref, `${order.id}:give-up`);
      if (outcome.kind === 'unclear' && sinceMs < LET_GO_FOR_MS) return new Date(context.now().getTime() + HOUR_MS);
    } catch (error) {
      if (!(error instanceof ProviderRefusal)) throw error;
      // It came to its end by itself.
      await lookPast(desk, ref);
    }
  }
  await settle(asking, 'done');
  return null;
}

/** How it stands, where a provider that has nothing to say is as good as one that does not answer. */
async function lookPast(desk: CardDesk, ref: string): Promise<ChargeOutcome> {
  try {
    return await desk.look(ref);
  } catch (error) {
    if (error instanceof ProviderRefusal) return { kind: 'unclear' };
    throw error;
  }
}

/** Captures, lets go or gives back. */
async function change(asking: Asking): Promise<Date | null> {
  const { order, desk } = asking;
  const { id, kind, amount, payment } = order;
  const again = later(asking);
  if (again === null) {
    // It may have been done: that is seen by looking, and not by asking for it once more.
    if (payment.ref !== null) await lookPast(desk, payment.ref);
    await settle(asking, kind === 'refund' ? 'unclear' : 'refused', { failure: 'timed_out' });
    return null;
  }
  try {
    const ref = payment.ref ?? (await nameOf(asking));
    if (ref === null) return again;
    const asked = {
      capture: () => desk.capture(ref, amount?.amountMinor ?? null, id),
      void: () => desk.cancel(ref, id),
      refund: () => desk.refund(ref, amount?.amountMinor ?? 0n, id),
      charge: () => desk.look(ref),
    };
    if ((await asked[kind]()).kind === 'unclear') return again;
  } catch (error) {
    if (!(error instanceof ProviderRefusal)) throw error;
    return refuse(asking, error);
  }
  await settle(asking, 'done');
  return null;
}

/** What the provider calls a payment of which no answer has come; null: it does not say now either. */
async function nameOf(asking: Asking): Promise<string | null> {
  const outcome = await asking.desk.open(cardOrder(asking));
  return outcome.kind === 'told' ? outcome.payment.ref : null;
}

/** It was not done; perhaps because something else was, which is told first. */
async function refuse(asking: Asking, { code }: ProviderRefusal): Promise<null> {
  const { ref } = asking.order.payment;
  if (ref !== null) await lookPast(asking.desk, ref);
  await settle(asking, 'refused', { failure: code.slice(0, 100) });
  return null;
}

async function settle(
  { order, context }: Asking,
  outcome: 'done' | 'refused' | 'unclear',
  more: {
    failure?: string;
    step?: { publishableKey: string | null; clientSecret: string | null; visit: string | null };
  } = {},
): Promise<void> {
  if (order.state === outcome && more.step === undefined) return;
  await context.call(settleProviderOrder, { orderId: order.id, outcome, ...more });
}
