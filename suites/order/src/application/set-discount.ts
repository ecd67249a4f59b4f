import { commonErrors, refuse, refuseStale, useCase } from '@ashlar/kernel';
import { Money, Percent, percentText, text, valueErrors } from '@ashlar/kernel/values';
import { sql } from 'kysely';
import { z } from 'zod';
import { cartLines, findCart, lockOpenCart, requireOpen, touchCart } from '../adapters/carts.ts';
import { readTerms } from '../adapters/pricing-terms.ts';
import type { OrderDb } from '../adapters/tables.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { CartChanged, closed, ofCart } from './carts.ts';
import type { OrderContext } from './order-context.ts';
import { askPrices, priceErrors, priceWith } from './price-open-cart.ts';

const WITHOUT_LIMIT = 'order.discount-over-limit';
/** 100 % in the millionths a percentage is kept in. */
const WHOLE = 100_000_000n;

export const setDiscount = useCase('order.set-discount', {
  summary: 'Takes something off a line of a cart, or off all of them; without percent and amount, no more.',
  description:
    'It is taken off what promotions left, and never more than there is. Above the limit of the policy it asks for the permission order.discount-over-limit.',
  input: z.strictObject({
    ...ofCart,
    line: z.int().min(1).optional().describe('All of them unless told'),
    percent: Percent.optional(),
    amount: Money.optional(),
    reason: text({ max: 500 }).optional().describe('Asked for where something is taken off'),
  }),
  output: CartChanged,
  errors: [...closed, ...priceErrors, orderErrors.lineUnknown, orderErrors.overLimit],
  permission: 'order.discount',
  on: { http: 'PUT /carts/:cartId/discount', graphql: 'mutation', grpc: true, mcp: true },
  run: async ({ cartId, line, percent, amount, reason, expectedVersion }, context: OrderContext) => {
    const { db, clock, orgId, audit } = context;
    const now = clock();
    const [cart, lines] = await Promise.all([findCart(db, cartId), cartLines(db, cartId)]);
    requireOpen(cart, now);
    const stale = refuseStale(cart.version, expectedVersion, { id: cartId, version: cart.version });
    if (stale !== null) return stale;
    if (line !== undefined && !lines.some(({ lineNo }) => lineNo === line)) {
      return refuse(orderErrors.lineUnknown({ line }));
    }
    const lineNo = line ?? null;
    const faults = faultsOf({ percent, amount, reason });
    if (faults.length > 0) throw commonErrors.invalidInput({ count: faults.length }, { fields: faults });
    if (amount !== undefined && amount.currency !== cart.currency) {
      return refuse(valueErrors.currencyMismatch({ left: cart.currency, right: amount.currency }));
    }
    let isOverLimit = false;
    const given = { percent: percent ?? null, amountMinor: amount?.amountMinor ?? null, reason: reason ?? '' };
    const isTaken = percent !== undefined || amount !== undefined;
    if (isTaken) {
      const terms = await readTerms(db, cart, now);
      const others = terms.byHand.filter((one) => one.lineNo !== lineNo);
      const byHand = [...others, { lineNo, ...given, isOverLimit: false }];
      // Others answer here, so the cart is locked only then.
      const asked = await askPrices(context, cart, lines, terms);
      const { excess, currency } = priceWith(asked, cart, { ...terms, byHand }, now);
      if (excess !== null) {
        if (!(await mayGoOver(db, orgId))) {
          const [over, limit] = [excess.amountMinor, excess.limitMinor].map((minor) => `${minor} ${currency}`);
          return refuse(orderErrors.overLimit({ amount: over ?? '', limit: limit ?? '' }));
        }
        isOverLimit = true;
      }
    }
    const locked = await lockOpenCart(db, cartId, now);
    if (locked.version !== cart.version) return refuse(commonErrors.busy());
    await db
      .deleteFrom('orders.cart_discounts')
      .where('cart_id', '=', cartId)
      .where(sql<boolean>`line_no is not distinct from ${lineNo}::integer`)
      .execute();
    if (isTaken) {
      await db
        .insertInto('orders.cart_discounts')
        .values({
          cart_id: cartId,
          line_no: lineNo,
          percent: percent === undefined ? null : percentText(percent),
          amount: given.amountMinor,
          reason: given.reason,
          is_over_limit: isOverLimit,
        })
        .execute();
    }
    audit({
      subject: cartId,
      ...(reason === undefined ? {} : { reason }),
      after: {
        line: lineNo,
        percent: percent === undefined ? null : percentText(percent),
        amount: given.amountMinor?.toString() ?? null,
        isOverLimit,
      },
    });
    return { id: cartId, version: await touchCart(db, cartId) };
  },
});

function faultsOf({
  percent,
  amount,
  reason,
}: {
  readonly percent: bigint | undefined;
  readonly amount: Money | undefined;
  readonly reason: string | undefined;
}) {
  const faults: { pointer: string; code: string; detail: string }[] = [];
  const add = (pointer: string, detail: string): void => void faults.push({ pointer, code: 'out_of_range', detail });
  if (percent !== undefined && amount !== undefined) add('/amount', 'Either a percentage or an amount');
  if (percent !== undefined && (percent <= 0n || percent > WHOLE)) add('/percent', 'More than 0 and at most 100');
  if (amount !== undefined && amount.amountMinor <= 0n) add('/amount', 'More than nothing');
  if ((percent !== undefined || amount !== undefined) && reason === undefined) add('/reason', 'Why is it taken off?');
  return faults;
}

/** The command asks for the right to take something off; how much is the business of others. */
async function mayGoOver(db: OrderDb, orgId: string): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`
    select auth.has_permission(${WITHOUT_LIMIT}, ${orgId}::uuid) as may`.execute(db);
  return rows[0]?.may === true;
}
