import { accept, type Decision, refuse } from '@ashlar/kernel';
import {
  linePrice,
  microsText,
  type Quantity,
  type RoundingMode,
  taxDocument,
  type TaxRate,
  type UnitPrice,
} from '@ashlar/kernel/values';
import type { CountedLine } from './apply-promotions.ts';
import { orderErrors } from './order-errors.ts';

/** A cart's line. */
export interface WishedLine {
  readonly lineNo: number;
  readonly variantId: string;
  readonly quantity: Quantity;
}

/** What the catalogue says of a variant at this moment. */
export interface Offer {
  readonly productId: string;
  /** Of its product, with all above them. */
  readonly categoryIds: readonly string[];
  readonly sku: string;
  readonly title: Readonly<Record<string, string>>;
  readonly choices: Readonly<Record<string, string>>;
  readonly isSold: boolean;
  readonly isStocked: boolean;
  readonly salesUom: string;
  readonly minMicros: bigint;
  readonly stepMicros: bigint;
  readonly taxCategory: string | null;
  readonly price: { readonly unitPrice: UnitPrice; readonly includesTax: boolean } | null;
}

export interface PricedOffer extends WishedLine {
  readonly offer: Offer;
  readonly unitPrice: UnitPrice;
  readonly taxCategory: string;
}

export interface PricingRules {
  readonly roundingLevel: 'line' | 'document';
  readonly mode: RoundingMode;
}

export interface PricedLine extends PricedOffer {
  /** Off the whole line, with or without tax as the prices are. */
  readonly discountMinor: bigint;
  readonly rates: readonly TaxRate[];
  readonly taxesMinor: readonly bigint[];
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
}

/** What sending it costs. */
export interface ChosenShipping {
  readonly lineNo: number;
  readonly methodId: string;
  readonly code: string;
  readonly title: Readonly<Record<string, string>>;
  /** With or without tax as the prices are. */
  readonly priceMinor: bigint;
  readonly taxCategory: string;
}

export interface PricedShipping extends ChosenShipping {
  readonly discountMinor: bigint;
  readonly rates: readonly TaxRate[];
  readonly taxesMinor: readonly bigint[];
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
}

export interface PricedCart {
  readonly lines: readonly PricedLine[];
  readonly shipping: PricedShipping | null;
  readonly prices: 'inclusive' | 'exclusive';
  /** Of the goods. */
  readonly netMinor: bigint;
  /** Of goods and shipping. */
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}

/** Whether everything in a cart is sold, by that unit, in that quantity, and for which price. */
export function offerLines(
  lines: readonly WishedLine[],
  offers: ReadonlyMap<string, Offer>,
): Decision<readonly PricedOffer[]> {
  if (lines.length === 0) return refuse(orderErrors.cartEmpty());
  const priced: PricedOffer[] = [];
  for (const wished of lines) {
    const { lineNo: line, quantity, variantId } = wished;
    const offer = offers.get(variantId);
    if (offer === undefined || !offer.isSold) return refuse(orderErrors.variantInactive({ line }));
    const { sku, salesUom, minMicros, stepMicros, taxCategory, price } = offer;
    if (quantity.uom !== salesUom) return refuse(orderErrors.unitDiffers({ line, sku, uom: salesUom }));
    if (quantity.micros < minMicros || (stepMicros > 0n && quantity.micros % stepMicros !== 0n)) {
      return refuse(orderErrors.qtyStep({ line, sku, least: microsText(minMicros), step: microsText(stepMicros) }));
    }
    if (price === null) return refuse(orderErrors.notSellable({ line, sku, what: 'price' }));
    if (taxCategory === null) return refuse(orderErrors.notSellable({ line, sku, what: 'tax category' }));
    priced.push({ ...wished, offer, unitPrice: price.unitPrice, taxCategory });
  }
  const kinds = new Set(priced.map(({ offer }) => offer.price?.includesTax));
  return kinds.size > 1 ? refuse(orderErrors.pricesMixed()) : accept(priced);
}

/** The lines as promotions see them. */
export function countLines(offered: readonly PricedOffer[], mode: RoundingMode): readonly CountedLine[] {
  return offered.map(({ lineNo, variantId, quantity, unitPrice, offer: { productId, categoryIds } }) => ({
    lineNo,
    variantId,
    productId,
    categoryIds,
    micros: quantity.micros,
    unitMinorMicros: unitPrice.minorMicros,
    amountMinor: linePrice(unitPrice, quantity, mode).amountMinor,
  }));
}

/**
 * What the lines come to, as an invoice over all of them will say it: by the rounding of the books.
 *
 * @param discounts Off each line, by its number.
 */
export function priceCart(
  offered: readonly PricedOffer[],
  ratesOf: (category: string) => readonly TaxRate[] | null | undefined,
  { roundingLevel, mode }: PricingRules,
  chosen: ChosenShipping | null = null,
  discounts: ReadonlyMap<number, bigint> = new Map(),
): Decision<PricedCart> {
  const billed = [
    ...offered.map(({ lineNo, taxCategory, unitPrice, quantity }) => ({
      lineNo,
      taxCategory,
      amountMinor: linePrice(unitPrice, quantity, mode).amountMinor,
    })),
    ...(chosen === null ? [] : [{ ...chosen, amountMinor: chosen.priceMinor }]),
  ];
  const rates = billed.map(({ taxCategory }) => ratesOf(taxCategory) ?? null);
  const unknown = billed[rates.indexOf(null)];
  if (unknown !== undefined) {
    return refuse(orderErrors.taxUnresolved({ line: unknown.lineNo, category: unknown.taxCategory }));
  }
  const prices = offered[0]?.offer.price?.includesTax === true ? 'inclusive' : 'exclusive';
  const taxed = taxDocument(
    billed.map(({ lineNo, amountMinor }, index) => ({
      amountMinor: amountMinor - (discounts.get(lineNo) ?? 0n),
      rates: rates[index] ?? [],
    })),
    { prices, roundingLevel, mode },
  );
  const figures = (lineNo: number, index: number) => ({
    discountMinor: discounts.get(lineNo) ?? 0n,
    rates: rates[index] ?? [],
    taxesMinor: taxed.lines[index]?.taxesMinor ?? [],
    netMinor: taxed.lines[index]?.netMinor ?? 0n,
    taxMinor: taxed.lines[index]?.taxMinor ?? 0n,
  });
  const shipping = chosen === null ? null : { ...chosen, ...figures(chosen.lineNo, offered.length) };
  return accept({
    lines: offered.map((line, index) => ({ ...line, ...figures(line.lineNo, index) })),
    shipping,
    prices,
    netMinor: taxed.netMinor - (shipping?.netMinor ?? 0n),
    taxMinor: taxed.taxMinor,
    totalMinor: taxed.grossMinor,
  });
}
