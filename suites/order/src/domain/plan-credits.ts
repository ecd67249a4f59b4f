import { microsText, parseMicros } from '@ashlar/kernel/values';

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

/** What of a line decides what is invoiced too much once some of it is cancelled. */
interface InvoicedOrderLine {
  readonly line_no: number;
  readonly quantity: string;
  readonly qty_cancelled: string;
  readonly qty_returned: string;
  readonly qty_invoiced: string;
}

/** What is taken back for what is cancelled: as much of it as is invoiced, and not for what comes back as a return. */
export function creditsOfCancelled(
  lines: readonly InvoicedOrderLine[],
  invoiced: readonly InvoicedLine[],
  cancelled: readonly { readonly line: number; readonly micros: bigint }[],
): readonly Credit[] {
  const over = cancelled.flatMap(({ line, micros }) => {
    const row = lines.find((one) => one.line_no === line);
    if (row === undefined) return [];
    const left = parseMicros(row.quantity) - parseMicros(row.qty_cancelled) - parseMicros(row.qty_returned) - micros;
    const tooMuch = parseMicros(row.qty_invoiced) - left;
    return tooMuch > 0n ? [{ line, micros: tooMuch < micros ? tooMuch : micros }] : [];
  });
  return planCredits(invoiced, over);
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
