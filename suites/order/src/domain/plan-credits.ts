import { microsText } from '@ashlar/kernel/values';

/** A line of an invoice, with what of it is not taken back yet. */
export interface InvoicedLine {
  readonly invoiceId: string;
  readonly invoiceLine: number;
  readonly line: number;
  readonly leftMicros: bigint;
}

export interface Credit {
  readonly invoiceId: string;
  readonly lines: readonly { readonly line: number; readonly quantity: string }[];
}

/**
 * What of which invoice is taken back for goods that came back, the first invoice first. What was never invoiced is
 * not credited.
 */
export function planCredits(
  invoiced: readonly InvoicedLine[],
  returned: readonly { readonly line: number; readonly micros: bigint }[],
): readonly Credit[] {
  const credits = new Map<string, { line: number; quantity: string }[]>();
  for (const { line, micros } of returned) {
    let left = micros;
    for (const one of invoiced.filter((candidate) => candidate.line === line)) {
      const taken = one.leftMicros < left ? one.leftMicros : left;
      if (taken <= 0n) continue;
      const lines = credits.get(one.invoiceId) ?? [];
      credits.set(one.invoiceId, [...lines, { line: one.invoiceLine, quantity: microsText(taken) }]);
      left -= taken;
    }
  }
  return [...credits].map(([invoiceId, lines]) => ({ invoiceId, lines }));
}
