import { MAX_LIST_ITEMS } from './bounds.ts';
import { Cursor } from './cursor.ts';
import { parseQuoted } from './name.ts';

/**
 * How a value's text becomes the parameter PostgreSQL gets: as it is; with `*` as the wildcard `%`; as a list in
 * parentheses turned into an array literal.
 */
export type Encoding = 'verbatim' | 'pattern' | 'list';

/** A value of a condition. It never shapes the SQL: two requests that differ only here share one statement. */
export interface Operand {
  /** The whole text the value stands in; the value begins at `start`. */
  readonly text: string;
  readonly start: number;
  readonly encoding: Encoding;
  /** Which variable part of the request `text` is, or null when it is fixed by the request's shape. */
  readonly slot: number | null;
}

/** @throws PGRST100 for a list that is none. */
export function encodeOperand(text: string, start: number, encoding: Encoding): string {
  switch (encoding) {
    case 'verbatim':
      return start === 0 ? text : text.slice(start);
    case 'pattern':
      return text.slice(start).replaceAll('*', '%');
    case 'list': {
      const cursor = new Cursor(text, 'filter', start);
      const items = parseList(cursor);
      cursor.expectEnd();
      return arrayLiteral(items);
    }
  }
}

/** `(a,"b,c",d)`; `()` is the empty list. */
export function parseList(cursor: Cursor): readonly string[] {
  cursor.expect('(');
  if (cursor.take(')')) return [];
  const items: string[] = [];
  do {
    if (items.length === MAX_LIST_ITEMS) cursor.fail(`at most ${MAX_LIST_ITEMS} values`);
    items.push(parseListItem(cursor));
  } while (cursor.take(','));
  cursor.expect(')', '"," or ")"');
  return items;
}

/** A quoted text, or everything up to the next comma or closing parenthesis. */
export function parseListItem(cursor: Cursor): string {
  if (cursor.peek() === '"') {
    const before = cursor.position;
    const quoted = parseQuoted(cursor);
    const next = cursor.peek();
    if (next === ',' || next === ')' || next === '') return quoted;
    cursor.position = before; // a quote inside a bare text is an ordinary character
  }
  const start = cursor.position;
  while (!cursor.done && cursor.peek() !== ',' && cursor.peek() !== ')') cursor.position += 1;
  return cursor.text.slice(start, cursor.position);
}

const NEEDS_ESCAPE = /["\\]/g;

/** `{"a","b"}`: every item quoted, so that none is read as NULL or as an array of its own. */
export function arrayLiteral(items: readonly string[]): string {
  let literal = '{';
  for (const [index, item] of items.entries()) {
    if (index > 0) literal += ',';
    literal += `"${item.replace(NEEDS_ESCAPE, '\\$&')}"`;
  }
  return `${literal}}`;
}
