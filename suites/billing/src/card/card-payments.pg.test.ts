import { createOutbound } from '@ashlar/outbound';
import { ignoreObservations } from '@ashlar/telemetry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tellPayment } from '../application/payments.ts';
import { requestPayment } from '../application/request-payment.ts';
import { listPayments } from '../application/read-documents.ts';
import { DEFAULT_ORG } from '@ashlar/testing';
import { type Office, openOffice, usd } from '../billing.fixture.ts';
import type { PaymentId } from '../domain/ids.ts';
import { type CardDesk, createCardDesk } from './card-desk.ts';
import { nextLook } from './poll-plan.ts';
import { type EventTerms, readProviderEvent, type SignedEvent } from './read-provider-event.ts';
import { createStripeProvider } from './stripe-provider.ts';
import { API_KEY, startStripeStandIn, type StripeStandIn, WEBHOOK_SECRET } from './stripe-stand-in.fixture.ts';

const now = () => new Date('2026-03-10T12:00:00Z');
const outbound = createOutbound({ allow: ['127.0.0.1'], observe: ignoreObservations });
let office: Office;
let provider: StripeStandIn;
let desk: CardDesk;

beforeAll(async () => {
  [office, provider] = await Promise.all([openOffice(), startStripeStandIn(now)]);
  desk = createCardDesk({
    provider: createStripeProvider({ outbound, baseUrl: provider.url, secretKey: API_KEY }),
    tell: (told) => office.call(tellPayment, told),
  });
});
afterAll(async () => {
  // Whatever the tests did: the books are in order, and hold what the provider holds.
  expect(await office.drifts()).toEqual([]);
  expect(await office.balance('card')).toBe(provider.net());
  await office[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await outbound.close();
});

const CARD = 'pm_card_visa';

async function ask(cents: number, capture: 'at-once' | 'later' = 'at-once') {
  const { id } = await office.call(requestPayment, { provider: 'stripe', amount: usd(cents) });
  return { paymentId: id, orgId: DEFAULT_ORG, amountMinor: BigInt(cents), currency: 'USD', capture } as const;
}

async function stateOf(id: PaymentId) {
  const { payments } = await office.call(listPayments, {});
  const found = payments.find((payment) => payment.id === id);
  return {
    state: found?.state,
    captured: Number(found?.captured.amountMinor),
    refunded: Number(found?.refunded.amountMinor),
    failure: found?.failure,
  };
}

const refOf = (paymentId: string) =>
  [...provider.intents.values()].find(({ metadata }) => metadata['payment_id'] === paymentId)?.id ?? '';
const intentEvent = (paymentId: string, type = 'payment_intent.succeeded') =>
  provider.event(type, { object: 'payment_intent', id: refOf(paymentId) });
const TERMS: EventTerms = { secrets: [WEBHOOK_SECRET], now: now() };
const hear = async (signed: SignedEvent, terms = TERMS, at = desk): Promise<string> => {
  const event = readProviderEvent(signed, terms);
  return event.kind === 'payment' ? at.lookFor(event.id, event.ref) : event.kind;
};
const eventsOf = async (id: string) =>
  (await office.project.events()).filter(({ subject }) => subject === id).map(({ type }) => type);

describe('a card payment', () => {
  test('is charged, and told once however often it is asked for', async () => {
    const order = await ask(1000);
    await desk.charge(order, { paymentMethod: CARD });
    await desk.charge(order, { paymentMethod: CARD });
    expect(await stateOf(order.paymentId)).toMatchObject({ state: 'captured', captured: 1000 });
    expect(provider.intents.get(refOf(order.paymentId))).toMatchObject({ received: 1000 });
    expect(await eventsOf(order.paymentId)).toEqual(['billing.payment.captured']);
  });

  test('may be told by an event before our own answer came', async () => {
    const order = await ask(1100);
    provider.swallowNextAnswer();
    expect(await desk.charge(order, { paymentMethod: CARD })).toEqual({ kind: 'unclear' });
    // Created and told by nobody; the same key finds it, and the event of the charge overtakes the answer.
    provider.failNext(503);
    expect(await desk.charge(order, { paymentMethod: CARD })).toEqual({ kind: 'unclear' });
    expect(provider.intents.get(refOf(order.paymentId))?.received).toBe(0);
    await desk.charge(order, { paymentMethod: CARD });
    expect(await hear(intentEvent(order.paymentId))).toBe('told');
    expect(await stateOf(order.paymentId)).toMatchObject({ state: 'captured', captured: 1100 });
    expect(await eventsOf(order.paymentId)).toEqual(['billing.payment.captured']);
  });

  test('whose answer never came stays pending, is charged once, and is found by looking', async () => {
    const order = await ask(1200, 'later');
    await desk.charge(order, { paymentMethod: 'pm_card_threeDSecure2Required' });
    const ref = refOf(order.paymentId);
    provider.finishVisit(ref);
    provider.swallowNextAnswer();
    expect(await desk.capture(ref, null, 'capture-1200')).toEqual({ kind: 'unclear' });
    expect(await stateOf(order.paymentId)).toMatchObject({ state: 'pending', captured: 0 });
    expect(await desk.look(ref)).toMatchObject({ kind: 'told' });
    await desk.capture(ref, null, 'capture-1200');
    expect(await stateOf(order.paymentId)).toMatchObject({ state: 'captured', captured: 1200 });
    expect(provider.intents.get(ref)?.received).toBe(1200);
  });

  test('is told the same by events that come twice, late and in another order', async () => {
    const order = await ask(1300);
    await desk.charge(order, { paymentMethod: CARD });
    const [created, succeeded] = [
      intentEvent(order.paymentId, 'payment_intent.created'),
      intentEvent(order.paymentId, 'payment_intent.succeeded'),
    ];
    for (const event of [succeeded, succeeded, created, succeeded]) expect(await hear(event)).toBe('told');
    expect(await stateOf(order.paymentId)).toMatchObject({ state: 'captured', captured: 1300 });
    expect(await eventsOf(order.paymentId)).toEqual(['billing.payment.captured']);
  });

  test('that is declined has failed, and money that comes all the same is late', async () => {
    const order = await ask(1400);
    await desk.charge(order, { paymentMethod: 'pm_card_chargeDeclined' });
    expect(await stateOf(order.paymentId)).toMatchObject({ state: 'failed', failure: 'insufficient_funds' });
    // The payer tries another card in the provider's own form.
    provider.finishVisit(refOf(order.paymentId));
    await hear(intentEvent(order.paymentId));
    expect(await stateOf(order.paymentId)).toMatchObject({ state: 'captured', captured: 1400 });
    const told = (await office.project.events()).find(
      ({ type, subject }) => type === 'billing.payment.captured' && subject === order.paymentId,
    );
    expect(told?.data).toMatchObject({ isLate: true });
  });

  test('that the bank wants to see waits for the payer, with the page to visit', async () => {
    const order = await ask(1500);
    const outcome = await desk.charge(order, { paymentMethod: 'pm_card_threeDSecure2Required' });
    expect(outcome).toMatchObject({ kind: 'told', payment: { visit: 'https://bank.example/3ds' } });
    expect(await stateOf(order.paymentId)).toMatchObject({ state: 'pending', captured: 0 });
    provider.finishVisit(refOf(order.paymentId));
    await hear(intentEvent(order.paymentId));
    expect(await stateOf(order.paymentId)).toMatchObject({ state: 'captured' });
  });

  test('that is held is captured in part, or let go', async () => {
    const held = await ask(1600, 'later');
    await desk.charge(held, { paymentMethod: CARD });
    expect(await stateOf(held.paymentId)).toMatchObject({ state: 'authorised', captured: 0 });
    await desk.capture(refOf(held.paymentId), 600n, 'part-of-1600');
    expect(await stateOf(held.paymentId)).toMatchObject({ state: 'partially_captured', captured: 600 });
    const given = await ask(1700, 'later');
    await desk.charge(given, { paymentMethod: CARD });
    await desk.cancel(refOf(given.paymentId), 'cancel-1700');
    expect(await stateOf(given.paymentId)).toMatchObject({ state: 'voided', captured: 0 });
  });

  test('is given back once for each key, by us or in the provider’s own pages', async () => {
    const order = await ask(1800);
    await desk.charge(order, { paymentMethod: CARD });
    const ref = refOf(order.paymentId);
    await desk.refund(ref, 300n, 'refund-1');
    provider.swallowNextAnswer();
    expect(await desk.refund(ref, 200n, 'refund-2')).toEqual({ kind: 'unclear' });
    await desk.refund(ref, 200n, 'refund-2');
    provider.refundByHand(ref, 100);
    await hear(provider.event('charge.refunded', { object: 'charge', id: 'ch_1', payment_intent: ref }));
    expect(await stateOf(order.paymentId)).toMatchObject({ state: 'partially_refunded', refunded: 600 });
    await expect(desk.refund(ref, 5000n, 'refund-3')).rejects.toMatchObject({ code: 'charge_already_refunded' });
  });

  test('is refused for good where the key or the amount is wrong', async () => {
    const wrong = createStripeProvider({ outbound, baseUrl: provider.url, secretKey: 'sk_wrong' });
    const order = await ask(100);
    await expect(wrong.create(order, 'k')).rejects.toMatchObject({ name: 'ProviderRefusal' });
    const dinars = { ...order, amountMinor: 1005n, currency: 'KWD' };
    const right = createStripeProvider({ outbound, baseUrl: provider.url, secretKey: API_KEY });
    expect(() => right.create(dinars, 'k')).toThrow('steps of 10');
    const closed = createStripeProvider({ outbound, baseUrl: 'http://10.0.0.1', secretKey: API_KEY });
    await expect(closed.find('pi_1')).rejects.toMatchObject({ code: 'outbound.address_refused' });
  });
});

describe('an event', () => {
  test('with a wrong, an old or no signature is refused, and nothing is asked', async () => {
    const order = await ask(1900);
    await desk.charge(order, { paymentMethod: 'pm_card_threeDSecure2Required' });
    provider.finishVisit(refOf(order.paymentId));
    const object = { object: 'payment_intent', id: refOf(order.paymentId) };
    const type = 'payment_intent.succeeded';
    const right = provider.event(type, object);
    const minutes = (count: number) => new Date(now().getTime() + count * 60_000);
    const refused = [
      provider.event(type, object, now(), 'whsec_another'),
      provider.event(type, object, minutes(-6)),
      provider.event(type, object, minutes(6)),
      { ...right, signature: '' },
      { ...right, signature: right.signature.replace(/t=\d+/, `t=${Math.floor(minutes(-1).getTime() / 1000)}`) },
      { ...right, body: Buffer.concat([right.body, Buffer.from(' ')]) },
    ];
    for (const event of refused) expect(await hear(event)).toBe('refused');
    expect(await stateOf(order.paymentId)).toMatchObject({ state: 'pending' });
    // Two secrets sign while one takes the other's place.
    const terms = { secrets: ['whsec_new', WEBHOOK_SECRET], now: now() };
    expect(await hear(right, terms)).toBe('told');
  });

  test('about something else is ignored, and one we cannot look after now comes again', async () => {
    expect(await hear(provider.event('customer.created', { object: 'customer', id: 'cus_1' }))).toBe('ignored');
    const order = await ask(2000);
    await desk.charge(order, { paymentMethod: CARD });
    provider.failNext(500);
    expect(await hear(intentEvent(order.paymentId))).toBe('unclear');
    expect(await hear(intentEvent(order.paymentId))).toBe('told');
  });

  test('about another organisation’s payment changes nothing', async () => {
    const other = await office.project.addOrganisation('second');
    const foreign = createCardDesk({
      provider: createStripeProvider({ outbound, baseUrl: provider.url, secretKey: API_KEY }),
      tell: (told) => office.call(tellPayment, told, { orgId: other }),
    });
    const order = await ask(2100);
    await desk.charge(order, { paymentMethod: CARD });
    const event = intentEvent(order.paymentId);
    await expect(hear(event, TERMS, foreign)).rejects.toMatchObject({
      kind: expect.stringMatching(/not_found|conflict/),
    });
  });
});

test('an unclear payment is looked after in growing pauses, for a day', () => {
  const pauses: number[] = [];
  for (let since = 0, asked = 0; ; asked += 1) {
    const pause = nextLook(asked, since);
    if (pause === null) break;
    pauses.push(pause / 1000);
    since += pause;
  }
  expect(pauses.slice(0, 6)).toEqual([10, 30, 120, 600, 3600, 3600]);
  expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(26 * 3600);
});
