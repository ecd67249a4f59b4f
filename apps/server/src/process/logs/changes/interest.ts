import type { TablePattern } from '@ashlar/service';

/** More than these are asked for as everything. */
const MAX_PATTERNS = 1_000;
const EVERYTHING: TablePattern = { schema: null, table: null };

/** Each table once, in an order that depends on nothing else. */
export function unionOf(interests: Iterable<readonly TablePattern[]>): readonly TablePattern[] {
  const patterns = new Map<string, TablePattern>();
  for (const interest of interests) for (const pattern of interest) patterns.set(keyOf(pattern), pattern);
  if (patterns.size > MAX_PATTERNS) return [EVERYTHING];
  return [...patterns].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, pattern]) => pattern);
}

/** Whether somebody wants a table; asked once for each. */
export class InterestFilter {
  readonly #patterns: readonly TablePattern[];
  readonly #known = new Map<string, boolean>();

  constructor(patterns: readonly TablePattern[]) {
    this.#patterns = patterns;
  }

  wants(schema: string, table: string): boolean {
    const key = keyOf({ schema, table });
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const isWanted = this.#patterns.some(
      (pattern) =>
        (pattern.schema === null || pattern.schema === schema) && (pattern.table === null || pattern.table === table),
    );
    this.#known.set(key, isWanted);
    return isWanted;
  }
}

function keyOf({ schema, table }: TablePattern): string {
  return JSON.stringify([schema, table]);
}
