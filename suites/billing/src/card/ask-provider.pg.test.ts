import { afterAll, beforeAll, expect, test } from 'vitest';
import { voidPayment } from '../application/capture-payment.ts';
import { tellPayment } from '../application/payments.ts';
import { giveUpRefund } from '../application/provider-orders.ts';
import { listPayments } from '../application/read-documents.ts';
import { refundPayment } from '../application/refund-payment.ts';
import { requestPayment } from '../application/request-payment.ts';
import { type Office, openOffice, usd } from '../billing.fixture.ts';
import type { PaymentId, ProviderOrderId } from '../domain/ids.ts';
import { type CardOffice, openCardOffice } from './card-office.fixture.ts';

const START = new Date('2026-03-10T12:00:00Z');
let now = START;
let office: Office;
let cards: CardOffice;

beforeAll(async () => {
  office = await openOffice();
  cards = await openCardOffice(office, START);
});
afterAll(async () => {
  expect(await office.drifts()).toEqual([]);
  expect(await office.balance('card')).toBe(cards.provider.net());
  await cards[Symbol.asyncDispose]();
  await office[Symbol.asyncDispose]();
});

/** Commands of the office and errands have one clock. */
const at = (seconds: number): void => {
  now = new Date(now.getTime() + seconds * 1000);
  cards.setNow(now);
};
const call: Office['call'] = (contract, input, options) => office.project.callAt(() => now)(contract, input, options);
const request = async (cents: number, more: object = {}): Promise<PaymentId> =>
  (await call(requestPayment, { provider: 'stripe', amount: usd(cents), ...more })).id;
const CARD = { paymentMethod: 'pm_card_visa' };
const intentOf = (id: string) =>
  [...cards.provider.intents.values()].filter(({ metadata }) => metadata['payment_id'] === id);

async function stateOf(id: PaymentId) {
  const { payments } = await call(listPayments, { limit: 200 });
  const found = payments.find((one) => one.id === id);
  return { state: found?.state, failure: found?.failure, unapplied: Number(found?.unapplied.amountMinor) };
}
const eventsOf = async (id: string) =>
  (await office.project.events())
    .filter(({ subject }) => subject === id)
    .map(({ type, data }) => [type.replace('billing.payment.', ''), data] as const);

test('a payment nobody finishes is looked after in growing pauses, has failed after a day, and is let go', async () => {
  const id = await request(1000);
  const pauses: number[] = [];
  await cards.run();
  expect(await stateOf(id)).toMatchObject({ state: 'pending' });
  for (let due = cards.next(); due !== null; due = cards.next()) {
    pauses.push((due.getTime() - now.getTime()) / 1000);
    at((due.getTime() - now.getTime()) / 1000);
    await cards.run();
  }
  expect(pauses.slice(0, 6)).toEqual([10, 30, 120, 600, 3600, 3600]);
  expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(26 * 3600);
  expect(await stateOf(id)).toMatchObject({ state: 'failed', failure: 'timed_out' });
  expect(intentOf(id)).toMatchObject([{ status: 'canceled' }]);
});

test('a payment made in the last moment is found before it is given up', async () => {
  const id = await request(1100);
  await cards.run();
  cards.provider.finishVisit(intentOf(id)[0]?.id ?? '');
  at(25 * 3600);
  await cards.run();
  expect(await stateOf(id)).toMatchObject({ state: 'captured' });
  expect(cards.next()).toBeNull();
});

test('a provider that answers nothing is asked again under the same keys, and charges once', async () => {
  const id = await request(1200, CARD);
  cards.provider.swallowNextAnswer();
  await cards.run();
  at(10);
  cards.provider.failNext(503);
  await cards.run();
  at(30);
  // Created by the first, answered to the third; the confirmation is lost.
  const held = cards.provider.holdNextAnswer(/\/confirm$/);
  const third = cards.run();
  await held.acted;
  held.release();
  await third;
  expect(await stateOf(id)).toMatchObject({ state: 'captured' });
  const changes = cards.provider.changes.filter(({ paymentId }) => paymentId === id);
  expect(changes.map(({ verb }) => verb)).toEqual(['payment_intents', 'confirm']);
  // Done twice, as after a crash between the telling and the end of the job.
  at(120);
  await cards.run();
  expect((await eventsOf(id)).map(([type]) => type)).toEqual(['requested', 'captured']);
});

test('a refund of which nobody knows for a day is asked for no more, is kept aside, and is a matter for people', async () => {
  const id = await request(1300, CARD);
  await cards.run();
  await call(refundPayment, { paymentId: id, amount: usd(300), reason: 'Broken' });
  // For a day the provider is away.
  cards.provider.failNext(500);
  await cards.run();
  at(25 * 3600);
  await cards.run();
  expect(cards.next()).toBeNull();
  expect(intentOf(id)).toMatchObject([{ received: 1300, refunded: 0 }]);
  expect(await stateOf(id)).toMatchObject({ state: 'captured', unapplied: 1000 });
  await expect(call(refundPayment, { paymentId: id, amount: usd(1001), reason: 'Again' })).rejects.toMatchObject({
    code: 'billing.exceeds_captured',
  });
  const failed = (await eventsOf(id)).find(([type]) => type === 'refund_failed')?.[1] as { orderId: ProviderOrderId };
  expect(failed).toMatchObject({ isKnown: false, amount: usd(300) });
  await call(giveUpRefund, { orderId: failed.orderId, reason: 'It is not on the account' });
  expect(await stateOf(id)).toMatchObject({ state: 'captured', unapplied: 1300 });
  await call(refundPayment, { paymentId: id, amount: usd(1300), reason: 'Again' });
  await cards.run();
  expect(await stateOf(id)).toMatchObject({ state: 'refunded', unapplied: 0 });
});

test('a payment that is let go while its charge is unclear is not charged any more', async () => {
  const id = await request(1400, CARD);
  cards.provider.failNext(500);
  await cards.run();
  await call(voidPayment, { paymentId: id });
  await call(voidPayment, { paymentId: id });
  await cards.run();
  at(10);
  await cards.run();
  at(30);
  await cards.run();
  expect(await stateOf(id)).toMatchObject({ state: 'voided' });
  expect(intentOf(id)).toMatchObject([{ received: 0, status: 'canceled' }]);
  expect(cards.next()).toBeNull();
});

test('what a provider says of another payment, or another provider of this one, is not taken in', async () => {
  const id = await request(1500, CARD);
  await cards.run();
  const told = { paymentId: id, status: 'captured' as const, captured: usd(1500), refunded: usd(1500) };
  for (const more of [{ provider: 'other' }, { providerRef: 'pi_of_another' }]) {
    await expect(call(tellPayment, { ...told, ...more })).rejects.toMatchObject({ code: 'billing.other_payment' });
  }
  expect(await stateOf(id)).toMatchObject({ state: 'captured', unapplied: 1500 });
});
