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
  /** What it comes to where it is part of something whole: taken as it is, if rounding explains the difference. */
  readonly given?: { readonly netMinor: bigint; readonly taxesMinor: readonly bigint[] };
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
  const own = lines.map((line, index) => ({ line, index })).filter(({ line }) => line.given === undefined);
  const taxed = taxDocument(
    own.map(({ line: { rates }, index }) => ({ amountMinor: amounts[index] ?? 0n, rates })),
    rules,
  );
  const reckoned = new Map(own.map(({ index }, place) => [index, taxed.lines[place]]));
  const figured: FiguredLine[] = [];
  for (const [index, { lineNo, rates, given }] of lines.entries()) {
    const figures = given === undefined ? reckoned.get(index) : figuresGiven(given);
    if (figures === undefined) throw new Error(`Line ${lineNo} was not taxed`);
    if (given !== undefined && !isExplained(figures, amounts[index] ?? 0n, rates, rules)) {
      return refuse(billingErrors.figuresDiffer({ line: lineNo }));
    }
    figured.push({ lineNo, rates, ...figures });
  }
  const netMinor = sum(figured.map((line) => line.netMinor));
  const taxMinor = sum(figured.map((line) => line.taxMinor));
  const grossMinor = netMinor + taxMinor;
  const { currency } = first.unitPrice;
  const rounded = roundToCash({ amountMinor: grossMinor, currency }, rules.cashStepMinor).amountMinor;
  return accept({
    lines: figured,
    netMinor,
    taxMinor,
    roundingMinor: rounded - grossMinor,
    totalMinor: rounded,
  });
}

function figuresGiven({ netMinor, taxesMinor }: NonNullable<PricedLine['given']>): TaxedLineFigures {
  const taxMinor = sum(taxesMinor);
  return { netMinor, taxMinor, grossMinor: netMinor + taxMinor, taxesMinor };
}

/**
 * Whether figures are those of an amount, up to what cutting a line into parts that add up may shift: each part by one
 * minor unit for itself, one for those before it and one for sharing the rounding of the whole.
 */
function isExplained(
  { netMinor, grossMinor, taxesMinor }: TaxedLineFigures,
  amountMinor: bigint,
  rates: readonly TaxRate[],
  rules: FigureRules,
): boolean {
  if (netMinor < 0n || taxesMinor.some((tax) => tax < 0n) || taxesMinor.length !== rates.length) return false;
  const saidMinor = rules.prices === 'inclusive' ? grossMinor : netMinor;
  if (distance(saidMinor, amountMinor) > 2n + BigInt(rates.length)) return false;
  const [expected] = taxDocument([{ amountMinor: saidMinor, rates }], { ...rules, roundingLevel: 'line' }).lines;
  // A tax of more than the amount shifts by more than the amount does.
  const most = 4n + sum(rates.map(({ percent }) => percent / WHOLE));
  return taxesMinor.every((tax, index) => distance(tax, expected?.taxesMinor[index] ?? 0n) <= most);
}

/** 100 % in the millionths a percentage is kept in. */
const WHOLE = 100_000_000n;

function distance(one: bigint, other: bigint): bigint {
  return one > other ? one - other : other - one;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
