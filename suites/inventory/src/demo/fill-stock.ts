import type { DemoShop } from '@ashlar/kernel';
import { addDays, type BusinessDate, dayInZone, instant } from '@ashlar/kernel/values';
import { followVariant } from '../application/follow-catalogue.ts';
import { importStock } from '../application/import-stock.ts';
import { addLocation, addWarehouse } from '../application/manage-places.ts';
import { setMinimum } from '../application/set-minimum.ts';
import { setPolicy } from '../application/set-policy.ts';
import type { LocationId, WarehouseId } from '../domain/ids.ts';
import { chanceOf, costOf, type DemoVariant, DemoVariants, openingCount, serialsOf, spread } from './demo-stock.ts';
import { playHistory } from './play-history.ts';

const ZONE = 'Asia/Baghdad';

export interface DemoPlaces {
  readonly store: LocationId;
  readonly floor: LocationId;
  readonly basra: LocationId;
}

/** What is told to every step: where things are, what there is, and on which day of the history. */
export interface DemoStock {
  readonly places: DemoPlaces;
  readonly variants: readonly DemoVariant[];
  /** So many days before the shop was opened, or after it. */
  readonly day: (days: number) => BusinessDate;
}

/** Three places with the stock of a quarter of a year behind it. */
export async function fillStock(shop: DemoShop): Promise<void> {
  const variants = DemoVariants.parse(shop.factsOf('product')).filter(({ type }) => type === 'goods');
  await shop.once('policy', setPolicy, { timeZone: ZONE, approvalLimit: '50000', currency: 'USD' });
  const baghdad = await shop.once('warehouse/BGW', addWarehouse, {
    code: 'BGW',
    name: { en: 'Baghdad', ar: 'بغداد' },
    branch: 'BGW',
  });
  const basra = await shop.once('warehouse/BSR', addWarehouse, {
    code: 'BSR',
    name: { en: 'Basra', ar: 'البصرة' },
    branch: 'BSR',
  });
  const add = async (code: string, warehouseId: WarehouseId, en: string, ar: string) =>
    (await shop.once(`location/${code}`, addLocation, { warehouseId, code, name: { en, ar } })).id;
  const places = {
    store: await add('BGW-STORE', baghdad.id, 'Storeroom', 'المخزن'),
    floor: await add('BGW-FLOOR', baghdad.id, 'Shop floor', 'صالة البيع'),
    basra: await add('BSR-FLOOR', basra.id, 'Shop floor, Basra', 'صالة البيع في البصرة'),
  };
  const opened = dayInZone(instant(madeAt(baghdad.id)), ZONE);
  const stock: DemoStock = { places, variants, day: (days) => addDays(opened, days) };
  await shop.each(variants, ({ id, productId, sku, title, uom, tracking }) =>
    shop.once(`item/${sku}`, followVariant, { variantId: id, productId, sku, title, baseUom: uom, tracking }),
  );
  await openStock(shop, stock);
  await playHistory(shop, stock);
  for (const { id, sku, uom } of spread(variants, 30)) {
    const minimum = { value: String(5 + chanceOf(sku, 20)), uom };
    await shop.once(`minimum/${sku}`, setMinimum, { itemId: id, locationId: places.store, minimum });
  }
}

/** When an id was made: the shop's days are counted from there, on whichever day its filling goes on. */
function madeAt(id: string): Date {
  return new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
}

/** Everything is in the storeroom, two in five on the floor, a third in Basra as well. */
async function openStock(shop: DemoShop, { variants, day }: DemoStock): Promise<void> {
  const open = (location: string, kept: readonly DemoVariant[], share: number, serialsFrom: number) => {
    const rows = kept.flatMap((variant) => openingRows(variant, { location, share, serialsFrom, day }));
    return shop.once(`opening/${location}`, importStock, {
      batch: `demo opening ${location}`,
      postingDate: day(-90),
      rows,
    });
  };
  const elsewhere = variants.filter(({ tracking }) => tracking !== 'serial');
  await open('BGW-STORE', variants, 1, 1);
  await open('BGW-FLOOR', spread(elsewhere, Math.floor(elsewhere.length / 2)), 0.25, 101);
  await open('BSR-FLOOR', spread(variants, Math.floor(variants.length / 3), 1), 0.5, 201);
}

interface Opening {
  readonly location: string;
  /** Of what the shop has of it in its storeroom. */
  readonly share: number;
  readonly serialsFrom: number;
  readonly day: DemoStock['day'];
}

/** What is kept by lot is there in two lots: one that is soon over, one that is not. */
function openingRows(variant: DemoVariant, { location, share, serialsFrom, day }: Opening) {
  const { sku, uom, tracking } = variant;
  const count = Math.max(2, Math.round(openingCount(variant) * share));
  const row = (part: number) => ({
    sku,
    location,
    quantity: { value: String(part), uom },
    cost: costOf(variant, part),
  });
  if (tracking === 'serial') return [{ ...row(count), serials: serialsOf(sku, serialsFrom, count) }];
  if (tracking === 'none') return [row(count)];
  const older = Math.ceil(count / 3);
  return [
    { ...row(older), lot: { code: `${sku}-A`, expiresOn: day(30 + chanceOf(sku, 60)) } },
    { ...row(count - older), lot: { code: `${sku}-B`, expiresOn: day(200 + chanceOf(sku, 200)) } },
  ];
}
