import type { Filter, FilterOperator } from './filter.ts';

const OPERATOR: Readonly<Record<Exclude<FilterOperator, 'in' | 'is'>, string>> = {
  eq: '=',
  neq: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  like: 'like',
  ilike: 'ilike',
  match: '~',
  imatch: '~*',
  isdistinct: 'is distinct from',
};
/** Their right side is a pattern, whatever the column is. */
const PATTERNS: ReadonlySet<FilterOperator> = new Set(['like', 'ilike', 'match', 'imatch']);

/**
 * A filter as SQL over one value.
 *
 * @param operand The value, with its type.
 * @param parameter Where the filter's value, or the array of them, is bound as text.
 */
export function filterSql(filter: Filter, operand: string, sqlType: string, parameter: string): string {
  const { operator, negated, values } = filter;
  const condition = ((): string => {
    // One of four words, as the parser saw to.
    if (operator === 'is') return `${operand} is ${values[0]?.toLowerCase() ?? 'null'}`;
    if (operator === 'in') return `${operand} = any(${parameter}::${sqlType}[])`;
    const right = PATTERNS.has(operator) ? `${parameter}::pg_catalog.text` : `${parameter}::${sqlType}`;
    return `${operand} ${OPERATOR[operator]} ${right}`;
  })();
  return negated ? `not (${condition})` : `(${condition})`;
}

/** Whether the filter's value is bound at all. */
export function isBound({ operator }: Filter): boolean {
  return operator !== 'is';
}

export function isPattern({ operator }: Filter): boolean {
  return PATTERNS.has(operator);
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function qualified(schema: string, name: string): string {
  return `${identifier(schema)}.${identifier(name)}`;
}
