import { randomUUID } from 'node:crypto';
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

const get = (orderId: string) => shop.do('order.get-order', { orderId });
const paymentOf = async (orderId: string): Promise<string> => {
  const sql = `select id from billing.payments where source_id = $1 order by id desc limit 1`;
  return (await shop.project.test.sql<{ id: string }>(sql, [orderId]))[0]?.id ?? '';
};
const capture = (paymentId: string, cents: number) =>
  shop.do('billing.tell-payment', {
    paymentId,
    status: 'captured',
    captured: { amount: String(cents), currency: 'USD' },
  });
async function paidOrder(pieces: number, cents = 1000): Promise<{ id: string; thing: string }> {
  const thing = await shop.addThing(cents, pieces);
  const { id } = await shop.place([[thing, pieces]]);
  await shop.carry();
  await capture(await paymentOf(id), (pieces * cents * 11) / 10);
  await shop.carry();
  return { id, thing };
}
async function ship(orderId: string, lines?: readonly object[]): Promise<string> {
  const { id: fulfilmentId } = await shop.do('order.create-fulfilment', { orderId, ...(lines && { lines }) });
  await shop.do('order.pack', { fulfilmentId });
  await shop.do('order.request-ship', { fulfilmentId });
  await shop.carry();
  return fulfilmentId;
}

describe('carts and placement', () => {
  test('a cart becomes one order, at the total the customer has seen, with all of it taken down', async () => {
    const thing = await shop.addThing(250, 5);
    const { cartId, total } = await shop.fillCart([[thing, 2]]);
    expect(total).toEqual({ amount: '550', currency: 'USD' });
    const wrong = { cartId, expectedTotal: { amount: '549', currency: 'USD' }, tender: 'by_hand' };
    await expect(shop.do('order.place-order', wrong)).rejects.toMatchObject({ code: 'order.price_changed' });
    const placing = { cartId, expectedTotal: total, tender: 'by_hand' };
    const both = await Promise.allSettled([
      shop.do('order.place-order', placing),
      shop.do('order.place-order', placing),
    ]);
    const { number, id } = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))[0];
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(shop.do('order.place-order', placing)).rejects.toMatchObject({
      code: 'order.already_placed',
      params: { number, orderId: id },
    });
    await expect(
      shop.do('order.add-line', { cartId, variantId: thing, quantity: { value: '1', uom: 'pcs' } }),
    ).rejects.toMatchObject({ code: 'order.cart_closed' });
    expect(await get(id)).toMatchObject({
      status: 'placed',
      paymentStatus: 'none',
      net: { amount: '500' },
      tax: { amount: '50' },
    });
    for (const change of [
      `update orders.orders set total = total + 1, net = net + 1 where id = $1`,
      `update orders.orders set status = 'completed' where id = $1`,
      `delete from orders.orders where id = $1`,
      `update orders.order_lines set unit_price = 1 where order_id = $1`,
      `update orders.order_lines set qty_fulfilled = quantity + 1 where order_id = $1`,
      `insert into orders.order_lines select order_id, org_id, 9, variant_id, sku, title, choices, is_stocked, quantity, uom,
         unit_price, discount, tax_category, taxes, net, tax from orders.order_lines where order_id = $1`,
      `delete from orders.history where order_id = $1`,
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- each is refused by itself.
      await expect(shop.project.test.sql(change, [id])).rejects.toThrow();
    }
  });

  test('what is not sold, in a wrong unit or in no step of it is refused, and an empty cart is no order', async () => {
    const thing = await shop.addThing(100, 1);
    await expect(shop.fillCart([[randomUUID(), 1]])).rejects.toMatchObject({ code: 'order.variant_inactive' });
    await expect(shop.fillCart([[thing, 1.5]])).rejects.toMatchObject({ code: 'order.qty_step' });
    const { id: cartId } = await shop.do('order.open-cart', { currency: 'USD' });
    const placing = { cartId, expectedTotal: { amount: '0', currency: 'USD' }, tender: 'online' };
    await expect(shop.do('order.place-order', placing)).rejects.toMatchObject({ code: 'order.address_incomplete' });
    const kilos = { cartId, variantId: thing, quantity: { value: '1', uom: 'kg' } };
    const { line } = await shop.do('order.add-line', kilos);
    await expect(shop.do('order.get-cart', { cartId })).rejects.toMatchObject({ code: 'order.unit_differs' });
    await shop.do('order.update-line', { cartId, line, quantity: { value: '2', uom: 'pcs' } });
    expect((await shop.do('order.get-cart', { cartId })).priced.total).toEqual({ amount: '220', currency: 'USD' });
    await shop.do('order.remove-line', { cartId, line });
    expect((await shop.do('order.get-cart', { cartId })).priced).toBeNull();
  });

  test('numbers have no gap, however many are placed at once and refused', async () => {
    const thing = await shop.addThing(100, 0);
    const carts = await Promise.all(Array.from({ length: 8 }, () => shop.fillCart([[thing, 1]])));
    const numbers = await Promise.all(
      carts.map(async ({ cartId, total }, index) => {
        const expectedTotal = index % 4 === 0 ? { ...total, amount: '1' } : total;
        const placing = { cartId, expectedTotal, tender: 'by_hand', branch: 'G' };
        return shop.do('order.place-order', placing).then(
          ({ number }) => Number(number.split('-').at(-1)),
          () => null,
        );
      }),
    );
    expect(numbers.filter((one) => one !== null).toSorted((left, right) => left - right)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('from order to money', () => {
  test('an order is held, invoiced, paid, shipped in two parcels, delivered and completed', async () => {
    const { id, thing } = await paidOrder(3);
    expect(await get(id)).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'paid',
      lines: [{ reserved: '3', invoiced: '3' }],
    });
    expect(await shop.level(thing)).toEqual({ onHand: 3, reserved: 3 });
    const first = await ship(id, [{ line: 1, quantity: { value: '1', uom: 'pcs' } }]);
    expect(await get(id)).toMatchObject({ status: 'in_fulfilment', fulfilmentStatus: 'partial' });
    await expect(shop.do('order.cancel-order', { orderId: id, reason: 'No' })).rejects.toMatchObject({
      code: 'order.has_shipped_lines',
    });
    const second = await ship(id);
    expect(await get(id)).toMatchObject({ status: 'fulfilled', fulfilmentStatus: 'full' });
    expect(await shop.level(thing)).toEqual({ onHand: 0, reserved: 0 });
    for (const fulfilmentId of [first, second]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other.
      await shop.do('order.mark-delivered', { fulfilmentId });
    }
    await shop.carry();
    shop.letPass(id, 'window');
    await shop.carry();
    expect(await get(id)).toMatchObject({ status: 'completed' });
  });

  test('an order of which not everything is there is rejected, and nothing of it is held or owed', async () => {
    const thing = await shop.addThing(500, 1);
    const { id } = await shop.place([[thing, 2]]);
    await shop.carry();
    expect(await get(id)).toMatchObject({
      status: 'rejected',
      lines: [{ cancelled: '2', reserved: '0', invoiced: '0' }],
    });
    expect(await shop.level(thing)).toEqual({ onHand: 1, reserved: 0 });
  });

  test('a payment that fails takes invoice and hold back', async () => {
    const thing = await shop.addThing(500, 2);
    const { id } = await shop.place([[thing, 2]]);
    await shop.carry();
    await shop.do('billing.tell-payment', { paymentId: await paymentOf(id), status: 'failed', failure: 'declined' });
    await shop.carry();
    expect(await get(id)).toMatchObject({ status: 'cancelled', paymentStatus: 'failed', lines: [{ invoiced: '0' }] });
    expect(await shop.level(thing)).toEqual({ onHand: 2, reserved: 0 });
  });

  test('money that comes after the end goes back, and somebody is told', async () => {
    const thing = await shop.addThing(500, 2);
    const { id } = await shop.place([[thing, 2]]);
    await shop.carry();
    shop.letPass(id, 'payment');
    await shop.carry();
    expect(await get(id)).toMatchObject({ status: 'cancelled' });
    const paymentId = await paymentOf(id);
    await capture(paymentId, 1100);
    await shop.carry();
    expect(await get(id)).toMatchObject({ paymentStatus: 'refunded' });
    expect(shop.tasks()).toContain(`late-payment:${paymentId}`);
    shop.settle(`late-payment:${paymentId}`);
  });

  test('a paid order is cancelled: credited, given back, released, and then cancelled', async () => {
    const { id, thing } = await paidOrder(2);
    expect(await shop.do('order.cancel-order', { orderId: id, reason: 'Changed my mind' })).toMatchObject({
      status: 'confirmed',
      isBeingCancelled: true,
    });
    await expect(shop.do('order.create-fulfilment', { orderId: id })).rejects.toMatchObject({
      code: 'order.being_cancelled',
    });
    await shop.carry();
    expect(await get(id)).toMatchObject({
      status: 'cancelled',
      paymentStatus: 'refunded',
      lines: [{ cancelled: '2', invoiced: '0' }],
    });
    expect(await shop.level(thing)).toEqual({ onHand: 2, reserved: 0 });
  });

  test('an order on account waits for somebody, and is invoiced and confirmed without money', async () => {
    const thing = await shop.addThing(700, 1);
    const { id, status } = await shop.place([[thing, 1]], 'on_account');
    expect(status).toBe('on_hold');
    await shop.carry();
    expect(await get(id)).toMatchObject({ status: 'on_hold', lines: [{ reserved: '1', invoiced: '0' }] });
    await shop.do('order.resume-order', { orderId: id });
    await shop.carry();
    expect(await get(id)).toMatchObject({ status: 'confirmed', paymentStatus: 'none', lines: [{ invoiced: '1' }] });
  });

  test('goods that come back are credited, given back and on the shelf again, but for what is scrapped', async () => {
    const { id, thing } = await paidOrder(3);
    const fulfilmentId = await ship(id);
    await shop.do('order.mark-delivered', { fulfilmentId });
    const asked = { orderId: id, lines: [{ line: 1, quantity: { value: '2', uom: 'pcs' } }], reason: 'Broken' };
    const { id: returnId } = await shop.do('order.request-return', asked);
    await expect(shop.do('order.request-return', asked)).rejects.toMatchObject({ code: 'order.exceeds_fulfilled' });
    await shop.do('order.approve-return', { returnId });
    await shop.do('order.receive-return', { returnId });
    const lines = [{ line: 1, restock: '1', scrap: '1' }];
    await shop.do('order.inspect-return', { returnId, lines, locationId: shop.shelf });
    await shop.carry();
    expect(await get(id)).toMatchObject({
      paymentStatus: 'partially_refunded',
      fulfilmentStatus: 'partially_returned',
      refunded: { amount: '2200' },
      lines: [{ returned: '2', invoiced: '1' }],
      returns: [{ state: 'closed' }],
    });
    expect(await shop.level(thing)).toEqual({ onHand: 1, reserved: 0 });
  });
});

test('goods that are back before their parcel is invoiced wait for the invoice, and their money goes back', async () => {
  await shop.do('order.set-policy', { invoiceOn: 'ship' });
  const { id, thing } = await paidOrder(2);
  const { id: fulfilmentId } = await shop.do('order.create-fulfilment', { orderId: id });
  await shop.do('order.pack', { fulfilmentId });
  await shop.do('order.request-ship', { fulfilmentId });
  await shop.carry();
  await shop.do('order.mark-delivered', { fulfilmentId });
  const lines = [{ line: 1, quantity: { value: '1', uom: 'pcs' } }];
  const { id: returnId } = await shop.do('order.request-return', { orderId: id, lines, reason: 'Broken' });
  await shop.do('order.approve-return', { returnId });
  await shop.do('order.receive-return', { returnId });
  const inspect = { returnId, lines: [{ line: 1, restock: '1' }], locationId: shop.shelf };
  const past = async (kind: string) => {
    await shop.project.test.sql('set session_replication_role = replica');
    await shop.project.test.sql(
      `update orders.documents set order_id = ${kind} where label like 'INV%' and order_id in ($1, $2)`,
      [id, other],
    );
    await shop.project.test.sql('reset session_replication_role');
  };
  const { id: other } = await shop.place([[thing, 1]], 'by_hand');
  await past('$2::uuid');
  await expect(shop.do('order.inspect-return', inspect)).rejects.toMatchObject({ code: 'common.busy' });
  await past('$1::uuid');
  await shop.do('order.inspect-return', inspect);
  await shop.carry();
  expect(await get(id)).toMatchObject({ refunded: { amount: '1100' } });
});

test('nothing of another organisation is seen or changed', async () => {
  const { id } = await shop.place([[await shop.addThing(100, 0), 1]], 'by_hand');
  const orgId = await shop.project.addOrganisation('others');
  const stranger = await shop.project.addMember(['order.*', 'product.*', 'billing.*'], orgId);
  const as = { caller: stranger };
  await expect(shop.do('order.get-order', { orderId: id }, as)).rejects.toMatchObject({ code: 'common.not_found' });
  await expect(shop.do('order.cancel-order', { orderId: id, reason: 'x' }, as)).rejects.toMatchObject({
    code: 'common.not_found',
  });
  expect((await shop.do('order.list-orders', {}, as)).orders).toEqual([]);
});
