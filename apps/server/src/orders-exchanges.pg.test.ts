import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OrderShop, openOrderShop } from './orders.fixture.ts';

let shop: OrderShop;
beforeAll(async () => {
  shop = await openOrderShop({ returnDays: 14 });
});
afterAll(async () => {
  // Whatever the tests of this file did, orders, stock and books agree once all of it is heard.
  await shop.carry();
  expect(await shop.drifts()).toEqual([]);
  await shop[Symbol.asyncDispose]();
});

const pcs = (pieces: number) => ({ value: String(pieces), uom: 'pcs' });
const get = (orderId: string) => shop.do('order.get-order', { orderId });
const paymentsOf = (orderId: string) =>
  shop.project.test.sql<{ id: string; amount: string }>(
    `select id, amount from billing.payments where source_id = $1 order by created_at, id`,
    [orderId],
  );
async function pay(orderId: string): Promise<void> {
  const last = (await paymentsOf(orderId)).at(-1);
  const captured = { amount: last?.amount ?? '0', currency: 'USD' };
  await shop.do('billing.tell-payment', { paymentId: last?.id, status: 'captured', captured });
  await shop.carry();
}
async function ship(orderId: string): Promise<void> {
  const { id: fulfilmentId } = await shop.do('order.create-fulfilment', { orderId });
  await shop.do('order.pack', { fulfilmentId });
  await shop.do('order.request-ship', { fulfilmentId });
  await shop.carry();
  await shop.do('order.mark-delivered', { fulfilmentId });
  await shop.carry();
}
/** An order of one thing at that price that was paid, has arrived and came back; its return waits to be inspected. */
async function takenBack(
  cents: number,
  customerId?: string,
): Promise<{ id: string; returnId: string; inspect: (more: object) => Promise<unknown> }> {
  const thing = await shop.addThing(cents, 1);
  const { id: cartId } = await shop.do('order.open-cart', {
    currency: 'USD',
    lines: [{ variantId: thing, quantity: pcs(1) }],
    ...(customerId === undefined ? {} : { customerId }),
  });
  const shipTo = { name: 'Ada', lines: 'Road 1', country: 'IQ' };
  await shop.do('order.set-address', { cartId, party: { name: 'Ada' }, shipTo });
  const { priced } = await shop.do('order.get-cart', { cartId });
  const { id } = await shop.do('order.place-order', { cartId, expectedTotal: priced.total, tender: 'online' });
  await shop.carry();
  await pay(id);
  await ship(id);
  const lines = [{ line: 1, quantity: pcs(1) }];
  const { id: returnId } = await shop.do('order.request-return', { orderId: id, lines, reason: 'Too small' });
  await shop.do('order.approve-return', { returnId });
  await shop.do('order.receive-return', { returnId });
  const restocked = { returnId, lines: [{ line: 1, restock: '1' }], locationId: shop.shelf };
  return { id, returnId, inspect: (more) => shop.do('order.inspect-return', { ...restocked, ...more }) };
}
const exchangeFor = (variantId: string, pieces = 1) => ({
  outcome: 'exchange',
  exchangeFor: [{ variantId, quantity: pcs(pieces) }],
});
async function exchangeOf(returnId: string): Promise<string> {
  const sql = 'select id from orders.orders where exchange_of = $1';
  return (await shop.project.test.sql<{ id: string }>(sql, [returnId]))[0]?.id ?? '';
}
async function openOf(...orderIds: readonly string[]): Promise<{ invoices: number; notes: number }> {
  const [row] = await shop.project.test.sql<{ invoices: string; notes: string }>(
    `select coalesce(sum(i.total - i.settled) filter (where i.kind = 'invoice'), 0) as invoices,
       coalesce(sum(i.total - i.settled) filter (where i.kind = 'credit_note'), 0) as notes
     from billing.open_items i join billing.invoices d on d.id = i.document_id where d.source_id = any($1)`,
    [orderIds],
  );
  return { invoices: Number(row?.invoices), notes: Number(row?.notes) };
}

test('something dearer: the credit pays some of the new order, and the difference is asked for', async () => {
  const { id, returnId, inspect } = await takenBack(1000);
  const other = await shop.addThing(1500, 2);
  await inspect(exchangeFor(other));
  await shop.carry();
  const next = await exchangeOf(returnId);
  expect(await get(next)).toMatchObject({
    status: 'placed',
    exchangeOf: returnId,
    total: { amount: '1650' },
    credit: { amount: '1100' },
    paymentStatus: 'partial',
  });
  expect((await paymentsOf(next)).map(({ amount }) => amount)).toEqual(['550']);
  await pay(next);
  expect(await get(next)).toMatchObject({ status: 'confirmed', paymentStatus: 'paid' });
  expect(await get(id)).toMatchObject({
    refunded: { amount: '0' },
    lines: [{ returned: '1', invoiced: '0' }],
    returns: [{ state: 'closed', outcome: 'exchange' }],
  });
  await ship(next);
  expect(await openOf(id, next)).toEqual({ invoices: 0, notes: 0 });
  shop.letPass(next, 'window');
  shop.letPass(id, 'window');
  await shop.carry();
  expect(await get(next)).toMatchObject({ status: 'completed' });
  expect(await get(id)).toMatchObject({ status: 'completed' });
});

test('something cheaper: nothing is asked for, and the rest goes back', async () => {
  const { id, returnId, inspect } = await takenBack(1000);
  const other = await shop.addThing(300, 2);
  await inspect(exchangeFor(other, 2));
  await shop.carry();
  const next = await exchangeOf(returnId);
  expect(await get(next)).toMatchObject({ status: 'confirmed', credit: { amount: '660' }, paymentStatus: 'paid' });
  expect(await paymentsOf(next)).toEqual([]);
  expect(await get(id)).toMatchObject({ refunded: { amount: '440' } });
  await ship(next);
  expect(await get(next)).toMatchObject({ status: 'fulfilled' });
  expect(await openOf(id, next)).toEqual({ invoices: 0, notes: 0 });
  expect(await shop.level(other)).toEqual({ onHand: 0, reserved: 0 });
});

test('an exchange that cannot be had, or is cancelled after all, is a refund', async () => {
  const gone = await takenBack(1000);
  const none = await shop.addThing(800, 1);
  await gone.inspect(exchangeFor(none, 2));
  await shop.carry();
  expect(await get(await exchangeOf(gone.returnId))).toMatchObject({ status: 'rejected', credit: { amount: '0' } });
  expect(await get(gone.id)).toMatchObject({ refunded: { amount: '1100' } });
  const regretted = await takenBack(1000);
  const other = await shop.addThing(500, 1);
  await regretted.inspect(exchangeFor(other));
  await shop.carry();
  expect(await get(regretted.id)).toMatchObject({ refunded: { amount: '550' } });
  const next = await exchangeOf(regretted.returnId);
  await shop.do('order.cancel-order', { orderId: next, reason: 'No' });
  await shop.carry();
  expect(await get(next)).toMatchObject({ status: 'cancelled' });
  expect(await get(regretted.id)).toMatchObject({ refunded: { amount: '1100' } });
  expect(await openOf(gone.id, regretted.id, next)).toEqual({ invoices: 0, notes: 0 });
  const unsold = await takenBack(1000);
  await unsold.inspect(exchangeFor(randomUUID()));
  await shop.carry();
  expect(await get(unsold.id)).toMatchObject({ refunded: { amount: '1100' } });
  expect(shop.tasks()).toEqual(['fix:exchange']);
  shop.settle('fix:exchange');
  await shop.carry();
  expect(shop.tasks()).toEqual([]);
});

test('store credit: the credit note stays the customer’s, to settle what comes next', async () => {
  const customerId = randomUUID();
  const { id, inspect } = await takenBack(1000, customerId);
  await inspect({ outcome: 'store_credit' });
  await shop.carry();
  expect(await get(id)).toMatchObject({
    refunded: { amount: '0' },
    returns: [{ state: 'closed', outcome: 'store_credit' }],
  });
  expect(await openOf(id)).toEqual({ invoices: 0, notes: 1100 });
  const [note] = await shop.project.test.sql<{ party_id: string }>(
    `select party_id from billing.invoices where source_id = $1 and kind = 'credit_note'`,
    [id],
  );
  expect(note).toEqual({ party_id: customerId });
});

test('an outcome that says too little or too much is refused', async () => {
  const { inspect, returnId } = await takenBack(1000);
  const thing = await shop.addThing(500, 1);
  await expect(inspect({ outcome: 'exchange' })).rejects.toMatchObject({ code: 'order.exchange_unclear' });
  await expect(inspect({ ...exchangeFor(thing), outcome: 'refund' })).rejects.toMatchObject({
    code: 'order.exchange_unclear',
  });
  await expect(inspect({ outcome: 'store_credit' })).rejects.toMatchObject({ code: 'order.customer_missing' });
  await expect(inspect(exchangeFor(thing, 0))).rejects.toMatchObject({ code: 'common.invalid_input' });
  const placing = { returnId, credits: [] };
  await expect(shop.do('order.place-exchange', placing)).rejects.toMatchObject({ code: 'order.exchange_unclear' });
  await inspect(exchangeFor(thing));
  const both = await Promise.all(
    [shop.do('order.place-exchange', placing), shop.do('order.place-exchange', placing)].map((one) =>
      one.catch(({ code }: { code: string }) => code),
    ),
  );
  expect(both.filter((one) => typeof one === 'object')).not.toEqual([]);
  const again = await shop.do('order.place-exchange', placing);
  expect(again.orderId).toBe(await exchangeOf(returnId));
});
