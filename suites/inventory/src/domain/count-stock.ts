import type { AdjustmentLine } from './adjust-stock.ts';

/** A line that was counted: what was there by the ledger at that moment, and what was found. */
export interface CountedLine {
  readonly levelId: string;
  readonly expected: bigint;
  readonly counted: bigint;
}

/** Of an item kept by serial: pieces that were not there and still are not elsewhere, and pieces that were there besides. */
export interface CountedPieces {
  readonly levelId: string;
  readonly missing: readonly string[];
  readonly found: readonly string[];
}

const PIECE = 1_000_000n;

/** The same of pieces that have names. */
export function varianceOfPieces(lines: readonly CountedPieces[], after = 0): readonly AdjustmentLine[] {
  const differences = lines.flatMap(({ levelId, missing, found }) => [
    { levelId, serialIds: missing, sign: -1n },
    { levelId, serialIds: found, sign: 1n },
  ]);
  return differences
    .filter(({ serialIds }) => serialIds.length > 0)
    .map(({ levelId, serialIds, sign }, index) => ({
      lineNo: after + index + 1,
      levelId,
      difference: sign * BigInt(serialIds.length) * PIECE,
      entered: null,
      serialIds,
    }));
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
