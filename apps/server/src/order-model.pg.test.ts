import { AshlarError } from '@ashlar/kernel';
import { proofSize } from '@ashlar/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OrderShop, openOrderShop } from './orders.fixture.ts';

/** Sequences of commands, and after how many everything is reckoned anew. */
const SEQUENCES = proofSize('order-model', { short: 3, full: 400 });
const CHECK_EVERY = 50;

const verbs = [
  'place',
  'place',
  'capture',
  'capture',
  'fail',
  'cancel',
  'hold',
  'resume',
  'parcel',
  'send',
  'unpack',
  'deliver',
  'ask back',
  'take back',
  'less',
  'less',
  'change',
  'change',
  'withdraw',
  'find less',
  'arrive',
  'carry',
  'carry',
] as const;
interface Step {
  readonly verb: (typeof verbs)[number];
  /** Which of the orders and parcels made so far, counted round. */
  readonly of: number;
  readonly pieces: number;
}
const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom(...verbs),
  of: fc.nat(5),
  pieces: fc.integer({ min: 1, max: 4 }),
});
/** Each inner list is sent at once. */
const sequences = fc.record({
  seed: fc.nat(),
  policy: fc.record({
    invoiceOn: fc.constantFrom('place', 'capture', 'ship'),
    captureOn: fc.constantFrom('place', 'ship'),
    whenShort: fc.constantFrom('reject', 'partial', 'backorder'),
    returnDays: fc.constantFrom(0, 14),
  }),
  steps: fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 4, maxLength: 14 }),
});

let shop: OrderShop;
let random: () => number = Math.random;
beforeAll(async () => {
  shop = await openOrderShop({}, () => random());
  // Some of the orders have something taken off, and one of the promotions is used up by the first who come.
  const often = { isAutomatic: true, stackable: true, title: { en: 'Off' } };
  await shop.do('order.create-promotion', { ...often, type: 'percent', percent: '7', minimum: usd(1500) });
  await shop.do('order.create-promotion', { ...often, type: 'fixed', amount: usd(113), usageLimit: 3 });
});
afterAll(() => shop?.[Symbol.asyncDispose]());

const usd = (cents: number) => ({ amount: String(cents), currency: 'USD' });

function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
const pick = <Item>(items: readonly Item[], index: number): Item | undefined =>
  items[index % Math.max(1, items.length)];
const ids = async (sql: string): Promise<readonly string[]> =>
  (await shop.project.test.sql<{ id: string }>(`${sql} order by id`)).map(({ id }) => id);

/** Sends one; a refusal is an answer like any other, a fault is not. */
async function send({ verb, of, pieces }: Step, things: readonly string[]): Promise<void> {
  try {
    await perform({ verb, of, pieces }, things);
  } catch (error) {
    if (!(error instanceof AshlarError) || error.kind === 'internal') throw error;
  }
}

async function perform({ verb, of, pieces }: Step, things: readonly string[]): Promise<void> {
  const orderId = pick(await ids('select id from orders.orders'), of);
  const payment = pick(await ids(`select id from billing.payments where state in ('created', 'pending')`), of);
  const parcelIn = async (states: string) =>
    pick(await ids(`select id from orders.fulfilments where state in (${states})`), of);
  switch (verb) {
    case 'place': {
      const lines = things.slice(0, 1 + (of % 2)).map((id) => [id, pieces] as const);
      await shop.place(lines, (['online', 'by_hand', 'on_account', 'online'] as const)[of % 4]);
      return;
    }
    case 'capture': {
      const [row] = await shop.project.test.sql<{ amount: string }>(
        'select amount from billing.payments where id = $1',
        [payment],
      );
      const captured = { amount: row?.amount ?? '1', currency: 'USD' };
      await shop.do('billing.tell-payment', { paymentId: payment, status: 'captured', captured });
      return;
    }
    case 'fail':
      await shop.do('billing.tell-payment', { paymentId: payment, status: 'failed', failure: 'declined' });
      return;
    case 'cancel':
      await shop.do('order.cancel-order', { orderId, reason: 'Model' });
      return;
    case 'hold':
      await shop.do('order.hold-order', { orderId, reason: 'Model' });
      return;
    case 'resume':
      await shop.do('order.resume-order', { orderId });
      return;
    case 'parcel': {
      const some = { lines: [{ line: 1, quantity: { value: '1', uom: 'pcs' } }] };
      await shop.do('order.create-fulfilment', { orderId, ...(of % 2 === 0 ? {} : some) });
      return;
    }
    case 'send': {
      const fulfilmentId = await parcelIn(`'pending', 'picking', 'packed'`);
      await shop.do('order.pack', { fulfilmentId }).catch(() => undefined);
      await shop.do('order.request-ship', { fulfilmentId });
      return;
    }
    case 'unpack':
      await shop.do('order.cancel-fulfilment', { fulfilmentId: await parcelIn(`'pending', 'picking', 'packed'`) });
      return;
    case 'deliver':
      await shop.do('order.mark-delivered', { fulfilmentId: await parcelIn(`'shipped'`) });
      return;
    case 'ask back': {
      const lines = [{ line: 1, quantity: { value: '1', uom: 'pcs' } }];
      const { id: returnId } = await shop.do('order.request-return', { orderId, lines, reason: 'Model' });
      await shop.do('order.approve-return', { returnId });
      await shop.do('order.receive-return', { returnId });
      return;
    }
    case 'take back': {
      const returnId = pick(await ids(`select id from orders.returns where state = 'received'`), of);
      const lines = [of % 2 === 0 ? { line: 1, restock: '1' } : { line: 1, scrap: '1' }];
      const exchangeFor = [{ variantId: pick(things, of), quantity: { value: String(1 + (of % 2)), uom: 'pcs' } }];
      const other = pieces % 2 === 0 ? {} : { outcome: 'exchange', exchangeFor };
      await shop.do('order.inspect-return', { returnId, lines, locationId: shop.shelf, ...other });
      return;
    }
    case 'less': {
      const lines = [{ line: 1 + (pieces % 2), quantity: { value: String(1 + (of % 2)), uom: 'pcs' } }];
      await shop.do('order.cancel-order', { orderId, lines, reason: 'Model' });
      return;
    }
    case 'change': {
      const lines = of % 3 === 0 ? [] : [{ line: 1 + (of % 2), quantity: { value: String(pieces - 1), uom: 'pcs' } }];
      const add = of % 2 === 0 ? [{ variantId: pick(things, pieces), quantity: { value: '1', uom: 'pcs' } }] : [];
      const { id: changeId } = await shop.do('order.propose-change', { orderId, lines, add, reason: 'Model' });
      await shop.do('order.accept-change', { changeId });
      return;
    }
    case 'withdraw': {
      const waiting = `select id from orders.order_changes where state in ('proposed', 'payment_needed')`;
      await shop.do('order.withdraw-change', { changeId: pick(await ids(waiting), of) });
      return;
    }
    case 'find less': {
      const fulfilmentId = await parcelIn(`'pending', 'picking'`);
      const quantity = { value: '1', uom: 'pcs' };
      const picked = { fulfilmentId, variantId: pick(things, pieces), quantity };
      if (of % 2 === 0) await shop.do('order.pick', picked).catch(() => undefined);
      await shop.do('order.pack-short', { fulfilmentId });
      return;
    }
    case 'arrive': {
      const cost = { amount: String(pieces * 70), currency: 'USD' };
      const quantity = { value: String(pieces), uom: 'pcs' };
      const lines = [{ itemId: pick(things, of), locationId: shop.shelf, quantity, cost }];
      await shop.do('inventory.receive-stock', { lines });
      return;
    }
    case 'carry':
      return;
  }
}

/** Orders that believe something else to be held for them, or still to come, than the stock does. */
const held = () =>
  shop.project.test.sql(
    `select o.label, o.status, l.held, r.held as found, l.promised, r.promised as found_promised
     from orders.orders o
       join (select order_id, sum(qty_reserved - qty_fulfilled) filter (where is_stocked) as held,
           sum(qty_promised) as promised from orders.order_lines group by order_id) l on l.order_id = o.id
       left join (select source_id, sum(qty - consumed) as held, sum(backordered) as promised
           from inventory.reservations where state = 'active' group by source_id) r on r.source_id = o.id::text
     where o.status not in ('cancelled', 'rejected')
       and not exists (select from orders.order_changes c where c.order_id = o.id and c.state = 'payment_needed')
       and (l.held <> coalesce(r.held, 0) or l.promised <> coalesce(r.promised, 0))`,
  );
/** Orders whose customers paid more than what stands; rounding piece by piece makes cents. */
const keptTooMuch = () =>
  shop.project.test.sql(
    `select o.label, o.status, o.captured, o.refunded, o.worth, d.stands from orders.orders o
       left join (select order_id, sum(case kind when 'invoice' then total else -total end) as stands
         from orders.documents group by order_id) d on d.order_id = o.id
     where o.captured - o.refunded > greatest(o.worth, d.stands) + 5
       and not exists (select from orders.order_changes c where c.order_id = o.id and c.state = 'payment_needed')`,
  );

test('whatever is asked, in any order and at once, orders, stock and books agree, and what was cancelled owes nothing', async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(sequences, async ({ seed, policy, steps }) => {
      random = numbersFrom(seed);
      await shop.do('order.set-policy', policy);
      const things = [await shop.addThing(999, 6), await shop.addThing(335, 2)];
      for (const together of steps) {
        await Promise.all(together.map((one) => send(one, things)));
        if (together.some(({ verb }) => verb === 'carry')) await shop.carry();
      }
      await shop.carry();
      const wrong = await shop.project.test.sql(
        `select o.label, o.status, o.captured, o.refunded from orders.orders o
         where o.status in ('cancelled', 'rejected') and (o.captured <> o.refunded
           or exists (select from orders.order_lines l where l.order_id = o.id and l.qty_invoiced > 0)
           or exists (select from inventory.reservations r where r.source_id = o.id::text and r.state = 'active'))`,
      );
      expect(wrong).toEqual([]);
      // Whatever was invoiced in parts comes to the order once all of it is.
      const apart = await shop.project.test.sql(
        `select o.label, o.total, sum(d.total) from orders.orders o join orders.documents d on d.order_id = o.id
         where not exists (select from orders.order_lines l where l.order_id = o.id and l.qty_invoiced < l.quantity)
         group by o.id having bool_and(d.kind = 'invoice') and sum(d.total) <> o.total`,
      );
      expect(apart).toEqual([]);
      expect(shop.tasks().filter((task) => !/^(late|failed)-payment:/.test(task))).toEqual([]);
      expect(await held()).toEqual([]);
      expect(await keptTooMuch()).toEqual([]);
      done += 1;
      if (done % CHECK_EVERY === 0) {
        expect(await shop.drifts()).toEqual([]);
        console.log(`${done} of ${SEQUENCES} sequences`);
      }
    }),
    { seed: 20_262, numRuns: SEQUENCES, endOnFailure: true },
  );
  expect(await shop.drifts()).toEqual([]);
}, 3_600_000);
