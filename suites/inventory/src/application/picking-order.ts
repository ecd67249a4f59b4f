import type { PickLevel } from '../adapters/pick-levels.ts';

/** What a line says about where it may be taken from. */
export interface PickWish {
  readonly itemId: string;
  readonly warehouseId?: string | undefined;
  readonly locationId?: string | undefined;
  readonly lotId?: string | undefined;
}

/** The levels that may serve a line, in the order they are taken: the lot that expires first, then the oldest level. */
export function inPickingOrder(levels: readonly PickLevel[], wish: PickWish, today: string): readonly PickLevel[] {
  return levels
    .filter(
      (level) =>
        level.pickable &&
        level.itemId === wish.itemId &&
        (wish.warehouseId === undefined || level.warehouseId === wish.warehouseId) &&
        (wish.locationId === undefined || level.locationId === wish.locationId) &&
        (wish.lotId === undefined || level.lotId === wish.lotId) &&
        (level.expiresOn === null || level.expiresOn >= today),
    )
    .toSorted(
      (left, right) =>
        compare(left.expiresOn ?? '9999', right.expiresOn ?? '9999') || Number(left.id) - Number(right.id),
    );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
