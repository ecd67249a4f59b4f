import { refuse, refuseStale, useCase } from '@ashlar/kernel';
import { Currency, microsText, PositiveQuantity, type Quantity } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { findCart, lockOpenCart, touchCart } from '../adapters/carts.ts';
import { CartId, CustomerId, VariantId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { MAX_LINES, type OrderContext } from './order-context.ts';
import { Address, Party, Place } from './party-input.ts';

export const CartChanged = z.object({ id: CartId, version: z.int() });
const LineChanged = CartChanged.extend({ line: z.int() });
const Line = z.strictObject({ variantId: VariantId, quantity: PositiveQuantity });
export const ofCart = { cartId: CartId, expectedVersion: z.int().optional() };
export const closed = [orderErrors.cartClosed, orderErrors.cartExpired];

export const Channel = z.enum(['web', 'pos', 'phone', 'b2b', 'api']);

/** Hours a cart is good for unless told. */
const CART_HOURS = 24 * 30;

export const openCart = useCase('order.open-cart', {
  summary: 'Opens a cart, empty or with lines.',
  input: z.strictObject({
    channel: Channel.default('web'),
    currency: Currency,
    customerId: CustomerId.optional(),
    place: Place.prefault({}),
    hours: z.int().min(1).max(8760).default(CART_HOURS).describe('It is good for'),
    lines: z.array(Line).max(MAX_LINES).default([]),
  }),
  output: CartChanged,
  errors: [],
  permission: 'order.place',
  on: { http: 'POST /carts', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ lines, hours, ...input }, { db, newId, clock, audit }: OrderContext) => {
    const id = newId(CartId);
    await db
      .insertInto('orders.carts')
      .values({
        id,
        channel: input.channel,
        currency: input.currency,
        customer_id: input.customerId ?? null,
        place: JSON.stringify(input.place),
        party: null,
        ship_to: null,
        shipping_method_id: null,
        expires_at: new Date(clock().getTime() + hours * 3_600_000),
      })
      .execute();
    const rows = sumByVariant(lines).map(({ variantId, quantity }, index) => ({
      cart_id: id,
      line_no: index + 1,
      variant_id: variantId,
      quantity: microsText(quantity.micros),
      uom: quantity.uom,
    }));
    if (rows.length > 0) await db.insertInto('orders.cart_lines').values(rows).execute();
    audit({ subject: id, after: { lines: rows.length } });
    return { id, version: 1 };
  },
});

export const addLine = useCase('order.add-line', {
  summary: 'Puts something into a cart; more of the same is more on its line.',
  description: 'What it costs, and whether it is sold at all, is told by order.get-cart and settled when it is placed.',
  input: Line.extend(ofCart),
  output: LineChanged,
  errors: [...closed, orderErrors.cartTooLarge, orderErrors.unitDiffers],
  permission: 'order.place',
  on: { http: 'POST /carts/:cartId/lines', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ cartId, variantId, quantity, expectedVersion }, { db, clock, audit }: OrderContext) => {
    const cart = await lockOpenCart(db, cartId, clock());
    const stale = refuseStale(cart.version, expectedVersion, { id: cartId, version: cart.version });
    if (stale !== null) return stale;
    const { rows } = await sql<{ line_no: number; uom: string }>`
      insert into orders.cart_lines (cart_id, line_no, variant_id, quantity, uom)
      select ${cartId}, coalesce(max(line_no), 0) + 1, ${variantId}, ${microsText(quantity.micros)}, ${quantity.uom}
      from orders.cart_lines where cart_id = ${cartId} having count(*) < ${MAX_LINES} or bool_or(variant_id = ${variantId})
      on conflict (cart_id, variant_id) do update set quantity = cart_lines.quantity + excluded.quantity
      returning line_no, uom`.execute(db);
    const [row] = rows;
    if (row === undefined) return refuse(orderErrors.cartTooLarge({ most: MAX_LINES }));
    if (row.uom !== quantity.uom) {
      return refuse(orderErrors.unitDiffers({ line: row.line_no, sku: variantId, uom: row.uom }));
    }
    audit({ subject: cartId, after: { variantId, quantity: microsText(quantity.micros) } });
    return { id: cartId, line: row.line_no, version: await touchCart(db, cartId) };
  },
});

export const updateLine = useCase('order.update-line', {
  summary: 'Says how much of something is wanted.',
  input: z.strictObject({ ...ofCart, line: z.int().min(1), quantity: PositiveQuantity }),
  output: LineChanged,
  errors: [...closed, orderErrors.lineUnknown],
  permission: 'order.place',
  on: { http: 'PUT /carts/:cartId/lines/:line', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ cartId, line, quantity, expectedVersion }, { db, clock, audit }: OrderContext) => {
    const cart = await lockOpenCart(db, cartId, clock());
    const stale = refuseStale(cart.version, expectedVersion, { id: cartId, version: cart.version });
    if (stale !== null) return stale;
    const row = await db
      .updateTable('orders.cart_lines')
      .set({ quantity: microsText(quantity.micros), uom: quantity.uom })
      .where('cart_id', '=', cartId)
      .where('line_no', '=', line)
      .returning('line_no')
      .executeTakeFirst();
    if (row === undefined) return refuse(orderErrors.lineUnknown({ line }));
    audit({ subject: cartId, after: { line, quantity: microsText(quantity.micros) } });
    return { id: cartId, line, version: await touchCart(db, cartId) };
  },
});

export const removeLine = useCase('order.remove-line', {
  summary: 'Takes something out of a cart.',
  input: z.strictObject({ ...ofCart, line: z.int().min(1) }),
  output: LineChanged,
  errors: [...closed, orderErrors.lineUnknown],
  permission: 'order.place',
  on: { http: 'DELETE /carts/:cartId/lines/:line', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ cartId, line, expectedVersion }, { db, clock, audit }: OrderContext) => {
    const cart = await lockOpenCart(db, cartId, clock());
    const stale = refuseStale(cart.version, expectedVersion, { id: cartId, version: cart.version });
    if (stale !== null) return stale;
    const row = await db
      .deleteFrom('orders.cart_lines')
      .where('cart_id', '=', cartId)
      .where('line_no', '=', line)
      .returning('line_no')
      .executeTakeFirst();
    if (row === undefined) return refuse(orderErrors.lineUnknown({ line }));
    audit({ subject: cartId, after: { removed: line } });
    return { id: cartId, line, version: await touchCart(db, cartId) };
  },
});

export const setAddress = useCase('order.set-address', {
  summary: 'Says who buys and where it goes.',
  input: z.strictObject({ ...ofCart, party: Party, shipTo: Address, place: Place.optional() }),
  output: CartChanged,
  errors: closed,
  permission: 'order.place',
  on: { http: 'PUT /carts/:cartId/address', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ cartId, party, shipTo, place, expectedVersion }, { db, clock, audit }: OrderContext) => {
    const cart = await lockOpenCart(db, cartId, clock());
    const stale = refuseStale(cart.version, expectedVersion, { id: cartId, version: cart.version });
    if (stale !== null) return stale;
    audit({ subject: cartId });
    const version = await touchCart(db, cartId, {
      party: JSON.stringify(party),
      ship_to: JSON.stringify(shipTo),
      ...(place === undefined ? {} : { place: JSON.stringify(place) }),
    });
    return { id: cartId, version };
  },
});

export const discardCart = useCase('order.discard-cart', {
  summary: 'Throws a cart away.',
  input: z.strictObject({ cartId: CartId }),
  output: CartChanged,
  errors: [orderErrors.cartClosed],
  permission: 'order.place',
  on: { http: 'DELETE /carts/:cartId', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ cartId }, { db, audit }: OrderContext) => {
    const changed = await db
      .updateTable('orders.carts')
      .set({ status: 'discarded', version: sql<number>`version + 1` })
      .where('id', '=', cartId)
      .where('status', '=', 'open')
      .returning('version')
      .executeTakeFirst();
    if (changed === undefined) {
      const { status, version } = await findCart(db, cartId);
      // Asking twice is no mistake.
      return status === 'discarded' ? { id: cartId, version } : refuse(orderErrors.cartClosed({ status }));
    }
    audit({ subject: cartId });
    return { id: cartId, version: changed.version };
  },
});

/** One line for each variant, in the order they are named first. */
function sumByVariant(
  lines: readonly { readonly variantId: VariantId; readonly quantity: Quantity }[],
): readonly { readonly variantId: VariantId; readonly quantity: Quantity }[] {
  const sums = new Map<string, { readonly variantId: VariantId; readonly quantity: Quantity }>();
  for (const line of lines) {
    const { quantity } = line;
    const known = sums.get(line.variantId);
    if (known === undefined) sums.set(line.variantId, line);
    else if (known.quantity.uom === quantity.uom) {
      sums.set(line.variantId, {
        ...line,
        quantity: { micros: known.quantity.micros + quantity.micros, uom: quantity.uom },
      });
    } else {
      throw orderErrors.unitDiffers({ line: sums.size, sku: line.variantId, uom: known.quantity.uom });
    }
  }
  return [...sums.values()];
}
