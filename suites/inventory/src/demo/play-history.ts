import type { DemoShop } from '@ashlar/kernel';
import { microsText } from '@ashlar/kernel/values';
import { adjustStock } from '../application/adjust-stock.ts';
import { issueStock } from '../application/issue-stock.ts';
import { approveCount, startCount, submitCount } from '../application/manage-counts.ts';
import { releaseHold } from '../application/manage-holds.ts';
import { startTransfer } from '../application/manage-transfers.ts';
import { dispatchTransfer, receiveTransfer } from '../application/move-transfer.ts';
import { receiveStock } from '../application/receive-stock.ts';
import { reserveStock } from '../application/reserve-stock.ts';
import { reverseDocument } from '../application/reverse-document.ts';
import { chanceOf, costOf, serialsOf, spread } from './demo-stock.ts';
import type { DemoStock } from './fill-stock.ts';

const WEEKS = 12;
const ORDERS = 36;

/** A quarter of a year, one thing after the other: what was held depends on what was there. */
export async function playHistory(shop: DemoShop, stock: DemoStock): Promise<void> {
  for (let week = 1; week <= WEEKS; week += 1) {
    await deliver(shop, stock, week);
    for (let order = 1; order <= ORDERS / WEEKS; order += 1) await sell(shop, stock, week, order);
    if (week % 3 === 0) await moveToBasra(shop, stock, week);
  }
  await sellSerials(shop, stock);
  await correct(shop, stock);
  await count(shop, stock);
}

async function deliver(shop: DemoShop, { variants, places, day }: DemoStock, week: number): Promise<void> {
  const plain = variants.filter(({ tracking }) => tracking === 'none');
  const lots = variants.filter(({ tracking }) => tracking === 'lot');
  const serials = variants.filter(({ tracking }) => tracking === 'serial');
  const lines = [...spread(plain, 8, week), ...spread(lots, 6, week), ...spread(serials, 1, week)].map((variant) => {
    const { id: itemId, sku, uom, tracking } = variant;
    const pieces = tracking === 'serial' ? 2 : 12 + chanceOf(`${sku}/${week}`, 24);
    const line = { itemId, locationId: places.store, quantity: { value: String(pieces), uom } };
    const cost = costOf(variant, pieces);
    if (tracking === 'serial') return { ...line, cost, serials: serialsOf(sku, 1000 + week * 10, pieces) };
    if (tracking === 'none') return { ...line, cost };
    return { ...line, cost, lot: { code: `${sku}-W${week}`, expiresOn: day(220 + week * 7) } };
  });
  const source = { type: 'purchase', id: `PO-${1000 + week}` };
  const postingDate = day(-90 + week * 7);
  const posted = await shop.once(`delivery/${week}`, receiveStock, { source, postingDate, lines });
  if (week !== 5) return;
  // The papers of the fifth were entered twice, and the second put right the day after.
  const twice = lines.filter((line) => !('serials' in line));
  const again = await shop.once('delivery/5/twice', receiveStock, { source, postingDate, lines: twice });
  const reason = `Entered twice, see ${posted.number}`;
  const nextDay = day(-90 + week * 7 + 1);
  await shop.once('delivery/5/reversed', reverseDocument, { documentId: again.id, reason, postingDate: nextDay });
}

/** Most orders are handed out, some given up, the last ones wait. */
async function sell(shop: DemoShop, { variants, places, day }: DemoStock, week: number, order: number): Promise<void> {
  const number = `SO-${(week - 1) * (ORDERS / WEEKS) + order + 1000}`;
  const sellable = variants.filter(({ tracking }) => tracking !== 'serial');
  const lines = spread(sellable, 1 + chanceOf(number, 3), chanceOf(`${number}/first`, 50)).map(({ id, uom, sku }) => ({
    itemId: id,
    locationId: places.store,
    quantity: { value: String(1 + chanceOf(`${number}/${sku}`, 4)), uom },
  }));
  const source = { type: 'order', id: number };
  const hold = await shop.once(`order/${number}`, reserveStock, { source, lines });
  if (week === WEEKS) return;
  if (chanceOf(`${number}/fate`, 7) === 0) {
    await shop.once(`order/${number}/released`, releaseHold, { holdId: hold.id });
    return;
  }
  await shop.once(`order/${number}/issued`, issueStock, {
    source,
    postingDate: day(-90 + week * 7 + order),
    holdId: hold.id,
    lines: hold.held.map(({ itemId, locationId, lotId, quantity }) => ({
      itemId,
      locationId,
      ...(lotId === null ? {} : { lotId }),
      quantity: { value: microsText(quantity.micros), uom: quantity.uom },
    })),
  });
}

/** The last transfer but one arrived in part; the last has not left. */
async function moveToBasra(shop: DemoShop, { variants, places, day }: DemoStock, week: number): Promise<void> {
  const plain = variants.filter(({ tracking, uom }) => tracking === 'none' && uom === 'pcs');
  const moved = spread(plain, 5, week + 2);
  const { id: transferId } = await shop.once(`transfer/${week}`, startTransfer, {
    fromLocationId: places.store,
    toLocationId: places.basra,
    lines: moved.map(({ id: itemId, uom }) => ({ itemId, quantity: { value: '4', uom } })),
  });
  if (week === WEEKS) return;
  const left = -90 + week * 7 + 4;
  await shop.once(`transfer/${week}/sent`, dispatchTransfer, { transferId, postingDate: day(left) });
  const arrived = moved.slice(0, 3).map((_, index) => ({ line: index + 1, quantity: '4' }));
  await shop.once(`transfer/${week}/arrived`, receiveTransfer, {
    transferId,
    postingDate: day(left + 2),
    ...(week === WEEKS - 3 ? { lines: arrived } : {}),
  });
}

async function sellSerials(shop: DemoShop, { variants, places, day }: DemoStock): Promise<void> {
  for (const { id: itemId, sku, uom } of variants.filter(({ tracking }) => tracking === 'serial')) {
    const lines = [{ itemId, locationId: places.store, quantity: { value: '1', uom }, serials: serialsOf(sku, 1, 1) }];
    const source = { type: 'order', id: `SO-DEV-${sku}` };
    const postingDate = day(-40 + chanceOf(sku, 30));
    await shop.once(`device/${sku}`, issueStock, { source, postingDate, lines });
  }
}

async function correct(shop: DemoShop, { variants, places, day }: DemoStock): Promise<void> {
  const plain = variants.filter(({ tracking, uom }) => tracking === 'none' && uom === 'pcs');
  const [broken, found] = [spread(plain, 3, 4), spread(plain, 2, 6)];
  const one = (direction: 'gone' | 'found') => (variant: (typeof plain)[number]) => ({
    itemId: variant.id,
    locationId: places.store,
    quantity: { value: '1', uom: variant.uom },
    direction,
  });
  const write = (step: string, reason: string, days: number, lines: ReturnType<ReturnType<typeof one>>[]) =>
    shop.once(step, adjustStock, { reason, postingDate: day(days), lines });
  await write('adjustment/broken', 'Broken while unpacking', -31, broken.map(one('gone')));
  await write('adjustment/found', 'Found behind a shelf', -12, found.map(one('found')));
}

/** One count is done, with something missing; one waits for somebody to approve it. */
async function count(shop: DemoShop, { variants, places, day }: DemoStock): Promise<void> {
  const countable = variants.filter(({ tracking, uom }) => tracking === 'none' && uom === 'pcs');
  for (const [place, locationId] of [['floor', places.floor] as const, ['basra', places.basra] as const]) {
    const { id: countId } = await shop.once(`count/${place}`, startCount, { locationId });
    const lines = spread(countable, 10).map(({ id: itemId, sku, uom }) => ({
      itemId,
      quantity: { value: String(chanceOf(`${place}/${sku}`, 9)), uom },
    }));
    await shop.once(`count/${place}/told`, submitCount, { countId, lines });
    if (place === 'floor') {
      await shop.once(`count/${place}/approved`, approveCount, { countId, postingDate: day(-3) });
    }
  }
}
