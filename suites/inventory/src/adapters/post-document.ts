import { microsText } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import type { Movement } from '../domain/stock-level.ts';
import type { DocumentKind, InventoryDb } from './tables.ts';

export interface NewDocument {
  readonly id: string;
  readonly kind: DocumentKind;
  readonly branch: string;
  readonly postingDate: string;
  readonly source?: { readonly type: string; readonly id: string } | undefined;
  readonly reason?: string | undefined;
  readonly reverses?: string;
}

/**
 * Writes a document and its entries; the balances follow by the database's own hand. The number is taken here and
 * now, so that it is given back if the transaction is: a series has no gaps.
 *
 * @returns Its number, such as `receipt/2026/17`.
 */
export async function postDocument(
  db: InventoryDb,
  document: NewDocument,
  movements: readonly Movement[],
): Promise<string> {
  const { id, kind, branch, postingDate, source, reason, reverses } = document;
  const fiscalYear = Number(postingDate.slice(0, 4));
  const series = { kind, branch, fiscal_year: fiscalYear };
  const { number } = await db
    .insertInto('inventory.number_series')
    .values({ ...series, next_number: 2n })
    .onConflict((conflict) =>
      conflict
        .columns(['org_id', 'kind', 'branch', 'fiscal_year'])
        .doUpdateSet({ next_number: sql`number_series.next_number + 1` }),
    )
    .returning(sql<bigint>`next_number - 1`.as('number'))
    .executeTakeFirstOrThrow();
  await db
    .insertInto('inventory.documents')
    .values({
      id,
      ...series,
      number,
      posting_date: postingDate,
      source_type: source?.type ?? null,
      source_id: source?.id ?? null,
      reason: reason ?? null,
      reverses: reverses ?? null,
    })
    .execute();
  if (movements.length > 0) {
    await db
      .insertInto('inventory.stock_ledger')
      .values(movements.map((movement) => entryOf(movement, id, postingDate)))
      .execute();
  }
  return [kind, ...(branch === '' ? [] : [branch]), fiscalYear, number].join('/');
}

function entryOf(movement: Movement, documentId: string, postingDate: string) {
  return {
    level_id: BigInt(movement.levelId),
    serial_id: movement.serialId,
    document_id: documentId,
    line_no: movement.lineNo,
    qty_delta: microsText(movement.quantity),
    uom_entered: movement.entered?.uom ?? null,
    qty_entered: movement.entered === null ? null : microsText(movement.entered.micros),
    unit_cost: microsText(movement.unitCost),
    value_delta: movement.valueMinor,
    variance: movement.varianceMinor,
    posting_date: postingDate,
    reverses: movement.reverses === null ? null : BigInt(movement.reverses),
  };
}
