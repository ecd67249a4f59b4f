import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type InstanceFolder, startInstance } from '../instance/instance.ts';
import { runAshlar } from '../instance/run-ashlar.ts';
import type { Effort } from '../measure/compare-scenario.ts';
import { cpuUsed } from '../measure/cpu.ts';
import type { Verdict } from '../report.ts';
import { fillJournals, fillOrders } from './fill-tables.ts';
import { openShop, piecesOf, type ReadyCart, type ShopClient } from './shop-client.ts';

export interface OrderFigures {
  /** Orders of five lines placed a second by sixteen at once. */
  readonly placedPerSecond: number;
  /** Milliseconds of CPU of the server and of PostgreSQL for one of them, its process included. */
  readonly placeCpuMs: number;
  /** From an order to the beginning of the transaction that holds its stock, at half that rate. */
  readonly reservedP95Ms: number;
  readonly orders: number;
  /** A page of ten of them. */
  readonly listP95Ms: number;
  /** Another quantity on a line of a cart of 1,000, and what the cart comes to then. */
  readonly cartP95Ms: number;
  /** The quantity alone, beside a cart of ten. */
  readonly changeRatio: number;
  readonly journalLines: number;
  readonly trialBalanceMs: number;
}

const THINGS = 1_000;
const LINES = 5;
const AT_ONCE = 16;
const ORDERS = 10_000;
const LINES_EACH = 10;
const ROUNDS_OF_FULL = 5;
const RESERVED_WITHIN_MS = 60_000;

/** Order to cash of an instance of its own whose commits wait for the disk, over HTTP. */
export async function measureOrders(folder: Omit<InstanceFolder, 'flags'>, effort: Effort): Promise<OrderFigures> {
  const isFull = effort.rounds >= ROUNDS_OF_FULL;
  const instance = await startInstance(folder);
  await using closing = new AsyncDisposableStack();
  closing.defer(() => instance.stop());
  await runAshlar(folder.dataDir, ['suite', 'add', 'product', 'inventory', 'billing', 'order']);
  // What the instance wrote when it was made.
  const { superuserPassword } = JSON.parse(await readFile(join(folder.dataDir, 'keys', 'instance.json'), 'utf8')) as {
    superuserPassword: string;
  };
  const admin = new Client({ ...instance.login('owner'), user: 'supabase_admin', password: superuserPassword });
  await admin.connect();
  closing.defer(() => admin.end());
  using shop = await openShop(instance, admin, THINGS);

  const carts = await fillCarts(shop, isFull ? 3_000 : 300);
  await placeAll(shop, carts.splice(0, AT_ONCE));
  const before = await cpuUsed(instance);
  const half = Math.floor(carts.length / 2);
  const placedPerSecond = await placeAll(shop, carts.splice(0, half));
  await untilReserved(admin);
  const after = await cpuUsed(instance);
  const placeCpuMs = (after.server - before.server + after.postgres - before.postgres) / 1_000 / half;
  const reservedP95Ms = await measureReserved(shop, admin, carts, placedPerSecond / 2);
  const carted = await measureCarts(shop, isFull ? 100 : 20);

  await fillOrders(admin, ORDERS, LINES_EACH);
  const listP95Ms = quantile(await times(isFull ? 400 : 100, () => shop.send('GET', '/order/orders?limit=10')), 0.95);
  const journalLines = isFull ? 1_000_000 : 200_000;
  await fillJournals(admin, journalLines);
  const reports = await times(5, () => shop.send('GET', '/billing/reports/trial-balance?asOf=2027-01-01'));
  const trialBalanceMs = quantile(reports, 0.5);
  return {
    placedPerSecond,
    placeCpuMs,
    reservedP95Ms,
    orders: ORDERS,
    listP95Ms,
    ...carted,
    journalLines,
    trialBalanceMs,
  };
}

async function fillCarts(shop: ShopClient, count: number): Promise<ReadyCart[]> {
  const carts: ReadyCart[] = [];
  let asked = 0;
  const fill = async (): Promise<void> => {
    while (asked < count) {
      const first = (asked += 1) * LINES;
      const wished = Array.from({ length: LINES }, (_, n) => piecesOf(shop.variants[(first + n) % THINGS] ?? ''));
      carts.push(await shop.fillCart(wished));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fill));
  return carts;
}

/** @returns How many a second. */
async function placeAll(shop: ShopClient, carts: readonly ReadyCart[]): Promise<number> {
  const waiting = [...carts];
  const startedAt = performance.now();
  const place = async (): Promise<void> => {
    for (let cart = waiting.pop(); cart !== undefined; cart = waiting.pop()) await shop.place(cart);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, place));
  return (carts.length * 1_000) / (performance.now() - startedAt);
}

async function measureReserved(
  shop: ShopClient,
  admin: Client,
  carts: readonly ReadyCart[],
  perSecond: number,
): Promise<number> {
  const [row] = (await admin.query<{ since: Date }>('select clock_timestamp() as since')).rows;
  const placing: Promise<void>[] = [];
  for (const cart of carts) {
    placing.push(shop.place(cart));
    await sleep(1_000 / perSecond);
  }
  await Promise.all(placing);
  await untilReserved(admin);
  const { rows } = await admin.query<{ ms: number }>(
    `select extract(epoch from min(r.created_at) - o.created_at)::float8 * 1000 as ms
     from orders.orders o join inventory.reservations r on r.source_id = o.id::text
     where o.created_at >= $1 group by o.id, o.created_at`,
    [row?.since],
  );
  return quantile(
    rows.map(({ ms }) => ms),
    0.95,
  );
}

/** Until the stock of every order is held. */
async function untilReserved(admin: Client): Promise<void> {
  const giveUpAt = performance.now() + RESERVED_WITHIN_MS;
  const open = `select count(*)::int as n from orders.orders o
    where not exists (select from inventory.reservations r where r.source_id = o.id::text)`;
  while (((await admin.query<{ n: number }>(open)).rows[0]?.n ?? 0) > 0) {
    if (performance.now() > giveUpAt) throw new Error('Orders wait for their stock');
    await sleep(100);
  }
}

async function measureCarts(shop: ShopClient, changes: number) {
  const open = async (lines: number): Promise<string> =>
    (await shop.fillCart(shop.variants.slice(0, lines).map((id) => piecesOf(id)))).cartId;
  const [small, large] = [await open(10), await open(THINGS)];
  let pieces = 1;
  const change = (cartId: string): Promise<unknown> => {
    pieces += 1;
    return shop.send('PUT', `/order/carts/${cartId}/lines/7`, { quantity: { value: String(pieces), uom: 'pcs' } });
  };
  const ofSmall = await times(changes, () => change(small));
  const ofLarge = await times(changes, () => change(large));
  const whole = await times(changes, async () => {
    await change(large);
    await shop.send('GET', `/order/carts/${large}`);
  });
  return { changeRatio: quantile(ofLarge, 0.5) / quantile(ofSmall, 0.5), cartP95Ms: quantile(whole, 0.95) };
}

async function times(count: number, run: () => Promise<unknown>): Promise<readonly number[]> {
  await run();
  const taken: number[] = [];
  for (let done = 0; done < count; done += 1) {
    const startedAt = performance.now();
    await run();
    taken.push(performance.now() - startedAt);
  }
  return taken;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * share)] ?? Number.NaN;
}

export function judgeOrders(figures: OrderFigures): readonly Verdict[] {
  const { orders, journalLines } = figures;
  const most = { sense: 'most', unit: 'ms' } as const;
  return [
    { what: `orders of ${LINES} lines placed`, got: figures.placedPerSecond, wanted: 150, sense: 'least', unit: '/s' },
    { what: 'placed to reserved at half that rate (p95)', got: figures.reservedP95Ms, wanted: 300, ...most },
    { what: `10 of ${orders} orders of ${LINES_EACH} lines (p95)`, got: figures.listP95Ms, wanted: 30, ...most },
    { what: `change and price of a cart of ${THINGS} lines (p95)`, got: figures.cartP95Ms, wanted: 300, ...most },
    { what: 'a change of that cart / of one of 10', got: figures.changeRatio, wanted: 1.5, sense: 'most', unit: '×' },
    { what: `trial balance over ${journalLines} journal lines`, got: figures.trialBalanceMs, wanted: 1_000, ...most },
  ];
}

export function describeOrders({ placeCpuMs }: OrderFigures): string {
  return `orders: one of ${LINES} lines costs ${placeCpuMs.toFixed(1)} ms of CPU of the server and PostgreSQL, until its stock is held`;
}
