import { useCase } from '@ashlar/kernel';
import { Drift } from '@ashlar/kernel/reconciliation';
import { z } from 'zod';
import { billingSums, stockSums } from '../adapters/contracts.ts';
import { strangersAmong, toldOrders } from '../adapters/told-orders.ts';
import { OrderId } from '../domain/ids.ts';
import { type BilledOrder, reckonOrder, type StockedSource } from '../domain/reckon-order.ts';
import { FULFILMENT_SOURCE, ORDER_SOURCE, type OrderContext, RETURN_SOURCE } from './order-context.ts';

/** Orders asked about at once. */
const PAGE = 100;
/** Sources the others are asked about at once. */
const MOST_SOURCES = 500;
/** What a report names at most. */
const MOST_DRIFTS = 1_000;
const NOTHING: BilledOrder = { captured: 0n, refunded: 0n, invoiced: 0n, credited: 0n, lines: [] };
const SOURCES = [
  [ORDER_SOURCE, 'orders.orders'],
  [FULFILMENT_SOURCE, 'orders.fulfilments'],
  [RETURN_SOURCE, 'orders.returns'],
] as const;

export const checkOrderToCash = useCase('order.check-order-to-cash', {
  summary: 'Reckons orders against the books and the stock, and names every drift; none is expected.',
  description:
    'Each suite is asked for its own sums, so what has moved a moment ago may not have been heard of yet: it is left out.',
  input: z.strictObject({
    limit: z.int().min(1).max(1_000_000).default(10_000).describe('Orders, the latest first'),
    before: OrderId.optional().describe('Where an answer before said to go on'),
    settledSeconds: z.int().min(0).max(86_400).default(60).describe('What has moved since is left out'),
  }),
  output: z.object({
    orders: z.int(),
    unsettled: z.int().describe('Left out, because something of them has just moved'),
    drifts: z.array(Drift),
    next: OrderId.nullable(),
  }),
  errors: [],
  permission: 'order.audit',
  on: { http: 'POST /order-to-cash-checks', graphql: 'mutation', grpc: true, job: true, mcp: true },
  run: async ({ limit, before: first, settledSeconds }, context: OrderContext) => {
    const { db, orgId, audit } = context;
    const drifts: Drift[] = first === undefined ? await findStrangers(context, { limit, settledSeconds }) : [];
    let before: string | null = first ?? null;
    let [orders, unsettled, isEnd] = [0, 0, false];
    while (!isEnd && orders < limit && drifts.length < MOST_DRIFTS) {
      const size = Math.min(PAGE, limit - orders);
      // oxlint-disable-next-line no-await-in-loop -- a page after the other, so that memory stays flat.
      const page = await toldOrders(db, orgId, { before, limit: size });
      // oxlint-disable-next-line no-await-in-loop
      const [billed, stock] = await Promise.all([
        askBilling(
          context,
          page.map(({ id }) => id),
        ),
        askStock(context, page),
      ]);
      for (const order of page) {
        const books = billed.get(order.id);
        const sources = [order, ...order.parcels, ...order.returns].map(({ id }) => stock.get(id)?.quietSeconds);
        const quiet = Math.min(
          order.quietSeconds,
          books?.quietSeconds ?? Infinity,
          ...sources.map((one) => one ?? Infinity),
        );
        if (quiet < settledSeconds) unsettled += 1;
        else drifts.push(...reckonOrder(order, books ?? NOTHING, stock));
      }
      orders += page.length;
      isEnd = page.length < size;
      before = page.at(-1)?.id ?? before;
    }
    audit({ after: { orders, unsettled, drifts: drifts.length } });
    // Out of our own tables.
    return { orders, unsettled, drifts: drifts.slice(0, MOST_DRIFTS), next: isEnd ? null : (before as OrderId | null) };
  },
});

type Settling<Sums> = ReadonlyMap<string, Sums & { readonly quietSeconds: number }>;

async function askBilling({ call }: OrderContext, ids: readonly string[]): Promise<Settling<BilledOrder>> {
  if (ids.length === 0) return new Map();
  const { sources } = await call(billingSums, { type: ORDER_SOURCE, ids: [...ids] });
  return new Map(
    sources.map(({ id, captured, refunded, invoiced, credited, ...more }) => [
      id,
      {
        ...more,
        captured: captured.amountMinor,
        refunded: refunded.amountMinor,
        invoiced: invoiced.amountMinor,
        credited: credited.amountMinor,
      },
    ]),
  );
}

async function askStock(
  { call }: OrderContext,
  page: Awaited<ReturnType<typeof toldOrders>>,
): Promise<Settling<StockedSource>> {
  const idsOf = {
    [ORDER_SOURCE]: page.map(({ id }) => id),
    [FULFILMENT_SOURCE]: page.flatMap(({ parcels }) => parcels.map(({ id }) => id)),
    [RETURN_SOURCE]: page.flatMap(({ returns }) => returns.map(({ id }) => id)),
  };
  const found = new Map<string, StockedSource & { readonly quietSeconds: number }>();
  for (const [type, ids] of Object.entries(idsOf)) {
    for (let from = 0; from < ids.length; from += MOST_SOURCES) {
      // oxlint-disable-next-line no-await-in-loop -- bounded, one after the other.
      const { sources } = await call(stockSums, { type, ids: ids.slice(from, from + MOST_SOURCES) });
      for (const source of sources) found.set(source.id, source);
    }
  }
  return found;
}

/** Money and goods the others hold for orders that are not there. */
async function findStrangers(
  { call, db }: OrderContext,
  { limit, settledSeconds }: { readonly limit: number; readonly settledSeconds: number },
): Promise<Drift[]> {
  const others: readonly Others[] = [
    { who: 'billing', table: 'orders.orders', ask: (before) => call(billingSums, { type: ORDER_SOURCE, ...before }) },
    ...SOURCES.map(([type, table]) => ({
      who: 'the stock',
      table,
      ask: (before: Before) => call(stockSums, { type, ...before }),
    })),
  ];
  const drifts: Drift[] = [];
  for (const { who, table, ask } of others) {
    let before: Before = {};
    for (let seen = 0; seen < limit && drifts.length < MOST_DRIFTS; seen += MOST_SOURCES) {
      // oxlint-disable-next-line no-await-in-loop -- a page after the other.
      const { sources, next } = await ask(before);
      // What has just been made may be of an order that is being placed.
      const settled = sources.flatMap(({ id, quietSeconds }) => (quietSeconds < settledSeconds ? [] : [id]));
      // oxlint-disable-next-line no-await-in-loop
      for (const id of await strangersAmong(db, table, settled)) {
        const check = `what ${who} does for an order is of one that is there`;
        drifts.push({ check, subject: id, expected: `one of ${table}`, found: 'none' });
      }
      if (next === null) break;
      before = { before: next };
    }
  }
  return drifts;
}

type Before = { readonly before?: string };

/** Somebody who does things for orders. */
interface Others {
  readonly who: string;
  readonly table: Parameters<typeof strangersAmong>[1];
  readonly ask: (before: Before) => Promise<{
    readonly sources: readonly { readonly id: string; readonly quietSeconds: number }[];
    readonly next: string | null;
  }>;
}
