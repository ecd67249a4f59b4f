import type { Drift } from '@ashlar/kernel/reconciliation';
import { microsText, parseMicros } from '@ashlar/kernel/values';
import type { FulfilmentState, OrderStatus } from './order-status.ts';

interface Pieces {
  readonly variantId: string;
  readonly quantity: string;
}

/** An order as it is told here. Amounts are minor units; quantities plain decimals. */
export interface ToldOrder {
  readonly id: string;
  readonly status: OrderStatus;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly invoiced: bigint;
  readonly credited: bigint;
  readonly lines: readonly {
    readonly line: number;
    readonly variantId: string;
    readonly isStocked: boolean;
    readonly quantity: string;
    readonly cancelled: string;
    /** To be cancelled by changes under way: the stock may have it back already. */
    readonly leaving: string;
    readonly invoiced: string;
  }[];
  /** Numbers of lines that are no goods: what sending it costs. */
  readonly charges: readonly number[];
  /** What changes under way add: the stock may hold it already. */
  readonly coming: readonly Pieces[];
  readonly parcels: readonly {
    readonly id: string;
    readonly state: FulfilmentState;
    readonly goods: readonly Pieces[];
  }[];
  readonly returns: readonly { readonly id: string; readonly goods: readonly Pieces[] }[];
}

/** What the books say of it. */
export interface BilledOrder {
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly invoiced: bigint;
  readonly credited: bigint;
  readonly lines: readonly { readonly sourceLine: string; readonly quantity: string }[];
}

/** What the stock says of an order, a parcel or a return. */
export interface StockedSource {
  readonly held: readonly { readonly itemId: string; readonly quantity: string }[];
  readonly moved: readonly { readonly itemId: string; readonly quantity: string }[];
}

const GONE: ReadonlySet<FulfilmentState> = new Set(['shipped', 'delivered', 'failed']);
const UNDONE: ReadonlySet<OrderStatus> = new Set(['cancelled', 'rejected']);
const FULFILLING: ReadonlySet<OrderStatus> = new Set(['confirmed', 'in_fulfilment']);
const WAITING: ReadonlySet<OrderStatus> = new Set(['placed', 'on_hold']);

/** Every difference between an order, the books and the stock. */
export function reckonOrder(order: ToldOrder, billed: BilledOrder, stock: ReadonlyMap<string, StockedSource>): Drift[] {
  const drifts: Drift[] = [];
  const compare = (check: string, subject: string, expected: bigint | string, found: bigint | string): void => {
    if (expected !== found) drifts.push({ check, subject, expected: String(expected), found: String(found) });
  };
  const { id, status } = order;

  compare('what was paid is what billing took', id, billed.captured, order.captured);
  compare('what was given back is what billing gave back', id, billed.refunded, order.refunded);
  compare('what was invoiced is what billing invoiced', id, billed.invoiced, order.invoiced);
  compare('what was credited is what billing credited', id, billed.credited, order.credited);
  if (UNDONE.has(status)) {
    compare('of what was undone nobody’s money is kept', id, billed.captured, billed.refunded);
    compare('of what was undone nothing is asked for', id, billed.invoiced, billed.credited);
  }
  const byLine = sumsBy(billed.lines.map(({ sourceLine, quantity }) => [sourceLine, quantity]));
  for (const { line, invoiced } of order.lines) {
    const expected = microsText(byLine.get(String(line)) ?? 0n);
    compare('a line is invoiced as billing says', `${id}/${line}`, expected, microsText(parseMicros(invoiced)));
    byLine.delete(String(line));
  }
  for (const line of order.charges) byLine.delete(String(line));
  for (const line of byLine.keys()) compare('billing invoices lines of the order', id, 'a line of it', line);

  for (const parcel of order.parcels) {
    const wanted = GONE.has(parcel.state) ? parcel.goods : [];
    compareGoods('what left is what the stock issued', parcel.id, negated(wanted), movesOf(stock.get(parcel.id)));
  }
  for (const back of order.returns) {
    compareGoods('what came back is what the stock received', back.id, back.goods, movesOf(stock.get(back.id)));
  }
  drifts.push(...reckonHolds(order, stock.get(id)));
  return drifts;

  function compareGoods(check: string, subject: string, told: readonly Pieces[], moved: readonly Pieces[]): void {
    const [expected, found] = [pieces(moved), pieces(told)];
    for (const variantId of new Set([...expected.keys(), ...found.keys()])) {
      const [left, right] = [expected.get(variantId) ?? 0n, found.get(variantId) ?? 0n];
      compare(check, `${subject}/${variantId}`, microsText(left), microsText(right));
    }
  }
}

/** What is held has an order that waits for it: as much as is still to leave, and no more. */
function reckonHolds({ id, status, lines, coming, parcels }: ToldOrder, stock: StockedSource | undefined): Drift[] {
  const held = sumsBy((stock?.held ?? []).map(({ itemId, quantity }) => [itemId, quantity]));
  const open = pieces(
    lines
      .filter(({ isStocked }) => isStocked)
      .flatMap(({ variantId, quantity, cancelled }) => [
        { variantId, quantity },
        { variantId, quantity: `-${cancelled}` },
      ]),
  );
  for (const { goods, state } of parcels) {
    if (!GONE.has(state)) continue;
    for (const [variantId, micros] of pieces(goods)) open.set(variantId, (open.get(variantId) ?? 0n) - micros);
  }
  const more = pieces(coming);
  const less = pieces(
    lines.flatMap(({ isStocked, variantId, leaving }) => (isStocked ? [{ variantId, quantity: leaving }] : [])),
  );
  return [...new Set([...held.keys(), ...open.keys()])].flatMap((variantId) => {
    const found = held.get(variantId) ?? 0n;
    const wanted = open.get(variantId) ?? 0n;
    const most = FULFILLING.has(status) || WAITING.has(status) ? wanted + (more.get(variantId) ?? 0n) : 0n;
    const least = FULFILLING.has(status) ? wanted - (less.get(variantId) ?? 0n) : 0n;
    if (found >= least && found <= most) return [];
    const check =
      found > most ? 'what is held has an order that waits for it' : 'an order that goes out has its goods held';
    const expected = microsText(found > most ? most : least);
    return [{ check, subject: `${id}/${variantId}`, expected, found: microsText(found) }];
  });
}

const movesOf = (stock: StockedSource | undefined): Pieces[] =>
  (stock?.moved ?? []).map(({ itemId, quantity }) => ({ variantId: itemId, quantity }));
const negated = (goods: readonly Pieces[]): Pieces[] =>
  goods.map(({ variantId, quantity }) => ({ variantId, quantity: `-${quantity}` }));
const pieces = (goods: readonly Pieces[]): Map<string, bigint> =>
  sumsBy(goods.map(({ variantId, quantity }) => [variantId, quantity]));

/** In millionths, by key. */
function sumsBy(entries: readonly (readonly [key: string, quantity: string])[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const [key, quantity] of entries) {
    const micros = quantity.startsWith('-') ? -parseMicros(quantity.slice(1)) : parseMicros(quantity);
    sums.set(key, (sums.get(key) ?? 0n) + micros);
  }
  return sums;
}
