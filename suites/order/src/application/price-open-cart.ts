import { type Currency, dayInZone, instant, Quantity } from '@ashlar/kernel/values';
import type { z } from 'zod';
import { getBooks, quoteVariants, resolveTaxes } from '../adapters/contracts.ts';
import type { CartRow } from '../adapters/carts.ts';
import { orderErrors } from '../domain/order-errors.ts';
import { type Offer, offerLines, priceCart, type PricedCart, type WishedLine } from '../domain/price-cart.ts';
import type { OrderQuery } from './order-context.ts';

export interface PricedNow extends PricedCart {
  readonly currency: Currency;
  /** The day it is where the books are kept. */
  readonly today: string;
}

/**
 * What a cart comes to at this moment: prices of the catalogue, taxes and rounding of the books, in three questions
 * whatever its length. Ask before you lock anything: others answer.
 *
 * @throws {AshlarError} Why it cannot be sold.
 */
export async function priceOpenCart(
  { call, clock }: Pick<OrderQuery, 'call' | 'clock'>,
  cart: CartRow,
  lines: readonly WishedLine[],
): Promise<PricedNow> {
  if (lines.length === 0) throw orderErrors.cartEmpty();
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
  const offered = offerLines(lines, offers);
  if (!offered.accepted) throw offered.error;
  const priced = offered.events[0] ?? [];
  const today = dayInZone(instant(clock()), books.timeZone);
  const { taxes } = await call(resolveTaxes, {
    date: today,
    categories: [...new Set(priced.map(({ taxCategory }) => taxCategory))],
    place: cart.place,
  });
  const rates = new Map(taxes.map(({ category, rates: known }) => [category, known]));
  const decision = priceCart(priced, (category) => rates.get(category), {
    roundingLevel: books.roundingLevel,
    mode: books.roundingMode,
  });
  if (!decision.accepted) throw decision.error;
  const [figures] = decision.events;
  if (figures === undefined) throw new Error('A priced cart without figures');
  return { ...figures, currency: books.currency, today };
}

type Quote = z.output<typeof quoteVariants.output>['quotes'][number];

function offerOf({ variantId: _id, least, step, ...rest }: Quote): Offer {
  return { ...rest, minMicros: least.micros, stepMicros: step.micros };
}
