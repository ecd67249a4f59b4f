import { setTimeout as delay } from 'node:timers/promises';
import { AshlarError } from '@ashlar/kernel';
import type { ProjectDatabase } from '@ashlar/postgres';
import { proofSize } from '@ashlar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OrderShop, openOrderShop } from './orders.fixture.ts';

/** Who want the last of a coupon at once, and how often it is good. */
const PLACING = proofSize('coupon-race', { short: 8, full: 200 });
const LIMIT = proofSize('coupon-race', { short: 3, full: 73 });

let shop: OrderShop;
beforeAll(async () => {
  shop = await openOrderShop({ invoiceOn: 'place', discountLimit: 10 });
});
afterAll(async () => {
  // Whatever the tests of this file did, orders, promotions, stock and books agree.
  expect(await shop.drifts()).toEqual([]);
  await shop[Symbol.asyncDispose]();
});

const usd = (cents: number) => ({ amount: String(cents), currency: 'USD' });
const title = { en: 'Spring', ar: 'الربيع' };
const priced = async (cartId: string) => (await shop.do('order.get-cart', { cartId })).priced;
const get = (orderId: string) => shop.do('order.get-order', { orderId });
let codes = 0;
/** A promotion with one coupon. */
async function coupon(terms: object, usageLimit?: number): Promise<{ id: string; code: string; couponId: string }> {
  codes += 1;
  const code = `Code-${codes}`;
  const { id } = await shop.do('order.create-promotion', { type: 'percent', percent: '10', title, ...terms });
  const more = { promotionId: id, codes: [code], ...(usageLimit === undefined ? {} : { usageLimit }) };
  const { coupons } = await shop.do('order.add-coupons', more);
  return { id, code, couponId: coupons[0].id };
}
const apply = (cartId: string, code: string) => shop.do('order.apply-coupon', { cartId, code });
async function place(cartId: string, tender = 'by_hand'): Promise<{ id: string; total: { amount: string } }> {
  return shop.do('order.place-order', { cartId, expectedTotal: (await priced(cartId)).total, tender });
}
/** As a client asks: what may succeed later is asked again. */
async function answered(name: string, input: object): Promise<{ id: string }> {
  for (;;) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one attempt after the other.
      return await shop.do(name, input);
    } catch (error) {
      if (!(error instanceof AshlarError) || !error.retryable) throw error;
      // oxlint-disable-next-line no-await-in-loop
      await delay(Math.random() * 200);
    }
  }
}
const documentsOf = (orderId: string) =>
  shop.project.test.sql<{ id: string; kind: string; total: string; lines: string[] }>(
    `select i.id, i.kind, i.total::text, array_agg(l.kind || ' ' || l.net || '+' || l.tax || '-' || l.discount order by l.line_no) as lines
     from billing.invoices i join billing.invoice_lines l on l.invoice_id = i.id
     where i.source_id = $1 group by i.id order by i.id`,
    [orderId],
  );
async function ship(orderId: string, lines?: readonly object[]): Promise<string> {
  const { id: fulfilmentId } = await shop.do('order.create-fulfilment', { orderId, ...(lines && { lines }) });
  await shop.do('order.pack', { fulfilmentId });
  await shop.do('order.request-ship', { fulfilmentId });
  await shop.carry();
  return fulfilmentId;
}
const pcs = (count: number) => ({ value: String(count), uom: 'pcs' });
async function giveBack(orderId: string, line: number, count: number): Promise<void> {
  const lines = [{ line, quantity: pcs(count) }];
  const { id: returnId } = await shop.do('order.request-return', { orderId, lines, reason: 'No' });
  await shop.do('order.approve-return', { returnId });
  await shop.do('order.receive-return', { returnId });
  await shop.do('order.inspect-return', { returnId, lines: [{ line, scrap: String(count) }] });
  await shop.carry();
}

describe('coupons', () => {
  test('a code is good in any case, shown in the cart, snapshotted on the order, and leads to one promotion', async () => {
    const thing = await shop.addThing(1000, 0);
    const { id, code } = await coupon({ type: 'fixed', percent: undefined, amount: usd(150) });
    const { cartId } = await shop.fillCart([[thing, 2]]);
    await apply(cartId, code.toUpperCase());
    await apply(cartId, code.toLowerCase());
    expect(await priced(cartId)).toMatchObject({
      net: usd(1850),
      tax: usd(185),
      total: usd(2035),
      discount: usd(150),
      promotions: [{ id, coupon: code, state: 'applied', amount: usd(150) }],
    });
    await shop.do('order.remove-coupon', { cartId, code });
    expect(await priced(cartId)).toMatchObject({ total: usd(2200), promotions: [] });
    await expect(shop.do('order.remove-coupon', { cartId, code })).rejects.toMatchObject({
      code: 'order.coupon_unknown',
    });
    await apply(cartId, code);
    const { id: orderId } = await place(cartId);
    expect(await get(orderId)).toMatchObject({
      total: usd(2035),
      lines: [{ discount: usd(150), net: usd(1850), tax: usd(185) }],
      adjustments: [{ line: 1, source: 'promotion', coupon: code, title, amount: usd(150) }],
    });
    await expect(shop.do('order.add-coupons', { promotionId: id, codes: [code.toUpperCase()] })).rejects.toMatchObject({
      code: 'order.code_taken',
    });
    const both = await Promise.allSettled(
      ['Twin', 'TWIN'].map((one) => shop.do('order.add-coupons', { promotionId: id, codes: [one] })),
    );
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('a coupon is refused in words that say why', async () => {
    const [thing, other] = [await shop.addThing(1000, 0), await shop.addThing(500, 0)];
    const { cartId } = await shop.fillCart([[thing, 1]]);
    const refused = async (code: string, why: string): Promise<void> => {
      await expect(apply(cartId, code)).rejects.toMatchObject({ code: `order.${why}` });
    };
    await refused('No-Such-Code', 'coupon_unknown');
    const ended = await coupon({});
    await shop.do('order.end-promotion', { promotionId: ended.id });
    await refused(ended.code, 'expired');
    const withdrawn = await coupon({});
    await shop.do('order.withdraw-coupon', { couponId: withdrawn.couponId });
    await refused(withdrawn.code, 'expired');
    await refused((await coupon({ validTo: '2026-03-10T12:00:00Z' })).code, 'expired');
    await refused((await coupon({ validFrom: '2026-03-10T12:00:01Z' })).code, 'expired');
    await refused((await coupon({ minimum: usd(1001) })).code, 'not_eligible');
    await refused((await coupon({ rules: { variants: [other] } })).code, 'not_eligible');
    await refused((await coupon({ rules: { channels: ['pos'] } })).code, 'not_eligible');
    await refused((await coupon({ perCustomerLimit: 1 })).code, 'not_eligible');
    await refused((await coupon({ budget: usd(99) })).code, 'usage_exhausted');
    const once = await coupon({}, 1);
    const first = await shop.fillCart([[thing, 1]]);
    await apply(first.cartId, once.code);
    await place(first.cartId);
    await refused(once.code, 'usage_exhausted');
    await apply(cartId, (await coupon({})).code);
    await refused((await coupon({ percent: '50' })).code, 'not_stackable');
    await refused((await coupon({ percent: '5' })).code, 'not_stackable');
  });

  test('goods are known by product and category, whatever is above them', async () => {
    const variantId = await shop.addThing(1000, 0);
    const [row] = await shop.project.test.sql<{ id: string }>(
      `select product_id as id from product.variants where id = $1`,
      [variantId],
    );
    const { id: above } = await shop.do('product.create-category', { title: { en: 'Toys' }, slug: 'toys' });
    const { id: below } = await shop.do('product.create-category', {
      title: { en: 'Cars' },
      slug: 'cars',
      parentId: above,
    });
    await shop.project.test.sql(
      `insert into product.product_categories (org_id, product_id, category_id)
       select org_id, id, $2 from product.products where id = $1`,
      [row?.id, below],
    );
    const { cartId } = await shop.fillCart([[variantId, 1]]);
    await apply(cartId, (await coupon({ stackable: true, rules: { categories: [above] } })).code);
    await apply(cartId, (await coupon({ stackable: true, rules: { products: [row?.id] } })).code);
    expect(await priced(cartId)).toMatchObject({ discount: usd(190) });
  });

  test('whoever tries codes that do not exist is stopped, and others are not', async () => {
    const { cartId } = await shop.fillCart([[await shop.addThing(1000, 0), 1]]);
    const { code } = await coupon({});
    const [guesser, other] = [
      await shop.project.addMember(['order.*']),
      await shop.project.addMember(['order.*', 'product.read', 'billing.read']),
    ];
    const attempt = (caller: object, guess: string) =>
      shop.do('order.apply-coupon', { cartId, code: guess }, { caller }).then(
        () => 'applied',
        (error: { code: string }) => error.code,
      );
    const answers = [];
    for (let guess = 0; guess < 12; guess += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one guess after the other.
      answers.push(await attempt(guesser, `guess-${guess}`));
    }
    expect(answers.filter((answer) => answer === 'order.coupon_unknown')).toHaveLength(10);
    expect(await attempt(guesser, code)).toBe('order.coupon_tries');
    expect(await attempt(other, code)).toBe('applied');
  });
});

describe('placing with promotions', () => {
  test('a promotion that ended between the look and the placement changes the price', async () => {
    const { id } = await shop.do('order.create-promotion', {
      type: 'percent',
      percent: '25',
      isAutomatic: true,
      title,
      rules: { channels: ['web'] },
    });
    const { cartId, total } = await shop.fillCart([[await shop.addThing(1000, 0), 1]]);
    expect(total).toEqual(usd(825));
    await shop.do('order.end-promotion', { promotionId: id });
    await expect(
      shop.do('order.place-order', { cartId, expectedTotal: total, tender: 'by_hand' }),
    ).rejects.toMatchObject({ code: 'order.price_changed', params: { old: '825 USD', new: '1100 USD' } });
    await shop.do('order.place-order', { cartId, expectedTotal: usd(1100), tender: 'by_hand' });
  });

  test('of many who place at once as many have a coupon as it is good for, and what ends is good for others again', async () => {
    const thing = await shop.addThing(1000, 1);
    const { id, code } = await coupon({ usageLimit: LIMIT, budget: usd(100 * LIMIT + 50) });
    const carts: string[] = [];
    for (let count = 0; count < PLACING; count += 1) {
      // oxlint-disable-next-line no-await-in-loop -- the race comes later.
      const { cartId } = await shop.fillCart([[thing, 1]]);
      // oxlint-disable-next-line no-await-in-loop
      await apply(cartId, code);
      carts.push(cartId);
    }
    const placed = await Promise.allSettled(
      carts.map((cartId) => answered('order.place-order', { cartId, expectedTotal: usd(990), tender: 'by_hand' })),
    );
    expect(placed.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMIT);
    const whys = new Set(placed.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : [])));
    expect([...whys]).toEqual(['order.price_changed']);
    const usage = async () => {
      const { promotions } = await shop.do('order.list-promotions', { limit: 200 });
      const { used, spent } = promotions.find((one: { id: string }) => one.id === id);
      return [used, spent];
    };
    expect(await usage()).toEqual([LIMIT, String(100 * LIMIT)]);
    const [first] = placed.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
    await shop.do('order.cancel-order', { orderId: first, reason: 'No' });
    await shop.carry();
    // One piece was there: all but one of the orders were rejected, and one was cancelled or rejected before that.
    const [standing] = await shop.project.test.sql<{ count: string }>(
      `select count(*) from orders.promotion_uses u join orders.orders o on o.id = u.order_id
       where u.promotion_id = $1 and o.status not in ('cancelled', 'rejected')`,
      [id],
    );
    const used = Number(standing?.count);
    expect(used).toBeLessThan(LIMIT);
    expect(await usage()).toEqual([used, String(100 * used)]);
    const again = await shop.fillCart([[thing, 1]]);
    await apply(again.cartId, code);
    expect((await place(again.cartId)).total).toEqual(usd(990));
  });

  test('one customer has it as often as one customer may', async () => {
    const thing = await shop.addThing(1000, 0);
    const { code } = await coupon({ perCustomerLimit: 1 });
    const fill = async (customerId: string) => {
      const lines = [{ variantId: thing, quantity: pcs(1) }];
      const { id: cartId } = await shop.do('order.open-cart', { currency: 'USD', customerId, lines });
      const shipTo = { name: 'Ada', lines: 'Road 1', country: 'IQ' };
      await shop.do('order.set-address', { cartId, party: { name: 'Ada' }, shipTo });
      return cartId as string;
    };
    const [ada, bob] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'] as const;
    const carts = [await fill(ada), await fill(ada), await fill(bob)];
    for (const cartId of carts) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other.
      await apply(cartId, code);
    }
    const placed = await Promise.allSettled(
      carts.map((cartId) => shop.do('order.place-order', { cartId, expectedTotal: usd(990), tender: 'by_hand' })),
    );
    expect(placed.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(placed[2]?.status).toBe('fulfilled');
    await expect(apply(await fill(ada), code)).rejects.toMatchObject({ code: 'order.usage_exhausted' });
  });

  test('an order that comes to nothing is invoiced and confirmed without money', async () => {
    const { cartId } = await shop.fillCart([[await shop.addThing(1000, 1), 1]]);
    await apply(cartId, (await coupon({ percent: '100' })).code);
    const { id, total } = await place(cartId, 'online');
    expect(total).toEqual(usd(0));
    await shop.carry();
    expect(await get(id)).toMatchObject({ status: 'confirmed', lines: [{ invoiced: '1', discount: usd(1000) }] });
    await shop.do('order.cancel-order', { orderId: id, reason: 'No' });
    await shop.carry();
    expect(await get(id)).toMatchObject({ status: 'cancelled', lines: [{ invoiced: '0' }] });
  });

  test('placing takes as many statements for many lines as for one', async () => {
    const { code } = await coupon({ stackable: true });
    await shop.do('order.create-promotion', { type: 'buy_x_get_y', buy: 9, get: 1, isAutomatic: true, title });
    const things = [];
    for (let count = 0; count < 12; count += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other.
      things.push(await shop.addThing(100 + count, 0));
    }
    const statementsFor = async (lines: readonly (readonly [string, number])[]): Promise<number> => {
      const { cartId } = await shop.fillCart(lines);
      await apply(cartId, code);
      const total = (await priced(cartId)).total;
      let statements = 0;
      const { database } = shop.project.test;
      const counting: ProjectDatabase = Object.create(database, {
        transaction: {
          value: (...[options, run]: Parameters<ProjectDatabase['transaction']>) =>
            database.transaction(options, async (tx) =>
              run({
                query: (text, values) => ((statements += 1), tx.query(text, values)),
                execute: (step) => ((statements += 1), tx.execute(step)),
                executeAll: (all) => ((statements += all.length), tx.executeAll(all)),
              }),
            ),
        },
      });
      await shop.do('order.place-order', { cartId, expectedTotal: total, tender: 'by_hand' }, { database: counting });
      return statements;
    };
    const one = await statementsFor([[things[0] ?? '', 10]]);
    expect(await statementsFor(things.map((thing) => [thing, 3] as const))).toBe(one);
  });
});

describe('discounts by hand', () => {
  test('one person takes off up to the limit, a line or all of it, and more only with the right to', async () => {
    const [thing, other] = [await shop.addThing(1000, 0), await shop.addThing(333, 0)];
    const { cartId } = await shop.fillCart([
      [thing, 1],
      [other, 3],
    ]);
    const [clerk, manager] = [
      await shop.project.addMember(['order.read', 'order.place', 'order.discount', 'product.read', 'billing.read']),
      await shop.project.addMember(['order.*', 'product.read', 'billing.read']),
    ];
    const set = (input: object, caller: object = clerk) =>
      shop.do('order.set-discount', { cartId, reason: 'Scratched', ...input }, { caller });
    await set({ line: 2, percent: '10' });
    expect(await priced(cartId)).toMatchObject({ discount: usd(100), lines: [{}, { discount: usd(100) }] });
    await expect(set({ percent: '10' })).rejects.toMatchObject({ code: 'order.over_limit' });
    await expect(set({ line: 1, amount: usd(101) })).rejects.toMatchObject({ code: 'order.over_limit' });
    await set({ line: 1, amount: usd(99) });
    await set({ percent: '50' }, manager);
    expect(await priced(cartId)).toMatchObject({ discount: usd(199 + 900) });
    await set({ line: 1 });
    const { line } = await shop.do('order.add-line', {
      cartId,
      variantId: await shop.addThing(100, 0),
      quantity: pcs(1),
    });
    await set({ line, amount: usd(100) }, manager);
    await shop.do('order.remove-line', { cartId, line });
    const { id, total } = await place(cartId);
    expect(total).toEqual(usd(1044));
    expect(await get(id)).toMatchObject({
      adjustments: [
        { line: 2, source: 'manual', reason: 'Scratched', amount: usd(100) },
        { line: 1, source: 'manual', amount: usd(500) },
        { line: 2, source: 'manual', amount: usd(450) },
      ],
    });
    const beginner = await shop.project.addMember(['order.read', 'order.place', 'product.read', 'billing.read']);
    await expect(set({ percent: '1' }, beginner)).rejects.toMatchObject({ code: 'common.permission_denied' });
  });

  test.each([
    ['a percentage of nothing', { percent: '0' }],
    ['more than all', { percent: '100.000001' }],
    ['a negative amount', { amount: usd(-5) }],
    ['both at once', { percent: '5', amount: usd(5) }],
    ['no reason', { percent: '5', reason: undefined }],
    ['another currency', { amount: { amount: '5', currency: 'EUR' } }],
    ['a line that is not there', { percent: '5', line: 7 }],
    ['an unknown member', { percent: '5', extra: true }],
  ])('%s is refused', async (_what, input) => {
    const { cartId } = await shop.fillCart([[await shop.addThing(1000, 0), 1]]);
    await expect(shop.do('order.set-discount', { cartId, reason: 'Why not', ...input })).rejects.toMatchObject({
      kind: expect.stringMatching(/^(unprocessable|not_found|malformed)$/),
    });
  });

  test('what was within the limit is refused when the limit is lower by then', async () => {
    const { cartId } = await shop.fillCart([[await shop.addThing(1000, 0), 1]]);
    await shop.do(
      'order.set-discount',
      { cartId, percent: '10', reason: 'Regular' },
      {
        caller: await shop.project.addMember([
          'order.discount',
          'order.place',
          'order.read',
          'product.read',
          'billing.read',
        ]),
      },
    );
    await shop.do('order.set-policy', { discountLimit: 5 });
    await expect(place(cartId)).rejects.toMatchObject({ code: 'order.over_limit' });
    await shop.do('order.set-policy', { discountLimit: 10 });
    await place(cartId);
  });
});

describe('shipping', () => {
  const zones = [
    { countries: ['IQ'], price: '500', freeFrom: '5000' },
    { countries: ['TR', 'JO'], price: '2500' },
  ];
  async function addMethod(): Promise<string> {
    codes += 1;
    const method = { code: `M${codes}`, title: { en: 'Courier' }, currency: 'USD', taxCategory: 'standard', zones };
    return (await shop.do('order.add-shipping-method', method)).id;
  }

  test('it is charged by the zone, taxed, free above a total, and a line of its own on order and invoice', async () => {
    const thing = await shop.addThing(999, 9);
    const methodId = await addMethod();
    const { cartId } = await shop.fillCart([[thing, 3]]);
    const { methods } = await shop.do('order.list-shipping-methods', { cartId });
    expect(methods.find((one: { id: string }) => one.id === methodId)).toMatchObject({ price: usd(500) });
    await shop.do('order.set-shipping-method', { cartId, methodId });
    expect(await priced(cartId)).toMatchObject({
      net: usd(2997),
      tax: usd(350),
      shipping: { net: usd(500), tax: usd(50) },
      total: usd(3847),
    });
    const to = (country: string) =>
      shop.do('order.set-address', { cartId, party: { name: 'Ada' }, shipTo: { name: 'Ada', lines: '1', country } });
    await to('FR');
    await expect(shop.do('order.get-cart', { cartId })).rejects.toMatchObject({ code: 'order.zone_unserved' });
    await expect(shop.do('order.set-shipping-method', { cartId, methodId })).rejects.toMatchObject({
      code: 'order.zone_unserved',
    });
    await to('JO');
    expect(await priced(cartId)).toMatchObject({ shipping: { net: usd(2500) } });
    await to('IQ');
    await shop.do('order.update-line', { cartId, line: 1, quantity: pcs(6) });
    expect(await priced(cartId)).toMatchObject({ shipping: { net: usd(0), tax: usd(0) } });
    await shop.do('order.update-line', { cartId, line: 1, quantity: pcs(3) });
    const { code } = await coupon({ type: 'shipping', percent: '50' });
    await apply(cartId, code);
    const { id, total } = await place(cartId);
    await shop.carry();
    expect(total).toEqual(usd(3847 - 275));
    expect(await get(id)).toMatchObject({
      net: usd(2997),
      tax: usd(325),
      total,
      shipping: [{ discount: usd(250), net: usd(250), tax: usd(25) }],
    });
    expect(await documentsOf(id)).toMatchObject([
      { total: total.amount, lines: ['item 2997+300-0', 'shipping 250+25-250'] },
    ]);
  });

  test('a method that is retired, or not of the address, is no choice any more', async () => {
    const methodId = await addMethod();
    const { cartId } = await shop.fillCart([[await shop.addThing(100, 0), 1]]);
    await shop.do('order.set-shipping-method', { cartId, methodId });
    const terms = { methodId, title: { en: 'Courier' }, taxCategory: 'standard', zones };
    await shop.do('order.change-shipping-method', { ...terms, isOffered: false });
    await expect(shop.do('order.get-cart', { cartId })).rejects.toMatchObject({ code: 'order.shipping_gone' });
    await shop.do('order.set-shipping-method', { cartId });
    expect(await priced(cartId)).toMatchObject({ shipping: null, total: usd(110) });
    const { id: bare } = await shop.do('order.open-cart', { currency: 'USD' });
    await expect(
      shop.do('order.set-shipping-method', { cartId: bare, methodId: await addMethod() }),
    ).rejects.toMatchObject({ code: 'order.address_incomplete' });
  });

  test('invoices by parcel and credit notes add up to the order, to the cent', async () => {
    await shop.do('order.set-policy', { invoiceOn: 'ship', captureOn: 'ship' });
    const [thing, other] = [await shop.addThing(333, 7), await shop.addThing(1099, 2)];
    const { cartId } = await shop.fillCart([
      [thing, 7],
      [other, 2],
    ]);
    await apply(cartId, (await coupon({ type: 'fixed', percent: undefined, amount: usd(1000) })).code);
    await shop.do('order.set-shipping-method', { cartId, methodId: await addMethod() });
    const { id, total } = await place(cartId);
    await shop.carry();
    const parcels = [];
    for (const lines of [
      [{ line: 1, quantity: pcs(2) }],
      [
        { line: 1, quantity: pcs(3) },
        { line: 2, quantity: pcs(1) },
      ],
      [
        { line: 1, quantity: pcs(2) },
        { line: 2, quantity: pcs(1) },
      ],
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one parcel after the other.
      parcels.push(await ship(id, lines));
    }
    const invoices = await documentsOf(id);
    expect(invoices).toHaveLength(3);
    expect(invoices.reduce((sum, one) => sum + Number(one.total), 0)).toBe(Number(total.amount));
    expect(invoices.flatMap(({ lines }) => lines).filter((line) => line.startsWith('shipping'))).toHaveLength(1);
    // All goods come back, piece by piece: what was paid for them goes back, and what was paid for sending them does not.
    await shop.do('order.mark-delivered', { fulfilmentId: parcels[0] });
    for (const [line, count] of [
      [1, 3],
      [1, 1],
      [2, 2],
      [1, 3],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other.
      await giveBack(id, line, count);
    }
    await shop.carry();
    const notes = (await documentsOf(id)).filter(({ kind }) => kind === 'credit_note');
    const { shipping } = await get(id);
    const sent = Number(shipping[0].net.amount) + Number(shipping[0].tax.amount);
    expect(notes.reduce((sum, one) => sum + Number(one.total), 0)).toBe(Number(total.amount) - sent);
    await shop.do('order.set-policy', {});
  });
});

describe('bad input and walls', () => {
  test.each([
    ['a fixed one without amount', { type: 'fixed' }],
    ['percents of a fixed one', { type: 'fixed', amount: usd(5), percent: '5' }],
    ['more than a hundred percent', { type: 'percent', percent: '101' }],
    ['a negative amount', { type: 'fixed', amount: usd(-5) }],
    ['pieces of a percentage', { type: 'percent', percent: '5', buy: 1, get: 1 }],
    ['pieces without a number', { type: 'buy_x_get_y', buy: 2 }],
    [
      'an end before the beginning',
      { type: 'percent', percent: '5', validFrom: '2026-02-01T00:00:00Z', validTo: '2026-01-01T00:00:00Z' },
    ],
    ['two currencies', { type: 'fixed', amount: usd(5), minimum: { amount: '5', currency: 'EUR' } }],
    ['an amount beyond all bounds', { type: 'fixed', amount: usd(1e16) }],
  ])('a promotion of %s is refused', async (_what, input) => {
    await expect(shop.do('order.create-promotion', { title, ...input })).rejects.toMatchObject({
      kind: 'unprocessable',
    });
  });

  test('an ended promotion stays as it is, a stale change is refused, and automatic ones have no coupons', async () => {
    const { id } = await coupon({});
    const terms = { promotionId: id, title, percent: '20' };
    await expect(shop.do('order.change-promotion', { ...terms, expectedVersion: 9 })).rejects.toMatchObject({
      code: 'common.stale_version',
    });
    expect(await shop.do('order.change-promotion', { ...terms, expectedVersion: 1 })).toMatchObject({ version: 2 });
    await shop.do('order.end-promotion', { promotionId: id });
    await expect(shop.do('order.change-promotion', terms)).rejects.toMatchObject({ code: 'order.promotion_ended' });
    const automatic = { type: 'percent', percent: '1', title, isAutomatic: true, rules: { channels: ['pos'] } };
    const { id: other } = await shop.do('order.create-promotion', automatic);
    await expect(shop.do('order.add-coupons', { promotionId: other, codes: ['NEVER'] })).rejects.toMatchObject({
      code: 'order.comes_by_itself',
    });
  });

  test('nothing of another organisation is seen, used or changed, and codes are not for everybody to read', async () => {
    const { id, code, couponId } = await coupon({});
    const caller = await shop.project.addMember(['order.*'], await shop.project.addOrganisation('others'));
    const as = { caller };
    expect((await shop.do('order.list-promotions', {}, as)).promotions).toEqual([]);
    expect((await shop.do('order.list-coupons', { promotionId: id }, as)).coupons).toEqual([]);
    for (const [name, input] of [
      ['order.end-promotion', { promotionId: id }],
      ['order.add-coupons', { promotionId: id, codes: ['MINE'] }],
      ['order.withdraw-coupon', { couponId }],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- each is refused by itself.
      await expect(shop.do(name, input, as)).rejects.toMatchObject({ code: 'common.not_found' });
    }
    const { id: cartId } = await shop.do('order.open-cart', { currency: 'USD' }, as);
    await expect(shop.do('order.apply-coupon', { cartId, code }, as)).rejects.toMatchObject({
      code: 'order.coupon_unknown',
    });
    const reader = await shop.project.addMember(['order.read']);
    await expect(shop.do('order.list-coupons', { promotionId: id }, { caller: reader })).rejects.toMatchObject({
      code: 'common.permission_denied',
    });
  });

  test('the database keeps what was taken off, counts it, and lets nobody write it anew', async () => {
    const { cartId } = await shop.fillCart([[await shop.addThing(1000, 0), 1]]);
    const { id: promotionId, code } = await coupon({ usageLimit: 1 });
    await apply(cartId, code);
    const { id } = await place(cartId);
    for (const change of [
      `update orders.adjustments set amount = amount + 1 where order_id = $1`,
      `delete from orders.adjustments where order_id = $1`,
      `update orders.promotion_uses set amount = amount + 1 where order_id = $1`,
      `update orders.orders set shipping = shipping + 1, total = total + 1 where id = $1`,
      `insert into orders.adjustments select order_id, org_id, 99, line_no, source, promotion_id, coupon, title, reason, amount
       from orders.adjustments where order_id = $1`,
      `insert into orders.promotion_uses (order_id, org_id, promotion_id, amount)
       select o.id, o.org_id, '${promotionId}', 1 from orders.orders o where o.id <> $1 and o.status = 'placed' limit 1`,
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- each is refused by itself.
      await expect(shop.project.test.sql(change, [id]), change).rejects.toThrow();
    }
  });
});
