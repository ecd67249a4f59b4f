import { commonErrors } from '@ashlar/kernel';
import { parseMicros } from '@ashlar/kernel/values';
import type { Selectable } from 'kysely';
import type { WishedLine } from '../domain/price-cart.ts';
import { orderErrors } from '../domain/order-errors.ts';
import type { OrderDb, OrderTables } from './tables.ts';
import { touched } from '@ashlar/kernel/touched';

export type CartRow = Selectable<OrderTables['orders.carts']>;

/** @throws {AshlarError} `common.not_found` */
export async function findCart(db: OrderDb, id: string): Promise<CartRow> {
  const row = await db.selectFrom('orders.carts').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw commonErrors.notFound({ what: 'cart', id });
  return row;
}

/** A cart that can still be changed, held until the transaction ends. */
export async function lockOpenCart(db: OrderDb, id: string, now: Date): Promise<CartRow> {
  const row = await db.selectFrom('orders.carts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw commonErrors.notFound({ what: 'cart', id });
  requireOpen(row, now);
  return row;
}

/** @throws {AshlarError} `order.cart_closed`, `order.cart_expired` */
export function requireOpen({ status, expires_at: expiresAt }: CartRow, now: Date): void {
  if (status !== 'open') throw orderErrors.cartClosed({ status });
  if (expiresAt !== null && expiresAt <= now) throw orderErrors.cartExpired({ until: expiresAt.toISOString() });
}

export async function cartLines(db: OrderDb, id: string): Promise<readonly WishedLine[]> {
  const rows = await db
    .selectFrom('orders.cart_lines')
    .select(['line_no', 'variant_id', 'quantity', 'uom'])
    .where('cart_id', '=', id)
    .orderBy('line_no')
    .execute();
  return rows.map((row) => ({
    lineNo: row.line_no,
    variantId: row.variant_id,
    quantity: { micros: parseMicros(row.quantity), uom: row.uom },
  }));
}

/** Says that a cart is not what it was. @returns Its new version. */
export async function touchCart(db: OrderDb, id: string, change: object = {}): Promise<number> {
  const { version } = await db
    .updateTable('orders.carts')
    .set({ ...change, ...touched })
    .where('id', '=', id)
    .returning('version')
    .executeTakeFirstOrThrow();
  return version;
}
