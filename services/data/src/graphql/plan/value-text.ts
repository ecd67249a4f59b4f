import { GraphQLError } from 'graphql';
import { MAX_LIST_ITEMS } from '../bounds.ts';

/**
 * A coerced value as the text PostgreSQL reads; null stays null.
 *
 * @throws GraphQLError for text no database of UTF-8 can hold.
 */
export function textOfValue(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? arrayText(value) : scalarText(value);
}

/** `{"a",NULL}` */
export function arrayText(values: readonly unknown[]): string {
  if (values.length > MAX_LIST_ITEMS) {
    throw new GraphQLError(`A list of ${values.length} values is too long; at most ${MAX_LIST_ITEMS} are read`);
  }
  const items = values.map((value) => {
    const text = textOfValue(value);
    return text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  });
  return `{${items.join(',')}}`;
}

function scalarText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (!text.isWellFormed()) throw new GraphQLError('A string has half of a surrogate pair, which is no character');
  if (text.includes('\0')) throw new GraphQLError('A string has the character U+0000, which PostgreSQL cannot store');
  return text;
}
