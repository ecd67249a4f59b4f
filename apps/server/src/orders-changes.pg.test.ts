import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OrderShop, openOrderShop } from './orders.fixture.ts';

let shop: OrderShop;
beforeAll(async () => {
  shop = await openOrderShop({ returnDays: 14 });
});
afterAll(async () => {
  // Whatever the tests of this file did, orders, stock and books agree.
  expect(await shop.drifts()).toEqual([]);
  await shop[Symbol.asyncDispose]();
});

const pcs = (pieces: number) => ({ value: String(pieces), uom: 'pcs' });
const get = (orderId: string) => shop.do('order.get-order', { orderId });
const paymentsOf = (orderId: string) =>
  shop.project.test.sql<{ id: string; amount: string; state: string }>(
    `select id, amount, state from billing.payments where source_id = $1 order by created_at, id`,
    [orderId],
  );
/** Captures what was asked for last. */
async function pay(orderId: string): Promise<void> {
  const last = (await paymentsOf(orderId)).at(-1);
  const captured = { amount: last?.amount ?? '0', currency: 'USD' };
  await shop.do('billing.tell-payment', { paymentId: last?.id, status: 'captured', captured });
  await shop.carry();
}
type Lines = readonly (readonly [variantId: string, pieces: number])[];
async function paidOrder(lines: Lines): Promise<string> {
  const { id } = await shop.place(lines);
  await shop.carry();
  await pay(id);
  return id;
}
const cancel = (orderId: string, line: number, pieces: number, more: object = {}) =>
  shop.do('order.cancel-order', { orderId, reason: 'Less', lines: [{ line, quantity: pcs(pieces) }], ...more });
async function ship(orderId: string, lines?: readonly object[]): Promise<string> {
  const { id: fulfilmentId } = await shop.do('order.create-fulfilment', { orderId, ...(lines && { lines }) });
  await shop.do('order.pack', { fulfilmentId });
  await shop.do('order.request-ship', { fulfilmentId });
  await shop.carry();
  return fulfilmentId;
}
const propose = (orderId: string, change: object) =>
  shop.do('order.propose-change', { orderId, reason: 'Other wishes', ...change });
const accept = (changeId: string, more: object = {}) => shop.do('order.accept-change', { changeId, ...more });
const arrive = (itemId: string, pieces: number) =>
  shop.do('inventory.receive-stock', {
    lines: [
      {
        itemId,
        locationId: shop.shelf,
        quantity: pcs(pieces),
        cost: { amount: String(pieces * 100), currency: 'USD' },
      },
    ],
  });
/** What is open of the invoices and credit notes of an order, and what came by payments and settles nothing. */
async function openOf(orderId: string): Promise<{ invoices: number; notes: number }> {
  const [row] = await shop.project.test.sql<{ invoices: string; notes: string }>(
    `select coalesce(sum(i.total - i.settled) filter (where i.kind = 'invoice'), 0) as invoices,
       coalesce(sum(i.total - i.settled) filter (where i.kind = 'credit_note'), 0) as notes
     from billing.open_items i join billing.invoices d on d.id = i.document_id where d.source_id = $1`,
    [orderId],
  );
  return { invoices: Number(row?.invoices), notes: Number(row?.notes) };
}
const settled = { invoices: 0, notes: 0 };

describe('some of an order is cancelled', () => {
  test('of a paid one: credited, given back and free again, and the rest goes its way', async () => {
    const [one, two] = [await shop.addThing(1000, 3), await shop.addThing(500, 2)];
    const id = await paidOrder([
      [one, 3],
      [two, 2],
    ]);
    expect(await cancel(id, 1, 1)).toMatchObject({ status: 'confirmed', isBeingCancelled: false });
    expect(await get(id)).toMatchObject({ lines: [{ leaving: '1', cancelled: '0' }, {}] });
    await shop.carry();
    expect(await get(id)).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'partially_refunded',
      total: { amount: '4400' },
      worth: { amount: '3300' },
      refunded: { amount: '1100' },
      lines: [
        { leaving: '0', cancelled: '1', invoiced: '2', reserved: '2' },
        { cancelled: '0', invoiced: '2' },
      ],
      changes: [{ kind: 'cancellation', state: 'applied', delta: { amount: '-1100' } }],
    });
    expect(await shop.level(one)).toEqual({ onHand: 3, reserved: 2 });
    expect(await openOf(id)).toEqual(settled);
    await ship(id);
    expect(await get(id)).toMatchObject({ status: 'fulfilled', fulfilmentStatus: 'full' });
    expect(await shop.level(one)).toEqual({ onHand: 1, reserved: 0 });
  });

  test('of one that waits for its money: less is owed, and what is paid too much goes back', async () => {
    const thing = await shop.addThing(1000, 2);
    const { id } = await shop.place([[thing, 2]]);
    await shop.carry();
    await cancel(id, 1, 1);
    await shop.carry();
    expect(await openOf(id)).toEqual({ invoices: 1100, notes: 0 });
    await pay(id);
    expect(await get(id)).toMatchObject({
      status: 'confirmed',
      captured: { amount: '2200' },
      refunded: { amount: '1100' },
    });
    expect(await openOf(id)).toEqual(settled);
  });

  test('what has left or is in a parcel is not, and once the rest has left nothing else is waited for', async () => {
    const thing = await shop.addThing(1000, 4);
    const id = await paidOrder([[thing, 4]]);
    await ship(id, [{ line: 1, quantity: pcs(1) }]);
    await shop.do('order.create-fulfilment', { orderId: id, lines: [{ line: 1, quantity: pcs(1) }] });
    await expect(cancel(id, 1, 3)).rejects.toMatchObject({
      code: 'order.exceeds_open_qty',
      params: { line: 1, wanted: '3', open: '2' },
    });
    const mark = 'update orders.order_lines set qty_leaving = 3 where order_id = $1';
    await expect(shop.project.test.sql(mark, [id])).rejects.toThrow(/under way/);
    await cancel(id, 1, 2);
    await expect(cancel(id, 1, 1)).rejects.toMatchObject({ code: 'order.has_shipped_lines' });
    const all = { orderId: id, lines: [{ line: 1, quantity: pcs(1) }] };
    await expect(shop.do('order.create-fulfilment', all)).rejects.toMatchObject({ code: 'order.exceeds_open_qty' });
    await shop.carry();
    const [, second] = (await get(id)).fulfilments;
    await shop.do('order.pack', { fulfilmentId: second.id });
    await shop.do('order.request-ship', { fulfilmentId: second.id });
    await shop.carry();
    expect(await get(id)).toMatchObject({
      status: 'fulfilled',
      refunded: { amount: '2200' },
      lines: [{ fulfilled: '2', cancelled: '2', invoiced: '2' }],
    });
    await expect(cancel(id, 1, 1)).rejects.toMatchObject({ code: 'order.not_changeable' });
    expect(await shop.level(thing)).toEqual({ onHand: 2, reserved: 0 });
  });

  test('after everything else has left, the order is fulfilled by it', async () => {
    const thing = await shop.addThing(1000, 3);
    const id = await paidOrder([[thing, 3]]);
    await ship(id, [{ line: 1, quantity: pcs(2) }]);
    await cancel(id, 1, 1);
    await shop.carry();
    expect(await get(id)).toMatchObject({
      status: 'fulfilled',
      fulfilmentStatus: 'full',
      refunded: { amount: '1100' },
    });
  });

  test('piece by piece until nothing is left, it is cancelled, at once or in turn', async () => {
    const thing = await shop.addThing(335, 3);
    const id = await paidOrder([[thing, 3]]);
    await Promise.all([cancel(id, 1, 1), cancel(id, 1, 2)]);
    await shop.carry();
    expect(await get(id)).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'refunded',
      lines: [{ cancelled: '3', invoiced: '0', leaving: '0' }],
    });
    expect(await shop.level(thing)).toEqual({ onHand: 3, reserved: 0 });
    expect(await openOf(id)).toEqual(settled);
    await expect(cancel(id, 1, 1)).rejects.toMatchObject({ code: 'order.not_changeable' });
  });

  test('what is asked wrongly is refused', async () => {
    const thing = await shop.addThing(1000, 2);
    const id = await paidOrder([[thing, 2]]);
    await expect(cancel(id, 7, 1)).rejects.toMatchObject({ code: 'order.line_unknown' });
    await expect(cancel(id, 1, 3)).rejects.toMatchObject({ code: 'order.exceeds_open_qty' });
    await expect(cancel(id, 1, 0)).rejects.toMatchObject({ code: 'common.invalid_input' });
    const kilos = [{ line: 1, quantity: { value: '1', uom: 'kg' } }];
    await expect(cancel(id, 1, 1, { lines: kilos })).rejects.toMatchObject({ code: 'order.unit_differs' });
    await expect(cancel(id, 1, 1, { expectedVersion: 1 })).rejects.toMatchObject({ code: 'common.stale_version' });
    const both = await Promise.allSettled([cancel(id, 1, 1), cancel(id, 1, 2)]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await shop.carry();
  });
});

const scan = (fulfilmentId: string, variantId: string, pieces: number) =>
  shop.do('order.pick', { fulfilmentId, variantId, quantity: pcs(pieces) });

describe('a parcel for which not everything is found', () => {
  test('leaves with what was, and the rest is credited and given back', async () => {
    const [one, two] = [await shop.addThing(1000, 3), await shop.addThing(500, 1)];
    const id = await paidOrder([
      [one, 3],
      [two, 1],
    ]);
    const { id: fulfilmentId } = await shop.do('order.create-fulfilment', { orderId: id });
    await scan(fulfilmentId, one, 2);
    await expect(shop.do('order.pack', { fulfilmentId })).rejects.toMatchObject({ code: 'order.short_pick' });
    expect(await shop.do('order.pack-short', { fulfilmentId })).toMatchObject({ state: 'packed' });
    await expect(shop.do('order.pack-short', { fulfilmentId })).rejects.toMatchObject({
      code: 'common.illegal_transition',
    });
    await shop.carry();
    expect(await get(id)).toMatchObject({
      status: 'in_fulfilment',
      refunded: { amount: '1650' },
      lines: [
        { cancelled: '1', invoiced: '2' },
        { cancelled: '1', invoiced: '0' },
      ],
      changes: [{ kind: 'short_pick', state: 'applied' }],
    });
    await shop.do('order.request-ship', { fulfilmentId });
    await shop.carry();
    expect(await get(id)).toMatchObject({ status: 'fulfilled' });
    expect(await shop.level(one)).toEqual({ onHand: 1, reserved: 0 });
    expect(await openOf(id)).toEqual(settled);
  });

  test('and of which nothing is found, ends the order', async () => {
    const thing = await shop.addThing(1000, 1);
    const id = await paidOrder([[thing, 1]]);
    const { id: fulfilmentId } = await shop.do('order.create-fulfilment', { orderId: id });
    expect(await shop.do('order.pack-short', { fulfilmentId })).toMatchObject({ state: 'cancelled', changeId: null });
    await shop.carry();
    expect(await get(id)).toMatchObject({ status: 'cancelled', paymentStatus: 'refunded' });
  });
});

/** So much of the first line. */
const line = (pieces: number, uom = 'pcs') => ({ lines: [{ line: 1, quantity: { value: String(pieces), uom } }] });

describe('a placed order is changed', () => {
  test('more costs what it costs now, and waits for its money; what is less is credited', async () => {
    const [one, two] = [await shop.addThing(1000, 5), await shop.addThing(300, 2)];
    const id = await paidOrder([[one, 2]]);
    const proposed = await propose(id, {
      lines: [{ line: 1, quantity: pcs(3) }],
      add: [{ variantId: two, quantity: pcs(1) }],
    });
    expect(proposed).toMatchObject({
      state: 'proposed',
      delta: { amount: '1430' },
      added: [
        { line: 2, net: { amount: '1000' } },
        { line: 3, net: { amount: '300' } },
      ],
    });
    expect(await get(id)).toMatchObject({ total: { amount: '2200' }, changes: [{ state: 'proposed' }] });
    const answers = await Promise.all([accept(proposed.id), accept(proposed.id)]);
    expect(answers).toMatchObject([{ state: 'payment_needed' }, { state: 'payment_needed' }]);
    await shop.carry();
    expect((await paymentsOf(id)).map(({ amount }) => amount)).toEqual(['2200', '1430']);
    expect(await get(id)).toMatchObject({ worth: { amount: '2200' }, changes: [{ state: 'payment_needed' }] });
    expect((await get(id)).lines).toHaveLength(1);
    expect(await shop.level(one)).toEqual({ onHand: 5, reserved: 3 });
    await pay(id);
    expect(await get(id)).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'paid',
      total: { amount: '2200' },
      worth: { amount: '3630' },
      lines: [{ invoiced: '2' }, { quantity: pcs(1), invoiced: '1', reserved: '1' }, { invoiced: '1', reserved: '1' }],
      changes: [{ state: 'applied' }],
    });
    expect(await openOf(id)).toEqual(settled);
    const proposals = await Promise.all([1, 2].map(() => propose(id, { add: [{ variantId: two, quantity: pcs(1) }] })));
    expect(new Set(proposals.map(({ added }) => added[0].line))).toEqual(new Set([4, 5]));
    const less = await propose(id, { lines: [{ line: 1, quantity: pcs(0) }] });
    expect(await accept(less.id)).toMatchObject({ state: 'accepted', delta: { amount: '-2200' } });
    await shop.carry();
    expect(await get(id)).toMatchObject({ worth: { amount: '1430' }, refunded: { amount: '2200' } });
    await ship(id);
    expect(await get(id)).toMatchObject({ status: 'fulfilled' });
    expect(await shop.level(one)).toEqual({ onHand: 4, reserved: 0 });
    expect(await openOf(id)).toEqual(settled);
    const told = (await shop.project.events()).filter(
      ({ type, subject }) => type === 'order.order.changed' && subject === id,
    );
    expect(told).toHaveLength(2);
  });

  test('one thing for another: the difference is asked for, and the credit settles the new invoice', async () => {
    const [one, two] = [await shop.addThing(1000, 2), await shop.addThing(1500, 2)];
    const id = await paidOrder([[one, 1]]);
    const { id: changeId } = await propose(id, {
      lines: [{ line: 1, quantity: pcs(0) }],
      add: [{ variantId: two, quantity: pcs(1) }],
    });
    await accept(changeId);
    await shop.carry();
    expect((await paymentsOf(id)).map(({ amount }) => amount)).toEqual(['1100', '550']);
    await pay(id);
    expect(await get(id)).toMatchObject({
      paymentStatus: 'paid',
      refunded: { amount: '0' },
      worth: { amount: '1650' },
      lines: [{ cancelled: '1', invoiced: '0' }, { invoiced: '1' }],
    });
    expect(await openOf(id)).toEqual(settled);
    expect(await shop.level(one)).toEqual({ onHand: 2, reserved: 0 });
    await ship(id);
    expect(await get(id)).toMatchObject({ status: 'fulfilled' });
  });

  test('nobody pays for it, or it is withdrawn, or it is not there: the order stays as it was', async () => {
    const thing = await shop.addThing(1000, 3);
    const id = await paidOrder([[thing, 1]]);
    const more = { lines: [{ line: 1, quantity: pcs(2) }] };
    const first = await propose(id, more);
    await accept(first.id);
    await shop.carry();
    const failed = (await paymentsOf(id)).at(-1)?.id;
    await shop.do('billing.tell-payment', { paymentId: failed, status: 'failed', failure: 'declined' });
    await shop.carry();
    const second = await propose(id, more);
    await accept(second.id);
    await shop.carry();
    shop.letPass(id, `change:${second.id}`);
    await shop.carry();
    const third = await propose(id, more);
    await accept(third.id);
    await shop.carry();
    await shop.do('order.withdraw-change', { changeId: third.id });
    await shop.carry();
    const fourth = await propose(id, { lines: [{ line: 1, quantity: pcs(9) }] });
    await accept(fourth.id);
    await shop.carry();
    expect(await get(id)).toMatchObject({
      status: 'confirmed',
      worth: { amount: '1100' },
      lines: [{ reserved: '1', leaving: '0' }],
      changes: [
        { state: 'rejected', resolution: 'payment_failed' },
        { state: 'rejected', resolution: 'payment_failed' },
        { state: 'withdrawn' },
        { state: 'rejected', resolution: 'inventory.insufficient_stock' },
      ],
    });
    expect(await shop.level(thing)).toEqual({ onHand: 3, reserved: 1 });
    // Money that comes for it all the same goes back.
    await pay(id);
    expect(await get(id)).toMatchObject({ refunded: { amount: '1100' }, captured: { amount: '2200' } });
    expect(await openOf(id)).toEqual(settled);
    await expect(accept(third.id)).rejects.toMatchObject({ code: 'common.illegal_transition' });
  });

  test('on account it goes ahead at once', async () => {
    const thing = await shop.addThing(1000, 3);
    const { id } = await shop.place([[thing, 1]], 'on_account');
    await shop.carry();
    await shop.do('order.resume-order', { orderId: id });
    await shop.carry();
    const { id: changeId } = await propose(id, { lines: [{ line: 1, quantity: pcs(3) }] });
    expect(await accept(changeId)).toMatchObject({ state: 'accepted' });
    await shop.carry();
    expect(await get(id)).toMatchObject({ worth: { amount: '3300' }, lines: [{ invoiced: '1' }, { invoiced: '2' }] });
    expect(await openOf(id)).toEqual({ invoices: 3300, notes: 0 });
  });

  test('what is wanted wrongly is refused', async () => {
    const thing = await shop.addThing(1000, 4);
    const id = await paidOrder([[thing, 2]]);
    for (const [change, code] of [
      [{}, 'order.nothing_changes'],
      [line(2), 'order.nothing_changes'],
      [line(0), 'order.nothing_left'],
      [line(-1), 'common.invalid_input'],
      [line(1, 'kg'), 'order.unit_differs'],
      [{ lines: [{ line: 4, quantity: pcs(1) }] }, 'order.line_unknown'],
      [{ add: [{ variantId: id, quantity: pcs(1) }] }, 'order.variant_inactive'],
      [{ add: [{ variantId: thing, quantity: { value: '0.5', uom: 'pcs' } }] }, 'order.qty_step'],
      [line(999_999_999_999), 'common.amount_out_of_range'],
      [{ expectedVersion: 1, ...line(1) }, 'common.stale_version'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other.
      await expect(propose(id, change)).rejects.toMatchObject({ code });
    }
    const { id: changeId, version } = await propose(id, line(1));
    await accept(changeId, { expectedVersion: version });
    await expect(accept(changeId, { expectedVersion: version })).rejects.toMatchObject({
      code: 'common.stale_version',
    });
    await shop.carry();
    const late = await propose(id, { add: [{ variantId: thing, quantity: pcs(1) }] });
    shop.setDay('2026-03-14');
    await expect(accept(late.id)).rejects.toMatchObject({ code: 'order.change_expired' });
    shop.setDay('2026-03-10');
    const gone = await propose(id, { add: [{ variantId: thing, quantity: pcs(1) }] });
    await shop.do('order.cancel-order', { orderId: id, reason: 'All' });
    await expect(accept(gone.id)).rejects.toMatchObject({ code: 'order.being_cancelled' });
    await shop.carry();
    await expect(accept(gone.id)).rejects.toMatchObject({ code: 'order.not_changeable' });
    await expect(propose(id, line(1))).rejects.toMatchObject({ code: 'order.not_changeable' });
  });

  test('nothing of another organisation is changed', async () => {
    const thing = await shop.addThing(1000, 2);
    const id = await paidOrder([[thing, 1]]);
    const { id: changeId } = await propose(id, { add: [{ variantId: thing, quantity: pcs(1) }] });
    const orgId = await shop.project.addOrganisation('neighbours');
    const as = { caller: await shop.project.addMember(['order.*', 'product.*', 'billing.*'], orgId) };
    for (const [name, input] of [
      ['order.propose-change', { orderId: id, reason: 'x', lines: [{ line: 1, quantity: pcs(2) }] }],
      ['order.accept-change', { changeId }],
      ['order.withdraw-change', { changeId }],
      ['order.cancel-order', { orderId: id, reason: 'x', lines: [{ line: 1, quantity: pcs(1) }] }],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other.
      await expect(shop.do(name, input, as)).rejects.toMatchObject({ code: 'common.not_found' });
    }
    for (const sql of [
      `update orders.order_changes set added_total = 0 where id = $1`,
      `update orders.order_changes set state = 'applied' where id = $1`,
      `delete from orders.order_changes where id = $1`,
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- each is refused by itself.
      await expect(shop.project.test.sql(sql, [changeId])).rejects.toThrow();
    }
    const add = `insert into orders.order_lines (org_id, order_id, change_id, line_no, variant_id, sku, title, is_stocked,
        quantity, uom, unit_price, tax_category, net, tax)
      select c.org_id, c.order_id, c.id, 9, l.variant_id, l.sku, l.title, l.is_stocked, 1, l.uom, l.unit_price, l.tax_category, 0, 0
      from orders.order_changes c join orders.order_lines l on l.order_id = c.order_id where c.id = $1`;
    await expect(shop.project.test.sql(add, [changeId])).rejects.toThrow(/Lines come with their order/);
  });
});

describe('what is not in stock yet', () => {
  test('is promised, and can be packed once it has come', async () => {
    await shop.do('order.set-policy', { whenShort: 'backorder', returnDays: 14 });
    const thing = await shop.addThing(1000, 1);
    const id = await paidOrder([[thing, 4]]);
    expect(await get(id)).toMatchObject({ status: 'confirmed', lines: [{ reserved: '4', promised: '3' }] });
    const all = [{ line: 1, quantity: pcs(2) }];
    await expect(shop.do('order.create-fulfilment', { orderId: id, lines: all })).rejects.toMatchObject({
      code: 'order.not_reserved',
      params: { wanted: '2', reserved: '1' },
    });
    await ship(id);
    expect(await get(id)).toMatchObject({ status: 'in_fulfilment', lines: [{ fulfilled: '1' }] });
    await expect(shop.do('order.create-fulfilment', { orderId: id })).rejects.toMatchObject({
      code: 'order.not_reserved',
    });
    await arrive(thing, 1);
    await shop.carry();
    expect(await get(id)).toMatchObject({ lines: [{ promised: '2' }] });
    // What is still to come is given up first.
    await cancel(id, 1, 1);
    await shop.carry();
    expect(await get(id)).toMatchObject({ lines: [{ promised: '1', cancelled: '1' }], refunded: { amount: '1100' } });
    await arrive(thing, 5);
    await shop.carry();
    const order = await get(id);
    expect(order).toMatchObject({ lines: [{ promised: '0', reserved: '3' }] });
    expect(order.history.filter(({ what }: { what: string }) => what === 'covered')).toHaveLength(2);
    await ship(id);
    expect(await get(id)).toMatchObject({ status: 'fulfilled' });
    expect(await shop.level(thing)).toEqual({ onHand: 4, reserved: 0 });
    expect(shop.tasks()).toEqual([]);
    await shop.do('order.set-policy', { returnDays: 14 });
  });
});
