import { describe, expect, test } from 'vitest';
import { type ParcelToFill, type PlacedGoods, planPicks } from './plan-picks.ts';

const at = (location: string, itemId: string, count: bigint, lot: string | null = null): PlacedGoods => ({
  itemId,
  warehouse: 'MAIN',
  locationId: `id of ${location}`,
  location,
  locationName: {},
  lot: lot === null ? null : { code: lot, expiresOn: null },
  serials: [],
  uom: 'pcs',
  micros: count,
});
const parcel = (
  id: string,
  wanted: Readonly<Record<string, bigint>>,
  locationId: string | null = null,
): ParcelToFill => ({
  id,
  locationId,
  lines: Object.entries(wanted).map(([variantId, micros], index) => ({
    line: index + 1,
    variantId,
    sku: variantId.toUpperCase(),
    uom: 'pcs',
    micros,
  })),
});
const walk = (parcels: readonly ParcelToFill[], goods: readonly PlacedGoods[], id = 'p1') =>
  planPicks(parcels, goods)
    .get(id)
    ?.map(({ sku, micros, from }) => [from?.location ?? null, sku, Number(micros)]);

describe('the walk of a parcel', () => {
  test('goes from place to place as people count, whatever the order of the lines', () => {
    const goods = [at('A-10', 'tea', 5n), at('A-9', 'pot', 5n), at('A-10', 'cup', 5n)];
    expect(walk([parcel('p1', { tea: 1n, pot: 2n, cup: 3n })], goods)).toEqual([
      ['A-9', 'POT', 2],
      ['A-10', 'CUP', 3],
      ['A-10', 'TEA', 1],
    ]);
  });

  test('takes of several places and lots what one has not, its own place first', () => {
    const goods = [at('A-1', 'tea', 2n, 'L1'), at('A-1', 'tea', 2n, 'L2'), at('B-1', 'tea', 3n)];
    expect(walk([parcel('p1', { tea: 6n }, 'id of B-1')], goods)).toEqual([
      ['A-1', 'TEA', 2],
      ['A-1', 'TEA', 1],
      ['B-1', 'TEA', 3],
    ]);
  });

  test('leaves to an earlier parcel what that one takes', () => {
    const goods = [at('A-1', 'tea', 2n), at('A-2', 'tea', 2n)];
    const parcels = [parcel('p0', { tea: 2n }), parcel('p1', { tea: 2n })];
    expect(walk(parcels, goods)).toEqual([['A-2', 'TEA', 2]]);
  });

  test('ends with what no place has, such as a service or what is not there yet', () => {
    const parcels = [parcel('p1', { advice: 1n, tea: 3n })];
    expect(walk(parcels, [at('Z-9', 'tea', 2n)])).toEqual([
      ['Z-9', 'TEA', 2],
      [null, 'ADVICE', 1],
      [null, 'TEA', 1],
    ]);
  });
});
