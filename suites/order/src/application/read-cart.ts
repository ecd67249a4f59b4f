import { useCase } from '@ashlar/kernel';
import { Money, money, Quantity, UnitPrice } from '@ashlar/kernel/values';
import { z } from 'zod';
import { cartLines, findCart, requireOpen } from '../adapters/carts.ts';
import { CartId, PromotionId, VariantId } from '../domain/ids.ts';
import type { OrderQuery } from './order-context.ts';
import { type PricedNow, priceOpenCart } from './price-open-cart.ts';

export const getCart = useCase('order.get-cart', {
  kind: 'query',
  summary: 'A cart, and what it comes to now; what order.place-order wants to be told.',
  input: z.strictObject({ cartId: CartId }),
  output: z.object({
    id: CartId,
    status: z.enum(['open', 'placed', 'discarded']),
    version: z.int(),
    currency: z.string(),
    lines: z.array(z.object({ line: z.int(), variantId: VariantId, quantity: Quantity })),
    priced: z
      .object({
        net: Money,
        tax: Money,
        total: Money,
        discount: Money.describe('Off goods and shipping, with or without tax as the prices are'),
        lines: z.array(
          z.object({ line: z.int(), sku: z.string(), unitPrice: UnitPrice, discount: Money, net: Money, tax: Money }),
        ),
        shipping: z.object({ code: z.string(), discount: Money, net: Money, tax: Money }).nullable(),
        promotions: z
          .array(
            z.object({
              id: PromotionId,
              title: z.record(z.string(), z.string()),
              coupon: z.string().nullable(),
              state: z.enum(['applied', 'waiting', 'expired', 'not_eligible', 'usage_exhausted', 'not_stackable']),
              amount: Money,
            }),
          )
          .describe('Those that are applied, and what became of each coupon'),
      })
      .nullable()
      .describe('Null where it is empty or no longer open'),
  }),
  errors: [],
  permission: 'order.place',
  on: { http: 'GET /carts/:cartId', graphql: 'query', grpc: true, mcp: true },
  run: async ({ cartId }, context: OrderQuery) => {
    const { db, clock } = context;
    const [cart, lines] = await Promise.all([findCart(db, cartId), cartLines(db, cartId)]);
    const answer = {
      id: cartId,
      status: cart.status,
      version: cart.version,
      currency: cart.currency,
      lines: lines.map(({ lineNo: line, variantId, quantity }) => ({
        line,
        variantId: variantId as VariantId,
        quantity,
      })),
    };
    if (cart.status !== 'open' || lines.length === 0) return { ...answer, priced: null };
    requireOpen(cart, clock());
    const priced = await priceOpenCart(context, cart, lines);
    const amount = (minor: bigint): Money => money(minor, priced.currency);
    return {
      ...answer,
      priced: {
        net: amount(priced.netMinor),
        tax: amount(priced.taxMinor),
        total: amount(priced.totalMinor),
        lines: priced.lines.map((line) => ({
          line: line.lineNo,
          sku: line.offer.sku,
          unitPrice: line.unitPrice,
          discount: amount(line.discountMinor),
          net: amount(line.netMinor),
          tax: amount(line.taxMinor),
        })),
        ...discountsOf(priced),
      },
    };
  },
});

function discountsOf({ adjustments, promotions, shipping, currency }: PricedNow) {
  const amount = (minor: bigint): Money => money(minor, currency);
  const sum = (of: typeof adjustments): bigint => of.reduce((total, { amountMinor }) => total + amountMinor, 0n);
  return {
    discount: amount(sum(adjustments)),
    shipping:
      shipping === null
        ? null
        : {
            code: shipping.code,
            discount: amount(shipping.discountMinor),
            net: amount(shipping.netMinor),
            tax: amount(shipping.taxMinor),
          },
    promotions: promotions.flatMap(({ promotion, state }) => {
      if (state !== 'applied' && promotion.coupon === null) return [];
      return {
        id: promotion.id as PromotionId,
        title: { ...promotion.title },
        coupon: promotion.coupon?.code ?? null,
        state,
        amount: amount(sum(adjustments.filter((one) => one.promotion?.id === promotion.id))),
      };
    }),
  };
}
