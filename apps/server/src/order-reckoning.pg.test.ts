import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OrderShop, openOrderShop } from './orders.fixture.ts';

let shop: OrderShop;
let sold: Sold;
beforeAll(async () => {
  shop = await openOrderShop({ returnDays: 14 });
  sold = await sellSome();
});
afterAll(() => shop?.[Symbol.asyncDispose]());

interface Sold {
  /** Shipped, one of its pieces back. */
  readonly returned: string;
  /** Paid and not shipped. */
  readonly waiting: string;
  /** Paid, then cancelled. */
  readonly cancelled: string;
}

const check = (input: object = { settledSeconds: 0 }, more: object = {}) =>
  shop.do('order.check-order-to-cash', input, more);

async function placePaid(): Promise<string> {
  const { id } = await shop.place([[await shop.addThing(1000, 5), 3]]);
  await shop.carry();
  const [payment] = await shop.project.test.sql<{ id: string }>(
    'select id from billing.payments where source_id = $1',
    [id],
  );
  const captured = { amount: '3300', currency: 'USD' };
  await shop.do('billing.tell-payment', { paymentId: payment?.id, status: 'captured', captured });
  await shop.carry();
  return id;
}

async function sellSome(): Promise<Sold> {
  const [returned, waiting, cancelled] = [await placePaid(), await placePaid(), await placePaid()];
  const { id: fulfilmentId } = await shop.do('order.create-fulfilment', { orderId: returned });
  await shop.do('order.pack', { fulfilmentId });
  await shop.do('order.request-ship', { fulfilmentId });
  await shop.carry();
  await shop.do('order.mark-delivered', { fulfilmentId });
  const lines = [{ line: 1, quantity: { value: '1', uom: 'pcs' } }];
  const { id: returnId } = await shop.do('order.request-return', { orderId: returned, lines, reason: 'Broken' });
  await shop.do('order.approve-return', { returnId });
  await shop.do('order.receive-return', { returnId });
  await shop.do('order.inspect-return', { returnId, lines: [{ line: 1, restock: '1' }], locationId: shop.shelf });
  await shop.do('order.cancel-order', { orderId: cancelled, reason: 'No' });
  await shop.carry();
  return { returned, waiting, cancelled };
}

/** Changes rows past every rule of the database, looks, and puts them back. */
async function bent(change: string, back: string, values: readonly unknown[]): Promise<readonly string[]> {
  const past = async (statement: string): Promise<void> => {
    await shop.project.test.sql('set session_replication_role = replica');
    await shop.project.test.sql(statement, values);
    await shop.project.test.sql('reset session_replication_role');
  };
  await past(change);
  const { drifts } = await check();
  await past(back);
  return drifts.map((drift: { check: string }) => drift.check);
}

test('orders, books and stock agree, and what has just moved is left out', async () => {
  expect(await check()).toEqual({ orders: 3, unsettled: 0, drifts: [], next: null });
  expect(await check({})).toMatchObject({ orders: 3, unsettled: 3, drifts: [] });
  const first = await check({ settledSeconds: 0, limit: 2 });
  expect(first).toMatchObject({ orders: 2, next: expect.any(String) });
  expect(await check({ settledSeconds: 0, before: first.next })).toMatchObject({ orders: 1, next: null });
});

const STRANGER = '00000000-0000-7000-8000-000000000001';

/** A change and its way back, of the rows of one order, and what is said of it. */
type Bend = readonly [whose: keyof Sold, change: string, back: string, said: readonly string[]];

const bends: readonly Bend[] = [
  [
    'waiting',
    'update billing.payments set captured = captured + 1 where source_id = $1',
    'update billing.payments set captured = captured - 1 where source_id = $1',
    ['what was paid is what billing took'],
  ],
  [
    'cancelled',
    'update billing.payments set refunded = refunded - 1 where source_id = $1',
    'update billing.payments set refunded = refunded + 1 where source_id = $1',
    ['what was given back is what billing gave back', 'of what was undone nobody’s money is kept'],
  ],
  [
    'cancelled',
    `update billing.invoices set net = net - 1, total = total - 1 where source_id = $1 and kind = 'credit_note'`,
    `update billing.invoices set net = net + 1, total = total + 1 where source_id = $1 and kind = 'credit_note'`,
    ['what was credited is what billing credited', 'of what was undone nothing is asked for'],
  ],
  [
    'waiting',
    'update orders.order_lines set qty_invoiced = qty_invoiced - 1 where order_id = $1',
    'update orders.order_lines set qty_invoiced = qty_invoiced + 1 where order_id = $1',
    ['a line is invoiced as billing says'],
  ],
  [
    'returned',
    'update orders.fulfilment_lines set quantity = quantity + 1 where order_id = $1',
    'update orders.fulfilment_lines set quantity = quantity - 1 where order_id = $1',
    ['what left is what the stock issued'],
  ],
  [
    'returned',
    'update orders.return_lines set restocked = restocked - 1 where order_id = $1',
    'update orders.return_lines set restocked = restocked + 1 where order_id = $1',
    ['what came back is what the stock received'],
  ],
  [
    'waiting',
    `update inventory.reservations set state = 'released' where source_id = $1`,
    `update inventory.reservations set state = 'active' where source_id = $1`,
    ['an order that goes out has its goods held'],
  ],
  [
    'cancelled',
    `update inventory.reservations set state = 'active' where source_id = $1`,
    `update inventory.reservations set state = 'released' where source_id = $1`,
    ['what is held has an order that waits for it'],
  ],
  [
    'waiting',
    `update billing.payments set source_id = '${STRANGER}' where source_id = $1`,
    `update billing.payments set source_id = $1 where source_id = '${STRANGER}'`,
    ['what billing does for an order is of one that is there', 'what was paid is what billing took'],
  ],
  [
    'waiting',
    `update inventory.reservations set source_id = '${STRANGER}' where source_id = $1`,
    `update inventory.reservations set source_id = $1 where source_id = '${STRANGER}'`,
    ['what the stock does for an order is of one that is there', 'an order that goes out has its goods held'],
  ],
];

test.each(bends)('of the %s order, past every rule: %s', async (whose, change, back, said) => {
  expect(await bent(change, back, [sold[whose]])).toEqual(said);
  expect(await shop.drifts()).toEqual([]);
});

test('who may not see the books or the stock cannot reckon against them, and another organisation has nothing to reckon', async () => {
  const auditor = await shop.project.addMember(['order.audit']);
  await expect(check({}, { caller: auditor })).rejects.toMatchObject({ code: 'common.permission_denied' });
  const orgId = await shop.project.addOrganisation('others');
  const stranger = await shop.project.addMember(['order.*', 'billing.*', 'inventory.*'], orgId);
  expect(await check({ settledSeconds: 0 }, { caller: stranger })).toEqual({
    orders: 0,
    unsettled: 0,
    drifts: [],
    next: null,
  });
  await expect(check({ limit: 0 })).rejects.toMatchObject({ code: 'common.invalid_input' });
  await expect(check({ settledSeconds: -1 })).rejects.toMatchObject({ code: 'common.invalid_input' });
});
