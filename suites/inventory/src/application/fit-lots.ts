import { microsText } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import type { InventoryDb } from '../adapters/tables.ts';
import { inventoryErrors } from '../domain/inventory-errors.ts';
import type { StockLevel } from '../domain/stock-level.ts';

interface LineOfLot {
  readonly lineNo: number;
  readonly lotId?: string | null | undefined;
  readonly micros: bigint;
}

/** Nothing leaves from a lot that is blocked, or past its last day. */
export async function requireFitLots(
  db: InventoryDb,
  lines: readonly LineOfLot[],
  levelOf: (lineNo: number) => StockLevel | undefined,
  postingDate: string,
): Promise<void> {
  const blocked = lines.find(({ lineNo }) => levelOf(lineNo)?.blocked === true);
  if (blocked !== undefined)
    throw inventoryErrors.lotBlocked({ line: blocked.lineNo, quantity: microsText(blocked.micros) });
  const lotIds = lines.flatMap(({ lotId }) => lotId ?? []);
  if (lotIds.length === 0) return;
  const rows = await db
    .selectFrom('inventory.lots')
    .select(['id', 'expires_on'])
    .where(sql<boolean>`id = any(${lotIds}::uuid[])`)
    .where('expires_on', '<', postingDate)
    .execute();
  const expired = new Map(rows.map((row) => [row.id, row.expires_on]));
  for (const { lineNo, lotId } of lines) {
    const expiresOn = expired.get(lotId ?? '');
    if (expiresOn !== undefined) throw inventoryErrors.lotExpired({ line: lineNo, expiresOn });
  }
}
