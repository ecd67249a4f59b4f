import type { AdjustmentLine } from './adjust-stock.ts';

/** A line that was counted: what was there by the ledger at that moment, and what was found. */
export interface CountedLine {
  readonly levelId: string;
  readonly expected: bigint;
  readonly counted: bigint;
}

/**
 * What has to be corrected. Selling goes on during a count, so `expected` is the snapshot and all movements up to
 * the counting, and the difference is applied to whatever is on hand by the time it is approved.
 */
export function varianceOf(lines: readonly CountedLine[]): readonly AdjustmentLine[] {
  return lines.flatMap(({ levelId, expected, counted }, index) =>
    counted === expected
      ? []
      : [{ lineNo: index + 1, levelId, difference: counted - expected, entered: null, serialIds: [] }],
  );
}
