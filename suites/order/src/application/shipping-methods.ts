import { commonErrors, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { touched } from '@ashlar/kernel/touched';
import { Currency, localizedText, Money, money, text } from '@ashlar/kernel/values';
import { z } from 'zod';
import { cartLines, findCart, lockOpenCart, requireOpen, touchCart } from '../adapters/carts.ts';
import { findMethod, readTerms, zoneOf } from '../adapters/pricing-terms.ts';
import { CartId, ShippingMethodId } from '../domain/ids.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { countLines } from '../domain/price-cart.ts';
import { shippingPrice, zoneFor } from '../domain/shipping.ts';
import { CartChanged, closed, ofCart } from './carts.ts';
import type { OrderContext, OrderQuery } from './order-context.ts';
import { askPrices, priceErrors, shipToOf } from './price-open-cart.ts';

const Amount = z
  .string()
  .regex(/^\d{1,15}$/, 'Expected minor units as digits')
  .describe('Minor units, with or without tax as the prices of the cart are');
const Zone = z.strictObject({
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'Expected the two capital letters of a country'))
    .max(250)
    .default([])
    .describe('None: every country'),
  postcodes: z
    .array(text({ max: 20 }))
    .max(500)
    .default([])
    .describe('What they begin with; none: every postcode'),
  price: Amount,
  freeFrom: Amount.nullable()
    .default(null)
    .describe('What the goods have to come to, before discounts, to go for nothing'),
});
const terms = {
  title: localizedText({ max: 200 }),
  taxCategory: z.string().trim().min(1).max(50),
  zones: z.array(Zone).min(1).max(200).describe('The first that serves an address counts'),
};
const Changed = z.object({ id: ShippingMethodId, version: z.int() });

export const addShippingMethod = useCase('order.add-shipping-method', {
  summary: 'Says how goods are sent, where to and for how much.',
  input: z.strictObject({
    code: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9_-]{1,50}$/, 'Expected Latin letters, digits, hyphens and underscores'),
    currency: Currency,
    ...terms,
  }),
  output: Changed,
  errors: [orderErrors.codeTaken],
  permission: 'order.manage',
  on: { http: 'POST /shipping-methods', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ code, currency, title, taxCategory, zones }, { db, newId, audit }: OrderContext) => {
    const id = newId(ShippingMethodId);
    const row = { title: JSON.stringify(title), tax_category: taxCategory, zones: JSON.stringify(zones) };
    const { numInsertedOrUpdatedRows: inserted } = await db
      .insertInto('orders.shipping_methods')
      .values({ id, code, currency, ...row })
      .onConflict((conflict) => conflict.constraint('shipping_code_taken').doNothing())
      .executeTakeFirstOrThrow();
    if (inserted === 0n) return refuse(orderErrors.codeTaken({ code }));
    audit({ subject: id, after: { code, zones: zones.length } });
    return { id, version: 1 };
  },
});

export const changeShippingMethod = useCase('order.change-shipping-method', {
  summary: 'Writes the terms of a shipping method anew, or retires it; orders keep what they were placed with.',
  input: z.strictObject({
    methodId: ShippingMethodId,
    expectedVersion: z.int().optional(),
    isOffered: z.boolean().default(true),
    ...terms,
  }),
  output: Changed,
  errors: [],
  permission: 'order.manage',
  on: { http: 'PUT /shipping-methods/:methodId', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ methodId: id, expectedVersion, isOffered, ...input }, { db, audit }: OrderContext) => {
    const before = await db
      .selectFrom('orders.shipping_methods')
      .select('version')
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (before === undefined) return refuse(commonErrors.notFound({ what: 'shipping method', id }));
    const stale = refuseStale(before.version, expectedVersion, { id, version: before.version });
    if (stale !== null) return stale;
    const { version } = await db
      .updateTable('orders.shipping_methods')
      .set({
        title: JSON.stringify(input.title),
        tax_category: input.taxCategory,
        zones: JSON.stringify(input.zones),
        status: isOffered ? 'active' : 'retired',
        ...touched,
      })
      .where('id', '=', id)
      .returning('version')
      .executeTakeFirstOrThrow();
    audit({ subject: id, after: { isOffered, zones: input.zones.length } });
    return { id, version };
  },
});

export const listShippingMethods = useCase('order.list-shipping-methods', {
  kind: 'query',
  summary: 'How goods are sent; for a cart those that serve its address, with what they cost now.',
  input: z.strictObject({ cartId: CartId.optional() }),
  output: z.object({
    methods: z.array(
      z.object({
        id: ShippingMethodId,
        code: z.string(),
        title: z.record(z.string(), z.string()),
        isOffered: z.boolean(),
        taxCategory: z.string(),
        currency: z.string(),
        zones: z.array(Zone),
        price: Money.nullable().describe('For the cart that was named'),
        version: z.int(),
      }),
    ),
  }),
  errors: [...closed, ...priceErrors],
  permission: 'order.read',
  on: { http: 'GET /shipping-methods', graphql: 'query', grpc: true, mcp: true },
  run: async ({ cartId }, context: OrderQuery) => {
    const { db, orgId } = context;
    const asked = cartId === undefined ? null : await goodsOf(context, cartId);
    const rows = await db
      .selectFrom('orders.shipping_methods')
      .selectAll()
      .where('org_id', '=', orgId)
      .orderBy('code')
      .limit(MOST_LISTED)
      .execute();
    return {
      methods: rows.flatMap((row) => {
        const zone = asked === null ? undefined : zoneFor(row.zones.map(zoneOf), asked.shipTo);
        const serves = zone !== undefined && row.status === 'active' && row.currency === asked?.currency;
        if (asked !== null && !serves) return [];
        // Ids and codes out of our own tables are what they were when they were made.
        const currency = row.currency as Currency;
        return {
          id: row.id as ShippingMethodId,
          code: row.code,
          title: row.title,
          isOffered: row.status === 'active',
          taxCategory: row.tax_category,
          currency,
          zones: row.zones.map(({ countries, postcodes, ...rest }) => ({
            ...rest,
            countries: [...countries],
            postcodes: [...postcodes],
          })),
          price: asked === null || zone === undefined ? null : money(shippingPrice(zone, asked.goodsMinor), currency),
          version: row.version,
        };
      }),
    };
  },
});

/** More are no choice for anybody. */
const MOST_LISTED = 1000;

async function goodsOf(context: OrderQuery, cartId: CartId) {
  const { db, clock } = context;
  const [cart, lines] = await Promise.all([findCart(db, cartId), cartLines(db, cartId)]);
  requireOpen(cart, clock());
  const shipTo = shipToOf(cart);
  const asked = await askPrices(context, cart, lines, { ...(await readTerms(db, cart, clock())), method: null });
  const goodsMinor = countLines(asked.offered, asked.mode).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return { shipTo, goodsMinor, currency: cart.currency };
}

export const setShippingMethod = useCase('order.set-shipping-method', {
  summary: 'Says how the goods of a cart are sent; without a method, it is nobody’s business.',
  input: z.strictObject({ ...ofCart, methodId: ShippingMethodId.optional() }),
  output: CartChanged,
  errors: [...closed, orderErrors.addressIncomplete, orderErrors.zoneUnserved, orderErrors.shippingGone],
  permission: 'order.place',
  on: { http: 'PUT /carts/:cartId/shipping', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ cartId, methodId, expectedVersion }, { db, clock, audit }: OrderContext) => {
    const cart = await lockOpenCart(db, cartId, clock());
    const stale = refuseStale(cart.version, expectedVersion, { id: cartId, version: cart.version });
    if (stale !== null) return stale;
    if (methodId !== undefined) {
      const method = await findMethod(db, methodId);
      if (method === null) return refuse(commonErrors.notFound({ what: 'shipping method', id: methodId }));
      const { code, zones } = method;
      if (!method.isOffered || method.currency !== cart.currency) return refuse(orderErrors.shippingGone({ code }));
      if (zoneFor(zones, shipToOf(cart)) === undefined) return refuse(orderErrors.zoneUnserved({ code }));
    }
    audit({ subject: cartId, after: { methodId: methodId ?? null } });
    return { id: cartId, version: await touchCart(db, cartId, { shipping_method_id: methodId ?? null }) };
  },
});
