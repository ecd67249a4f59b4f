import type { Filter } from './filter.ts';
import type { ColumnFacts } from './table-facts.ts';

/** A filter with its values as PostgreSQL writes them for the column's type. */
export interface SettledFilter extends Filter {
  /** Null where the database has to decide. */
  readonly matches: ((value: string | null) => boolean) | null;
}

const INTEGERS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'oid']);

/** Decides without the database where texts tell all: equality of plain types, the order of integers, and nulls. */
export function settleFilter(filter: Filter, column: ColumnFacts, values: readonly string[]): SettledFilter {
  const settled = { ...filter, values };
  const test = testOf(settled, column);
  if (test === null) return { ...settled, matches: null };
  return {
    ...settled,
    matches: (value) => {
      const result = test(value);
      // As in SQL: what is unknown stays so when it is negated.
      return result !== null && result !== filter.negated;
    },
  };
}

type Test = (value: string | null) => boolean | null;

/** What is asked of null is unknown. */
function known(test: (value: string) => boolean): Test {
  return (value) => (value === null ? null : test(value));
}

function testOf({ operator, values }: Filter, { baseType, hasPlainEquality }: ColumnFacts): Test | null {
  const [wanted = ''] = values;
  switch (operator) {
    case 'eq':
      return hasPlainEquality ? known((value) => value === wanted) : null;
    case 'neq':
      return hasPlainEquality ? known((value) => value !== wanted) : null;
    case 'isdistinct':
      return hasPlainEquality ? (value) => value !== wanted : null;
    case 'in': {
      const set = new Set(values);
      return hasPlainEquality ? known((value) => set.has(value)) : null;
    }
    case 'is':
      return isTest(wanted.toLowerCase(), baseType);
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return INTEGERS.has(baseType) ? known(comparison(operator, BigInt(wanted))) : null;
    default:
      return null;
  }
}

function isTest(wanted: string, baseType: string): Test | null {
  if (wanted === 'null') return (value) => value === null;
  if (baseType !== 'bool') return null;
  if (wanted === 'unknown') return (value) => value === null;
  return (value) => value === wanted.slice(0, 1);
}

function comparison(operator: 'lt' | 'lte' | 'gt' | 'gte', wanted: bigint): (value: string) => boolean {
  switch (operator) {
    case 'lt':
      return (value) => BigInt(value) < wanted;
    case 'lte':
      return (value) => BigInt(value) <= wanted;
    case 'gt':
      return (value) => BigInt(value) > wanted;
    case 'gte':
      return (value) => BigInt(value) >= wanted;
  }
}
