import { commonErrors, type Refused, refuse } from '@ashlar/kernel';
import {
  type Currency,
  dayInZone,
  instant,
  microsText,
  percentText,
  Quantity,
  unitPriceText,
} from '@ashlar/kernel/values';
import { getBooks, quoteVariants, resolveTaxes } from '../../adapters/contracts.ts';
import type { OrderRow } from '../../adapters/orders.ts';
import type { AddedLine } from '../../domain/change-order.ts';
import type { VariantId } from '../../domain/ids.ts';
import { orderErrors } from '../../domain/order-errors.ts';
import { offerLines, priceCart } from '../../domain/price-cart.ts';
import type { OrderQuery } from '../order-context.ts';

interface Wished {
  readonly variantId: string;
  readonly quantity: Quantity;
}

/**
 * What more of an order costs today: prices of the catalogue and taxes of the books, as an invoice over it alone will
 * say; lines are numbered from 1. Ask before you lock anything: others answer.
 */
export async function priceAdditions(
  { call, clock }: Pick<OrderQuery, 'call' | 'clock'>,
  order: OrderRow,
  wishes: readonly Wished[],
): Promise<readonly AddedLine[] | Refused> {
  if (wishes.length === 0) return [];
  const lines = oncePerVariant(wishes).map((wish, index) => ({ ...wish, lineNo: index + 1 }));
  const currency = order.currency as Currency;
  const [{ quotes }, books] = await Promise.all([
    call(quoteVariants, {
      currency,
      channel: order.channel,
      lines: lines.map(({ variantId, quantity }) => ({ variantId, quantity: Quantity.encode(quantity) })),
      ...(order.customer_id === null ? {} : { customerId: order.customer_id }),
    }),
    call(getBooks, {}),
  ]);
  const offers = new Map(
    quotes.map(({ variantId, least, step, ...rest }) => [
      variantId as string,
      { ...rest, minMicros: least.micros, stepMicros: step.micros },
    ]),
  );
  const offered = offerLines(lines, offers);
  if (!offered.accepted) return offered;
  const [known = []] = offered.events;
  const date = dayInZone(instant(clock()), books.timeZone);
  const categories = [...new Set(known.map(({ taxCategory }) => taxCategory))];
  const { taxes } = await call(resolveTaxes, { date, categories, place: order.place });
  const rates = new Map(taxes.map((one) => [one.category, one.rates]));
  const { roundingLevel, roundingMode: mode } = books;
  const decision = priceCart(known, (category) => rates.get(category), { roundingLevel, mode });
  if (!decision.accepted) return decision;
  const [priced] = decision.events;
  if (priced === undefined) return refuse(commonErrors.busy());
  // One order has its prices with tax or without, as it was placed.
  if (priced.prices !== order.prices) return refuse(orderErrors.pricesMixed());
  return priced.lines.map((line) => ({
    line: line.lineNo,
    variantId: line.variantId as VariantId,
    sku: line.offer.sku,
    title: line.offer.title,
    choices: line.offer.choices,
    isStocked: line.offer.isStocked,
    quantity: microsText(line.quantity.micros),
    uom: line.quantity.uom,
    unitPrice: unitPriceText(line.unitPrice),
    taxCategory: line.taxCategory,
    taxes: line.rates.map(({ code, percent, compoundOn = [] }, index) => ({
      code,
      percent: percentText(percent),
      compoundOn,
      tax: (line.taxesMinor[index] ?? 0n).toString(),
    })),
    net: line.netMinor.toString(),
    tax: line.taxMinor.toString(),
  }));
}

function oncePerVariant(wishes: readonly Wished[]): readonly Wished[] {
  const groups = Map.groupBy(wishes, ({ variantId, quantity }) => `${variantId} ${quantity.uom}`);
  return [...groups.values()].flatMap(([first, ...more]) =>
    first === undefined
      ? []
      : [
          {
            variantId: first.variantId,
            quantity: {
              micros: more.reduce((sum, { quantity }) => sum + quantity.micros, first.quantity.micros),
              uom: first.quantity.uom,
            },
          },
        ],
  );
}
