import { accept, type Decision, refuse } from '@ashlar/kernel';
import {
  linePrice,
  type Quantity,
  roundToCash,
  type TaxedLineFigures,
  taxDocument,
  type TaxRate,
  type TaxRules,
  type UnitPrice,
} from '@ashlar/kernel/values';
import { billingErrors } from './billing-errors.ts';

export interface PricedLine {
  readonly lineNo: number;
  readonly quantity: Quantity;
  readonly unitPrice: UnitPrice;
  /** Minor units off the whole line, before tax as the price is. */
  readonly discountMinor: bigint;
  readonly rates: readonly TaxRate[];
}

export interface FiguredLine extends TaxedLineFigures {
  readonly lineNo: number;
  readonly rates: readonly TaxRate[];
}

export interface Figures {
  readonly lines: readonly FiguredLine[];
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  /** What paying in coins adds or takes away. */
  readonly roundingMinor: bigint;
  /** net + tax + rounding. */
  readonly totalMinor: bigint;
}

export interface FigureRules extends TaxRules {
  /** Smallest coin in minor units when the document is paid in cash; 1 otherwise. */
  readonly cashStepMinor: bigint;
}

/** What a document's lines come to. Refuses none, and a discount that is more than its line. */
export function figuresOf(lines: readonly PricedLine[], rules: FigureRules): Decision<Figures> {
  const [first] = lines;
  if (first === undefined) return refuse(billingErrors.empty());
  const amounts = lines.map(
    ({ unitPrice, quantity, discountMinor }) => linePrice(unitPrice, quantity, rules.mode).amountMinor - discountMinor,
  );
  const overdone = lines[amounts.findIndex((amount) => amount < 0n)];
  if (overdone !== undefined) return refuse(billingErrors.discountExceedsLine({ line: overdone.lineNo }));
  const taxed = taxDocument(
    lines.map(({ rates }, index) => ({ amountMinor: amounts[index] ?? 0n, rates })),
    rules,
  );
  const figured = lines.map(({ lineNo, rates }, index): FiguredLine => {
    const figures = taxed.lines[index];
    if (figures === undefined) throw new Error(`Line ${lineNo} was not taxed`);
    return { lineNo, rates, ...figures };
  });
  const { currency } = first.unitPrice;
  const rounded = roundToCash({ amountMinor: taxed.grossMinor, currency }, rules.cashStepMinor).amountMinor;
  return accept({
    lines: figured,
    netMinor: taxed.netMinor,
    taxMinor: taxed.taxMinor,
    roundingMinor: rounded - taxed.grossMinor,
    totalMinor: rounded,
  });
}
