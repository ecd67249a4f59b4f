import { available, type StockLevel } from './stock-level.ts';

export interface ReserveLine {
  readonly lineNo: number;
  /** Base units. */
  readonly quantity: bigint;
  /** Levels it may be taken from, the one to take from first in front. */
  readonly candidates: readonly string[];
  /** Where what is missing may be promised from; null: it may not. */
  readonly backorderFrom: string | null;
}

/** So much of a level held for a line, of which `backordered` is not there yet. */
export interface Grant {
  readonly lineNo: number;
  readonly levelId: string;
  readonly quantity: bigint;
  readonly backordered: bigint;
}

export interface Shortage {
  readonly lineNo: number;
  readonly wanted: bigint;
  readonly available: bigint;
}

export interface Allocation {
  readonly grants: readonly Grant[];
  readonly shortages: readonly Shortage[];
}

/**
 * Shares out what is available, line by line. Whether a shortage refuses the whole is the use case's to say.
 * Several lines may want the same level: what an earlier one got is gone for a later one.
 */
export function allocateStock(levels: ReadonlyMap<string, StockLevel>, lines: readonly ReserveLine[]): Allocation {
  const free = new Map([...levels].map(([id, level]) => [id, available(level)]));
  const grants: Grant[] = [];
  const shortages: Shortage[] = [];
  for (const { lineNo, quantity, candidates, backorderFrom } of lines) {
    let missing = quantity;
    for (const levelId of candidates) {
      const here = free.get(levelId) ?? 0n;
      const taken = here < missing ? here : missing;
      if (taken <= 0n) continue;
      free.set(levelId, here - taken);
      grants.push({ lineNo, levelId, quantity: taken, backordered: 0n });
      missing -= taken;
    }
    if (missing === 0n) continue;
    if (backorderFrom === null) shortages.push({ lineNo, wanted: quantity, available: quantity - missing });
    else grants.push({ lineNo, levelId: backorderFrom, quantity: missing, backordered: missing });
  }
  return { grants, shortages };
}
