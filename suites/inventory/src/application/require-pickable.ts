import { sql } from 'kysely';
import type { InventoryDb } from '../adapters/tables.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';

/** Whoever names a location wants it from there, so it has to be one that hands out. */
export async function requirePickable(
  db: InventoryDb,
  lines: readonly { readonly locationId?: string | undefined }[],
): Promise<void> {
  const named = lines.flatMap(({ locationId }, index) =>
    locationId === undefined ? [] : [{ lineNo: index + 1, locationId }],
  );
  if (named.length === 0) return;
  const rows = await db
    .selectFrom('inventory.locations')
    .select(['id', 'pickable'])
    .where(sql<boolean>`id = any(${named.map(({ locationId }) => locationId)}::uuid[])`)
    .execute();
  const pickable = new Map(rows.map((row) => [row.id, row.pickable]));
  for (const { lineNo, locationId } of named) {
    const allowed = pickable.get(locationId);
    if (allowed === undefined) throw inventoryErrors.locationUnknown({ id: locationId });
    if (!allowed) throw inventoryErrors.locationNotPickable({ line: lineNo, location: locationId });
  }
}
