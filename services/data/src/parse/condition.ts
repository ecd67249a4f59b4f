import type { Cursor } from './cursor.ts';
import type { Encoding, Operand } from './operand.ts';

export type Quantifier = 'any' | 'all';

export type Comparison =
  | 'eq'
  | 'neq'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'like'
  | 'ilike'
  | 'match'
  | 'imatch'
  | 'isdistinct'
  | 'cs'
  | 'cd'
  | 'ov'
  | 'sl'
  | 'sr'
  | 'nxr'
  | 'nxl'
  | 'adj';

/** Operators of one value that stand between column and value in SQL. */
export const COMPARISONS: Readonly<Record<Comparison, { readonly sql: string; readonly quantifiable: boolean }>> = {
  eq: { sql: '=', quantifiable: true },
  neq: { sql: '<>', quantifiable: false },
  gt: { sql: '>', quantifiable: true },
  gte: { sql: '>=', quantifiable: true },
  lt: { sql: '<', quantifiable: true },
  lte: { sql: '<=', quantifiable: true },
  like: { sql: 'LIKE', quantifiable: true },
  ilike: { sql: 'ILIKE', quantifiable: true },
  match: { sql: '~', quantifiable: true },
  imatch: { sql: '~*', quantifiable: true },
  isdistinct: { sql: 'IS DISTINCT FROM', quantifiable: false },
  cs: { sql: '@>', quantifiable: false },
  cd: { sql: '<@', quantifiable: false },
  ov: { sql: '&&', quantifiable: false },
  sl: { sql: '<<', quantifiable: false },
  sr: { sql: '>>', quantifiable: false },
  nxr: { sql: '&<', quantifiable: false },
  nxl: { sql: '&>', quantifiable: false },
  adj: { sql: '-|-', quantifiable: false },
};

/** Full-text operators, by the function that reads the query. */
export const SEARCHES = {
  fts: 'to_tsquery',
  plfts: 'plainto_tsquery',
  phfts: 'phraseto_tsquery',
  wfts: 'websearch_to_tsquery',
} as const;

export type Search = keyof typeof SEARCHES;

export const IS_VALUES = {
  null: 'NULL',
  not_null: 'NOT NULL',
  true: 'TRUE',
  false: 'FALSE',
  unknown: 'UNKNOWN',
} as const;

export type IsValue = keyof typeof IS_VALUES;

/** What a column is held against. */
export type Condition = { readonly negated: boolean } & (
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly quantifier: Quantifier | null;
      readonly value: Operand;
    }
  | { readonly kind: 'in'; readonly value: Operand }
  | { readonly kind: 'is'; readonly value: IsValue }
  | { readonly kind: 'search'; readonly operator: Search; readonly config: string | null; readonly value: Operand }
);

/** Takes the value's text from the cursor: where it ends differs between a filter and a logic tree. */
export type TakeOperand = (cursor: Cursor, encoding: Encoding) => Operand;

const OPERATOR_NAMES = 'operator (eq, gt, ...)';
const WORD = /[a-z]+/y;
const CONFIG = /\(([\p{L}\p{N}_]+)\)/uy;
const IS_WORD = /[A-Za-z_]+/y;

/** `[not.]op.value`, with `op(any)`, `op(all)` and `fts(config)`. */
export function parseCondition(cursor: Cursor, takeOperand: TakeOperand): Condition {
  const start = cursor.position;
  const negated = cursor.take('not.');
  const begin = cursor.position;
  const word = takePattern(WORD, cursor) ?? '';
  if (word === 'in' && cursor.take('.')) return { kind: 'in', negated, value: takeOperand(cursor, 'list') };
  if (word === 'is' && cursor.take('.')) return { kind: 'is', negated, value: takeIsValue(cursor) };
  if (isSearch(word)) {
    const config = takePattern(CONFIG, cursor)?.slice(1, -1) ?? null;
    cursor.expect('.');
    return { kind: 'search', operator: word, config, negated, value: takeOperand(cursor, 'verbatim') };
  }
  if (isComparison(word)) {
    const quantifier = COMPARISONS[word].quantifiable ? takeQuantifier(cursor) : null;
    cursor.expect('.', quantifier === null && COMPARISONS[word].quantifiable ? '"(" or "."' : '"."');
    const encoding = word === 'like' || word === 'ilike' ? 'pattern' : 'verbatim';
    return { kind: 'compare', operator: word, quantifier, negated, value: takeOperand(cursor, encoding) };
  }
  cursor.position = begin;
  return cursor.fail(start === begin ? `"not" or ${OPERATOR_NAMES}` : OPERATOR_NAMES);
}

function takeIsValue(cursor: Cursor): IsValue {
  const start = cursor.position;
  const word = (takePattern(IS_WORD, cursor) ?? '').toLowerCase();
  if (isIsValue(word)) return word;
  cursor.position = start;
  return cursor.fail(`isVal: (${Object.keys(IS_VALUES).join(', ')})`);
}

function takeQuantifier(cursor: Cursor): Quantifier | null {
  if (cursor.take('(any)')) return 'any';
  return cursor.take('(all)') ? 'all' : null;
}

function takePattern(pattern: RegExp, cursor: Cursor): string | null {
  pattern.lastIndex = cursor.position;
  const found = pattern.exec(cursor.text);
  if (found === null) return null;
  cursor.position = pattern.lastIndex;
  return found[0];
}

function isComparison(word: string): word is Comparison {
  return Object.hasOwn(COMPARISONS, word);
}

function isSearch(word: string): word is Search {
  return Object.hasOwn(SEARCHES, word);
}

function isIsValue(word: string): word is IsValue {
  return Object.hasOwn(IS_VALUES, word);
}
