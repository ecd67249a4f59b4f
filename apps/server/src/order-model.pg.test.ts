import { AshlarError } from '@ashlar/kernel';
import { proofSize } from '@ashlar/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type OrderShop, openOrderShop } from './orders.fixture.ts';
import { cutConnections, type Trouble } from './trouble.fixture.ts';

/** Sequences of commands, and after how many everything is reckoned anew. */
const SEQUENCES = proofSize('order-model', { short: 3, full: 2_000 });
/** Played side by side: while one waits for the database, another computes. */
const SHOPS = proofSize('order-model', { short: 1, full: 3 });
const CHECK_EVERY = 50;

/** One of twenty each; the rest goes well. */
const TROUBLES: readonly Trouble[] = [
  ...Array.from({ length: 17 }, () => 'none' as const),
  'undone',
  'unheard',
  'twice',
];

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
  'cut',
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

/** One sequence, in a shop where others went before it. */
interface Play {
  readonly shop: OrderShop;
  readonly things: readonly string[];
  /** Cents the provider took, by payment; it keeps books of its own. */
  readonly taken: Map<string, number>;
  /** Ids of what belongs to orders of this sequence, the oldest first. */
  mine(what: keyof typeof MINE, where?: string): Promise<readonly string[]>;
}
const MINE = {
  orders: `select o.id from mine o where true`,
  payments: `select p.id from mine o join billing.payments p on p.source_id = o.id::text where true`,
  parcels: `select f.id from mine o join orders.fulfilments f on f.order_id = o.id where true`,
  returns: `select r.id from mine o join orders.returns r on r.order_id = o.id where true`,
  changes: `select c.id from mine o join orders.order_changes c on c.order_id = o.id where true`,
};
const ORDER_OF = {
  orders: 'o.number',
  payments: 'p.created_at',
  parcels: 'f.created_at',
  returns: 'r.created_at',
  changes: 'c.created_at',
};

async function beginPlay(shop: OrderShop, things: readonly string[]): Promise<Play & { readonly since: string }> {
  const [last] = await shop.project.test.sql<{ number: string }>(
    'select coalesce(max(number), 0) as number from orders.orders',
  );
  const since = last?.number ?? '0';
  return {
    shop,
    things,
    taken: new Map(),
    since,
    async mine(what, where = 'true') {
      const sql = `with mine as (select * from orders.orders where number > $1)
        ${MINE[what]} and ${where} order by ${ORDER_OF[what]}`;
      return (await shop.project.test.sql<{ id: string }>(sql, [since])).map(({ id }) => id);
    },
  };
}

/** Sends one; a refusal is an answer like any other, a fault is not. */
async function send(one: Step, play: Play): Promise<void> {
  try {
    await perform(one, play);
  } catch (error) {
    if (!(error instanceof AshlarError) || error.kind === 'internal') throw error;
  }
}

async function perform({ verb, of, pieces }: Step, { shop, things, taken, mine }: Play): Promise<void> {
  const orderId = pick(await mine('orders'), of);
  // Of any state: a provider's word comes late, again, and after another that contradicts it.
  const payment = pick(await mine('payments'), of);
  const parcelIn = async (states: string) => pick(await mine('parcels', `f.state in (${states})`), of);
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
      const all = Number(row?.amount ?? 1);
      const cents = of % 3 === 2 ? Math.ceil(all / 2) : all;
      const captured = { amount: String(cents), currency: 'USD' };
      // The same word again comes under the same id.
      const eventId = `${payment}/${cents}`;
      await shop.do('billing.tell-payment', { paymentId: payment, eventId, status: 'captured', captured });
      if (payment !== undefined) taken.set(payment, Math.max(taken.get(payment) ?? 0, cents));
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
      const returnId = pick(await mine('returns', `r.state = 'received'`), of);
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
      const changeId = pick(await mine('changes', `c.state in ('proposed', 'payment_needed')`), of);
      await shop.do('order.withdraw-change', { changeId });
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
    case 'cut':
      // Not often: making connections again is most of what it costs.
      if (of === 0) await cutConnections(shop);
      return;
    case 'carry':
      return;
  }
}

/** All that must hold of the orders of a sequence once nothing is left to do. */
const WRONG = `
  select o.label, o.status, o.captured, o.refunded from orders.orders o
  where o.number > $1 and o.status in ('cancelled', 'rejected') and (o.captured <> o.refunded
    or exists (select from orders.order_lines l where l.order_id = o.id and l.qty_invoiced > 0)
    or exists (select from inventory.reservations r where r.source_id = o.id::text and r.state = 'active'))`;

/** Orders that believe something else to be held for them, or still to come, than the stock does. */
const HELD = `
  select o.label, o.status, l.held, r.held as found, l.promised, r.promised as found_promised
  from orders.orders o
    join (select order_id, sum(qty_reserved - qty_fulfilled) filter (where is_stocked) as held,
        sum(qty_promised) as promised from orders.order_lines group by order_id) l on l.order_id = o.id
    left join (select source_id, sum(qty - consumed) as held, sum(backordered) as promised
        from inventory.reservations where state = 'active' group by source_id) r on r.source_id = o.id::text
  where o.number > $1 and o.status not in ('cancelled', 'rejected')
    and not exists (select from orders.order_changes c where c.order_id = o.id and c.state = 'payment_needed')
    and (l.held <> coalesce(r.held, 0) or l.promised <> coalesce(r.promised, 0))`;

/** Orders whose parts were invoiced one by one, and come to something else than all of it. */
const APART = `
  select o.label, o.total, sum(d.total) from orders.orders o join orders.documents d on d.order_id = o.id
  where o.number > $1 and not exists (select from orders.order_lines l where l.order_id = o.id
      and (l.qty_invoiced < l.quantity or l.change_id is not null))
  group by o.id having bool_and(d.kind = 'invoice') and sum(d.total) <> o.total`;

/** Lets so many of each be had. */
async function stockUp(shop: OrderShop, things: readonly string[], pieces: readonly number[]): Promise<void> {
  const wanted = await Promise.all(
    things.map(async (itemId, index) => {
      const { onHand, reserved } = await shop.level(itemId);
      const missing = (pieces[index] ?? 0) - (onHand - reserved);
      const cost = { amount: String(missing * 100), currency: 'USD' };
      return { itemId, locationId: shop.shelf, quantity: { value: String(missing), uom: 'pcs' }, cost, missing };
    }),
  );
  const lines = wanted.flatMap(({ missing, ...line }) => (missing > 0 ? [line] : []));
  if (lines.length > 0) await shop.do('inventory.receive-stock', { lines });
}

/** What came in, as the books say. */
async function takenBy({ shop, mine }: Play): Promise<Readonly<Record<string, number>>> {
  const rows = await shop.project.test.sql<{ id: string; captured: string }>(
    'select id, captured from billing.payments where id = any ($1) and captured > 0',
    [await mine('payments')],
  );
  return Object.fromEntries(rows.map(({ id, captured }) => [id, Number(captured)]));
}

/** Plays sequences in a shop of its own. */
async function playIn(lane: number, count: number): Promise<void> {
  let random = numbersFrom(lane);
  let troubled = numbersFrom(lane);
  let isCalm = true;
  await using shop = await openOrderShop(
    {},
    () => random(),
    () => (isCalm ? 'none' : (pick(TROUBLES, Math.floor(troubled() * 20)) ?? 'none')),
  );
  // Some of the orders have something taken off, and one of the promotions is used up by the first who come.
  const often = { isAutomatic: true, stackable: true, title: { en: 'Off' } };
  await shop.do('order.create-promotion', { ...often, type: 'percent', percent: '7', minimum: usd(1500) });
  await shop.do('order.create-promotion', { ...often, type: 'fixed', amount: usd(113), usageLimit: 3 });
  let things: readonly string[] | undefined;
  let done = 0;
  await fc.assert(
    fc.asyncProperty(sequences, async ({ seed, policy, steps }) => {
      random = numbersFrom(seed);
      troubled = numbersFrom(seed + 1);
      isCalm = true;
      await shop.do('order.set-policy', policy);
      things ??= [await shop.addThing(999, 0), await shop.addThing(335, 0)];
      await stockUp(shop, things, [6, 2]);
      const play = await beginPlay(shop, things);
      isCalm = false;
      for (const together of steps) {
        await Promise.all([
          ...together.map((one) => send(one, play)),
          ...(together.some(({ verb }) => verb === 'carry') ? [shop.carry()] : []),
        ]);
      }
      await shop.carry();
      isCalm = true;
      expect(await shop.project.test.sql(WRONG, [play.since])).toEqual([]);
      expect(await shop.project.test.sql(HELD, [play.since])).toEqual([]);
      expect(await shop.project.test.sql(APART, [play.since])).toEqual([]);
      expect(await takenBy(play)).toEqual(Object.fromEntries(play.taken));
      done += 1;
      if (done % CHECK_EVERY === 0) {
        expect(await shop.drifts()).toEqual([]);
        console.log(`${done} of ${count} sequences in shop ${lane}`);
      }
    }),
    { seed: 20_262 + lane, numRuns: count, endOnFailure: true },
  );
  expect(await shop.drifts()).toEqual([]);
}

test('whatever is asked, in any order and at once, cut off and repeated, orders, stock and books agree, and what was cancelled owes nothing', async () => {
  await Promise.all(Array.from({ length: SHOPS }, (_, lane) => playIn(lane, Math.ceil(SEQUENCES / SHOPS))));
}, 3_600_000);
