import { restErrors } from '../rest-errors.ts';
import { isJsonObject, type Json } from './exact-json.ts';
import { isList } from './references.ts';

/** A value of the query string: as written, or an operator with a value that may be a reference. */
export type FilterValue = string | OperatorValue;

export interface OperatorValue {
  /** What stands before the value: `eq`, `not.in`, `fts(english)`. */
  readonly operator: string;
  readonly value: Json;
}

/** Parameters of the query string that are members of the operation instead. */
const NO_FILTERS: ReadonlySet<string> = new Set(['select', 'columns', 'on_conflict', 'order', 'limit', 'offset']);

/**
 * Reads `where`: `{"id": "eq.1"}`, `{"id": {"eq": 1}}`, `{"or": "(a.eq.1,b.is.null)"}`. A list of such values stands
 * for as many filters, all of which must hold.
 */
export function parseWhere(where: Json | undefined): readonly (readonly [key: string, value: FilterValue])[] {
  if (where === undefined) return [];
  if (!isJsonObject(where)) throw restErrors.badTransaction('"where" must be an object');
  return Object.entries(where).flatMap(([key, value]) => {
    if (NO_FILTERS.has(key)) throw restErrors.badTransaction(`"${key}" is no filter`);
    const values = isList(value) ? value : [value];
    return values.map((one) => [key, filterValue(key, one)] as const);
  });
}

function filterValue(key: string, value: Json): FilterValue {
  if (typeof value === 'string') return value;
  const [entry, ...more] = isJsonObject(value) ? Object.entries(value) : [];
  if (entry === undefined || more.length > 0 || entry[0].startsWith('$')) {
    throw restErrors.badTransaction(`the filter "${key}" must look like "eq.1" or {"eq": 1}`);
  }
  return { operator: entry[0], value: entry[1] };
}
