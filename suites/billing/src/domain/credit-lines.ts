import { accept, type Decision, refuse } from '@ashlar/kernel';
import { allocate, Rational, roundQuotient } from '@ashlar/kernel/values';
import { billingErrors } from './billing-errors.ts';

export interface CreditableLine {
  readonly lineNo: number;
  readonly quantityMicros: bigint;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  /** Of each of its taxes, in their order; adds up to the tax. */
  readonly taxesMinor: readonly bigint[];
  /** Taken back by earlier credit notes. */
  readonly creditedMicros: bigint;
  readonly creditedNetMinor: bigint;
  readonly creditedTaxMinor: bigint;
}

export interface CreditedLine {
  readonly lineNo: number;
  readonly quantityMicros: bigint;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  readonly taxesMinor: readonly bigint[];
}

export interface CreditWish {
  readonly lineNo: number;
  readonly quantityMicros: bigint;
}

/**
 * What taking back so much of each line comes to. Each figure is what all credits together should have taken back by
 * then, less what earlier ones did: whoever returns a line piece by piece gets back exactly what it cost.
 *
 * @param wishes Undefined: all that is left.
 */
export function creditLines(
  lines: readonly CreditableLine[],
  wishes: readonly CreditWish[] | undefined,
  invoiceId: string,
): Decision<CreditedLine> {
  const byNumber = new Map(lines.map((line) => [line.lineNo, line]));
  const all =
    wishes ??
    lines
      .map((line) => ({ lineNo: line.lineNo, quantityMicros: line.quantityMicros - line.creditedMicros }))
      .filter(({ quantityMicros }) => quantityMicros > 0n);
  if (all.length === 0) return refuse(billingErrors.exceedsCreditable({ id: invoiceId }));
  const credited: CreditedLine[] = [];
  for (const { lineNo, quantityMicros } of all) {
    const line = byNumber.get(lineNo);
    if (line === undefined || credited.some((one) => one.lineNo === lineNo)) {
      return refuse(billingErrors.exceedsCreditable({ id: invoiceId }));
    }
    const until = line.creditedMicros + quantityMicros;
    if (quantityMicros <= 0n || until > line.quantityMicros) {
      return refuse(billingErrors.exceedsCreditable({ id: invoiceId }));
    }
    const part = (amount: bigint): bigint => roundQuotient(amount * until, line.quantityMicros);
    const taxMinor = part(line.taxMinor) - line.creditedTaxMinor;
    credited.push({
      lineNo,
      quantityMicros,
      netMinor: part(line.netMinor) - line.creditedNetMinor,
      taxMinor,
      taxesMinor: splitTax(taxMinor, line.taxesMinor),
    });
  }
  return accept(...credited);
}

/** In proportion to what the line bore of each tax. */
function splitTax(taxMinor: bigint, taxesMinor: readonly bigint[]): readonly bigint[] {
  if (taxesMinor.every((tax) => tax === 0n)) return taxesMinor.map(() => 0n);
  return allocate(
    taxMinor,
    taxesMinor.map((tax) => Rational.of(tax)),
  );
}
