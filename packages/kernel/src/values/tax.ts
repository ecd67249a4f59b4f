import { allocate, roundTogether } from './allocate.ts';
import { type Percent, shareOf } from './percent.ts';
import { Rational } from './rational.ts';
import type { RoundingMode } from './rounding.ts';

/** One tax on a line, as snapshotted when the line was written. */
export interface TaxRate {
  readonly code: string;
  readonly percent: Percent;
  /** Codes of taxes before it in the list that belong to its base. */
  readonly compoundOn?: readonly string[];
}

export interface TaxedLine {
  /** Minor units: without tax when prices are exclusive, with it when they are inclusive. */
  readonly amountMinor: bigint;
  /** Empty for what bears no tax. */
  readonly rates: readonly TaxRate[];
}

export interface TaxRules {
  readonly prices: 'inclusive' | 'exclusive';
  /** Fixed per fiscal year: the sum of rounded lines, or lines that share the rounding of the document. */
  readonly roundingLevel: 'line' | 'document';
  readonly mode?: RoundingMode;
}

export interface TaxFigures {
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  /** Always net + tax. */
  readonly grossMinor: bigint;
}

export interface TaxedLineFigures extends TaxFigures {
  /** Tax by rate, in the order of the line's rates; adds up to the line's tax. */
  readonly taxesMinor: readonly bigint[];
}

export interface TaxedDocument extends TaxFigures {
  readonly lines: readonly TaxedLineFigures[];
}

/**
 * The tax of a document's lines. Of net, tax and gross two are given or rounded once, and the third is their
 * difference, so that net + tax = gross on every line and the lines add up to the document.
 */
export function taxDocument(lines: readonly TaxedLine[], rules: TaxRules): TaxedDocument {
  const taxed =
    rules.roundingLevel === 'line' ? lines.flatMap((line) => taxGroup([line], rules)) : taxByGroup(lines, rules);
  return {
    lines: taxed,
    netMinor: sum(taxed.map((line) => line.netMinor)),
    taxMinor: sum(taxed.map((line) => line.taxMinor)),
    grossMinor: sum(taxed.map((line) => line.grossMinor)),
  };
}

/** Lines of the same rates share one rounding. */
function taxByGroup(lines: readonly TaxedLine[], rules: TaxRules): TaxedLineFigures[] {
  const groups = Map.groupBy(
    lines.map((line, position) => ({ line, position })),
    ({ line }) =>
      JSON.stringify(line.rates.map(({ code, percent, compoundOn = [] }) => [code, `${percent}`, ...compoundOn])),
  );
  const placed = [...groups.values()].flatMap((members) => {
    const figures = taxGroup(
      members.map(({ line }) => line),
      rules,
    );
    return members.map(({ position }, index) => ({ position, figure: figures[index] }));
  });
  return placed.toSorted((left, right) => left.position - right.position).flatMap(({ figure }) => figure ?? []);
}

function taxGroup(lines: readonly TaxedLine[], rules: TaxRules): TaxedLineFigures[] {
  const shares = effectiveShares(lines[0]?.rates ?? []);
  return rules.prices === 'inclusive' ? inclusive(lines, shares, rules.mode) : exclusive(lines, shares, rules.mode);
}

/** Each tax is rounded; the line's tax is their sum. */
function exclusive(lines: readonly TaxedLine[], shares: readonly Rational[], mode?: RoundingMode): TaxedLineFigures[] {
  const byRate = shares.map(
    (share) =>
      roundTogether(
        lines.map((line) => share.times(line.amountMinor)),
        mode,
      ).parts,
  );
  return lines.map(({ amountMinor }, index) => {
    const taxesMinor = byRate.map((parts) => parts[index] ?? 0n);
    const taxMinor = sum(taxesMinor);
    return { netMinor: amountMinor, taxMinor, grossMinor: amountMinor + taxMinor, taxesMinor };
  });
}

/** The net is rounded; the tax is what remains, split over the rates. */
function inclusive(lines: readonly TaxedLine[], shares: readonly Rational[], mode?: RoundingMode): TaxedLineFigures[] {
  const wholeShare = Rational.sum(shares).plus(Rational.one);
  const nets = roundTogether(
    lines.map((line) => Rational.of(line.amountMinor).dividedBy(wholeShare)),
    mode,
  ).parts;
  return lines.map(({ amountMinor }, index) => {
    const netMinor = nets[index] ?? 0n;
    const taxMinor = amountMinor - netMinor;
    const bearsTax = shares.some((share) => !share.equals(Rational.zero));
    const taxesMinor = bearsTax ? allocate(taxMinor, shares) : shares.map(() => 0n);
    return { netMinor, taxMinor, grossMinor: amountMinor, taxesMinor };
  });
}

/** What each rate comes to on the net amount, those it compounds on included. */
function effectiveShares(rates: readonly TaxRate[]): Rational[] {
  const byCode = new Map<string, Rational>();
  for (const { code, percent, compoundOn = [] } of rates) {
    if (byCode.has(code)) throw new RangeError(`The tax ${code} is on the line twice`);
    const before = compoundOn.map((other) => {
      const share = byCode.get(other);
      if (share === undefined) throw new RangeError(`The tax ${code} compounds on ${other}, which does not precede it`);
      return share;
    });
    byCode.set(code, shareOf(percent).times(Rational.sum(before).plus(Rational.one)));
  }
  return [...byCode.values()];
}

function sum(parts: readonly bigint[]): bigint {
  return parts.reduce((total, part) => total + part, 0n);
}
