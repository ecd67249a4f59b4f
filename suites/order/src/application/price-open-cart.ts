import type { ErrorFactory } from '@ashlar/kernel';
import { type Currency, dayInZone, instant, Quantity, type RoundingMode, type TaxRate } from '@ashlar/kernel/values';
import type { z } from 'zod';
import type { CartRow } from '../adapters/carts.ts';
import { getBooks, quoteVariants, resolveTaxes } from '../adapters/contracts.ts';
import { type PricingTerms, readTerms } from '../adapters/pricing-terms.ts';
import { applyPromotions, type CountedLine } from '../domain/apply-promotions.ts';
import { discountByHand, type DiscountedByHand } from '../domain/discount-by-hand.ts';
import { orderErrors } from '../domain/order-errors.ts';
import {
  type ChosenShipping,
  countLines,
  type Offer,
  offerLines,
  priceCart,
  type PricedCart,
  type PricedOffer,
  type WishedLine,
} from '../domain/price-cart.ts';
import { type Promotion, type PromotionState, refusalOf } from '../domain/promotion.ts';
import { shippingPrice, zoneFor } from '../domain/shipping.ts';
import { MAX_LINES, type OrderQuery } from './order-context.ts';

/** Why a cart cannot be priced. */
export const priceErrors: readonly ErrorFactory[] = [
  orderErrors.cartEmpty,
  orderErrors.cartTooLarge,
  orderErrors.variantInactive,
  orderErrors.notSellable,
  orderErrors.unitDiffers,
  orderErrors.qtyStep,
  orderErrors.pricesMixed,
  orderErrors.currencyDiffers,
  orderErrors.taxUnresolved,
  orderErrors.addressIncomplete,
  orderErrors.zoneUnserved,
  orderErrors.shippingGone,
];

/** The shipping's line among those of the goods: beyond all of them. */
const SHIPPING_LINE = 1_000_001;

/** What is taken off a line, and why. */
export interface Adjustment {
  readonly lineNo: number;
  readonly amountMinor: bigint;
  /** Null: somebody did it by hand. */
  readonly promotion: Promotion | null;
  readonly reason: string | null;
}

export interface PricedNow extends PricedCart {
  readonly currency: Currency;
  /** The day it is where the books are kept. */
  readonly today: string;
  readonly adjustments: readonly Adjustment[];
  /** What became of each promotion that was asked. */
  readonly promotions: readonly { readonly promotion: Promotion; readonly state: PromotionState }[];
  /** What was taken off by hand beyond the limit and nobody has approved. */
  readonly excess: DiscountedByHand['excess'];
}

/** What others said of a cart at this moment. */
export interface AskedPrices {
  readonly offered: readonly PricedOffer[];
  readonly ratesOf: (category: string) => readonly TaxRate[] | null | undefined;
  readonly currency: Currency;
  readonly roundingLevel: 'line' | 'document';
  readonly mode: RoundingMode;
  readonly today: string;
}

/**
 * What a cart comes to at this moment: prices of the catalogue, promotions, discounts, shipping, taxes and rounding of
 * the books, in as many questions whatever its length. Ask before you lock anything: others answer.
 *
 * @throws {AshlarError} Why it cannot be sold.
 */
export async function priceOpenCart(
  context: Pick<OrderQuery, 'call' | 'clock' | 'db'>,
  cart: CartRow,
  lines: readonly WishedLine[],
): Promise<PricedNow> {
  const terms = await readTerms(context.db, cart, context.clock());
  return priceWith(await askPrices(context, cart, lines, terms), cart, terms, context.clock());
}

/** Asks prices and taxes of others. @throws {AshlarError} Why it cannot be sold. */
export async function askPrices(
  { call, clock }: Pick<OrderQuery, 'call' | 'clock'>,
  cart: CartRow,
  lines: readonly WishedLine[],
  { method }: PricingTerms,
): Promise<AskedPrices> {
  if (lines.length === 0) throw orderErrors.cartEmpty();
  // An invoice over all of it has as many lines.
  const most = method === null ? MAX_LINES : MAX_LINES - 1;
  if (lines.length > most) throw orderErrors.cartTooLarge({ most });
  const [{ quotes }, books] = await Promise.all([
    call(quoteVariants, {
      currency: cart.currency,
      channel: cart.channel,
      lines: lines.map(({ variantId, quantity }) => ({ variantId, quantity: Quantity.encode(quantity) })),
      ...(cart.customer_id === null ? {} : { customerId: cart.customer_id }),
    }),
    call(getBooks, {}),
  ]);
  if (books.currency !== cart.currency) {
    throw orderErrors.currencyDiffers({ books: books.currency, cart: cart.currency });
  }
  const offers = new Map(quotes.map((quote) => [quote.variantId as string, offerOf(quote)]));
  const offeredNow = offerLines(lines, offers);
  if (!offeredNow.accepted) throw offeredNow.error;
  const offered = offeredNow.events[0] ?? [];
  const today = dayInZone(instant(clock()), books.timeZone);
  const categories = offered.map(({ taxCategory }) => taxCategory);
  const { taxes } = await call(resolveTaxes, {
    date: today,
    categories: [...new Set(method === null ? categories : [...categories, method.taxCategory])],
    place: cart.place,
  });
  const rates = new Map(taxes.map(({ category, rates: known }) => [category, known]));
  const { currency, roundingLevel, roundingMode: mode } = books;
  return { offered, ratesOf: (category) => rates.get(category), currency, roundingLevel, mode, today };
}

/** What a cart comes to by what others said. Pure. @throws {AshlarError} Why it cannot be sold like that. */
export function priceWith(asked: AskedPrices, cart: CartRow, terms: PricingTerms, at: Date): PricedNow {
  const { offered, ratesOf, currency, roundingLevel, mode, today } = asked;
  const counted = countLines(offered, mode);
  const shipping = chooseShipping(cart, terms, counted);
  const { promotions, adjustments, left } = takeOff(counted, shipping, cart, terms.promotions, { at, mode });
  const { taken, excess } = discountByHand(left, terms.byHand, terms.discountLimit, mode);
  const all = [...adjustments, ...taken.map((one) => ({ ...one, promotion: null }))];
  const discounts = new Map<number, bigint>();
  for (const { lineNo, amountMinor } of all) discounts.set(lineNo, (discounts.get(lineNo) ?? 0n) + amountMinor);
  const decision = priceCart(offered, ratesOf, { roundingLevel, mode }, shipping, discounts);
  if (!decision.accepted) throw decision.error;
  const [figures] = decision.events;
  if (figures === undefined) throw new Error('A priced cart without figures');
  return { ...figures, currency, today, adjustments: all, promotions, excess };
}

function takeOff(
  counted: readonly CountedLine[],
  shipping: ChosenShipping | null,
  cart: CartRow,
  known: readonly Promotion[],
  { at, mode }: { readonly at: Date; readonly mode: RoundingMode },
) {
  const asker = { at, channel: cart.channel, customerId: cart.customer_id, currency: cart.currency };
  const refusals = new Map(known.map((one) => [one.id, refusalOf(one, asker)]));
  const shipment = shipping === null ? null : { lineNo: shipping.lineNo, amountMinor: shipping.priceMinor };
  const free = known.filter(({ id }) => refusals.get(id) === null);
  const { taken, states } = applyPromotions(counted, shipment, free, mode);
  const byId = new Map(known.map((one) => [one.id, one]));
  const left = new Map(counted.map(({ lineNo, amountMinor }) => [lineNo, amountMinor]));
  for (const { lineNo, amountMinor } of taken) {
    const before = left.get(lineNo);
    // Discounts by hand are off the goods.
    if (before !== undefined) left.set(lineNo, before - amountMinor);
  }
  return {
    left,
    adjustments: taken.map(({ lineNo, amountMinor, promotionId }): Adjustment => ({
      lineNo,
      amountMinor,
      promotion: byId.get(promotionId) ?? null,
      reason: null,
    })),
    promotions: known.map((promotion) => ({
      promotion,
      state: refusals.get(promotion.id) ?? states.get(promotion.id) ?? 'not_eligible',
    })),
  };
}

/** @throws {AshlarError} `order.shipping_gone`, `order.address_incomplete`, `order.zone_unserved` */
function chooseShipping(
  cart: CartRow,
  { method }: PricingTerms,
  counted: readonly CountedLine[],
): ChosenShipping | null {
  if (method === null) return null;
  const { id: methodId, code, title, taxCategory } = method;
  if (!method.isOffered || method.currency !== cart.currency) throw orderErrors.shippingGone({ code });
  const zone = zoneFor(method.zones, shipToOf(cart));
  if (zone === undefined) throw orderErrors.zoneUnserved({ code });
  const goodsMinor = counted.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const priceMinor = shippingPrice(zone, goodsMinor);
  return { lineNo: SHIPPING_LINE, methodId, code, title, taxCategory, priceMinor };
}

/** @throws {AshlarError} `order.address_incomplete` */
export function shipToOf({ ship_to: shipTo }: Pick<CartRow, 'ship_to'>): {
  readonly country: string;
  readonly postcode: string | null;
} {
  if (shipTo === null) throw orderErrors.addressIncomplete({ missing: ['shipTo'] });
  const { country, postcode } = shipTo;
  return { country: String(country), postcode: typeof postcode === 'string' ? postcode : null };
}

type Quote = z.output<typeof quoteVariants.output>['quotes'][number];

function offerOf({ variantId: _id, least, step, ...rest }: Quote): Offer {
  return { ...rest, minMicros: least.micros, stepMicros: step.micros };
}
