export const FILTER_OPERATORS = [
  'eq',
  'neq',
  'lt',
  'lte',
  'gt',
  'gte',
  'in',
  'like',
  'ilike',
  'is',
  'match',
  'imatch',
  'isdistinct',
] as const;
export type FilterOperator = (typeof FILTER_OPERATORS)[number];

/** One condition of a subscription's filter; all of them have to hold. */
export interface Filter {
  readonly column: string;
  readonly negated: boolean;
  readonly operator: FilterOperator;
  /** Several with `in`, else one. */
  readonly values: readonly string[];
}

export interface FilterFault {
  readonly fault: string;
}

const MAX_LETTERS = 4_096;
const MAX_CONDITIONS = 16;
const MAX_VALUES = 100;
const OPERATORS: ReadonlySet<string> = new Set(FILTER_OPERATORS);

/** Reads `col=op.value,col=not.in.(a,b)`; what is wrong with it comes back in the words clients know. */
export function parseFilters(text: string): readonly Filter[] | FilterFault {
  if (text.length > MAX_LETTERS) return fault(`a filter has at most ${MAX_LETTERS} letters`);
  const parts = splitOutside(text);
  if (parts.length > MAX_CONDITIONS) return fault(`a filter has at most ${MAX_CONDITIONS} conditions`);
  const filters: Filter[] = [];
  for (const part of parts) {
    const filter = parseCondition(part);
    if ('fault' in filter) return filter;
    filters.push(filter);
  }
  return filters;
}

function parseCondition(part: string): Filter | FilterFault {
  const match = /^\s*([^=]+?)\s*=\s*(not\.)?([a-z]+)\.(.*)$/s.exec(part);
  const [, column = '', not, operator = '', value = ''] = match ?? [];
  if (match === null || !isOperator(operator)) return fault(`["${part.slice(0, 100)}"]`);
  const values = operator === 'in' ? listOf(value) : [unquote(value)];
  if (values === null) return fault('`in` filter must be surrounded by parenthesis, like in.(a,b)');
  if (values.length > MAX_VALUES) return fault(`too many values for \`in\` filter. Maximum ${MAX_VALUES}`);
  if (operator === 'is' && !IS_VALUES.has(value.toLowerCase()))
    return fault('`is` knows null, true, false and unknown');
  return { column, negated: not !== undefined, operator, values };
}

const IS_VALUES: ReadonlySet<string> = new Set(['null', 'true', 'false', 'unknown']);

function isOperator(text: string): text is FilterOperator {
  return OPERATORS.has(text);
}

function listOf(value: string): readonly string[] | null {
  const match = /^\((.*)\)$/s.exec(value);
  if (match === null) return null;
  return match[1] === '' ? [] : splitOutside(match[1] ?? '').map((one) => unquote(one.trim()));
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"')
    ? value.slice(1, -1).replaceAll(/\\(.)/gs, '$1')
    : value;
}

/** At commas that stand neither in quotes nor in parentheses. */
function splitOutside(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (isQuoted && letter === '\\') at += 1;
    else if (letter === '"') isQuoted = !isQuoted;
    else if (!isQuoted && letter === '(') depth += 1;
    else if (!isQuoted && letter === ')') depth -= 1;
    else if (!isQuoted && depth <= 0 && letter === ',') {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function fault(what: string): FilterFault {
  return { fault: `Error parsing \`filter\` params: ${what}` };
}
