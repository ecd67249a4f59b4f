import { commonErrors } from '@ashlar/kernel';
import { parseMicros, type Quantity } from '@ashlar/kernel/values';
import type { Selectable } from 'kysely';
import type { VariantId } from '../domain/ids.ts';
import { lockOrder } from './orders.ts';
import type { OrderDb, OrderTables } from './tables.ts';
import { touched } from '@ashlar/kernel/touched';

export type FulfilmentRow = Selectable<OrderTables['orders.fulfilments']>;

/** A parcel, with its order held first: whoever changes one holds the other, always in that order. */
export async function lockFulfilment(db: OrderDb, id: string): Promise<FulfilmentRow> {
  const seen = await db.selectFrom('orders.fulfilments').select('order_id').where('id', '=', id).executeTakeFirst();
  if (seen === undefined) throw commonErrors.notFound({ what: 'fulfilment', id });
  await lockOrder(db, seen.order_id);
  return db.selectFrom('orders.fulfilments').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
}

type Change = Partial<Omit<FulfilmentRow, 'id' | 'org_id' | 'order_id' | 'number' | 'version'>>;

/** @returns Its new version. */
export async function changeFulfilment(db: OrderDb, id: string, change: Change): Promise<number> {
  const { version } = await db
    .updateTable('orders.fulfilments')
    .set({ ...change, ...touched })
    .where('id', '=', id)
    .returning('version')
    .executeTakeFirstOrThrow();
  return version;
}

/** What is in a parcel, for those who are told of it. */
export async function lineFacts(
  db: OrderDb,
  fulfilmentId: string,
): Promise<{ line: number; variantId: VariantId; quantity: Quantity }[]> {
  const rows = await db
    .selectFrom('orders.fulfilment_lines as f')
    .innerJoin('orders.order_lines as l', (join) =>
      join.onRef('l.order_id', '=', 'f.order_id').onRef('l.line_no', '=', 'f.line_no'),
    )
    .select(['f.line_no', 'f.quantity', 'l.variant_id', 'l.uom'])
    .where('f.fulfilment_id', '=', fulfilmentId)
    .orderBy('f.line_no')
    .execute();
  return rows.map((row) => ({
    line: row.line_no,
    // Ids out of our own tables are what they were when they were made.
    variantId: row.variant_id as VariantId,
    quantity: { micros: parseMicros(row.quantity), uom: row.uom },
  }));
}
