import { restErrors } from '../rest-errors.ts';
import { MAX_PARAMETERS } from './bounds.ts';

/** One `key=value` as it came, still percent-encoded. */
export interface RawParameter {
  readonly key: string;
  readonly value: string;
  /**
   * How many leading characters of `value` belong to the request's shape (`eq.`); the rest only varies a value of
   * the statement. Null: all of it shapes the request.
   */
  readonly fixedLength: number | null;
}

/** Whose query it is: a relation's filters, or a function's arguments among them. */
export type QueryOwner = 'relation' | 'arguments';

const RESERVED_KEYS: ReadonlySet<string> = new Set(['select', 'columns', 'on_conflict']);
const MODIFIERS: ReadonlySet<string> = new Set(['order', 'limit', 'offset', 'and', 'or']);
// Exactly the operators behind which any text at all is a value. `in` is not among them where a broken list makes
// the parameter an argument instead of an error.
const OPERATOR = /(?:not\.)?(?:n?eq|[gl]te?|i?like|i?match|isdistinct|c[sd]|ov|s[lr]|nx[rl]|adj|(?:pl|ph|w)?fts)\./y;
const LIST_OPERATOR = /(?:not\.)?in\./y;
// What begins like an operator may still fail to be one, and an argument is what is no operator.
const OPERATOR_LIKE =
  /^(?:not|in|is|n?eq|[gl]te?|i?like|i?match|isdistinct|c[sd]|ov|s[lr]|nx[rl]|adj|(?:pl|ph|w)?fts)[.(%]/;

/** Splits a raw query string at `&` and the first `=`; a parameter without `=` does not count. */
export function splitQueryString(raw: string, owner: QueryOwner): readonly RawParameter[] {
  const parameters: RawParameter[] = [];
  let start = 0;
  while (start < raw.length) {
    const ampersand = raw.indexOf('&', start);
    const end = ampersand === -1 ? raw.length : ampersand;
    const equals = raw.indexOf('=', start);
    if (equals !== -1 && equals < end) {
      const key = raw.slice(start, equals);
      const value = raw.slice(equals + 1, end);
      parameters.push({ key, value, fixedLength: fixedLengthOf(key, value, owner) });
      if (parameters.length > MAX_PARAMETERS) {
        throw restErrors.unparsable('query string', '…', start, `at most ${MAX_PARAMETERS} parameters are read`);
      }
    }
    start = end + 1;
  }
  return parameters;
}

/**
 * The query without its values: requests of equal shape are planned alike. A bare `&` marks the place of a value;
 * it cannot occur inside a parameter.
 */
export function shapeOf(parameters: readonly RawParameter[]): string {
  let shape = '';
  for (const { key, value, fixedLength } of parameters) {
    shape += fixedLength === null ? `${key}=${value}&` : `${key}=${value.slice(0, fixedLength)}&&`;
  }
  return shape;
}

/** The decoded values of the parameters that have one beyond the shape, in order: the slots of the statement. */
export function slotsOf(parameters: readonly RawParameter[]): readonly string[] {
  const slots: string[] = [];
  for (const { value, fixedLength } of parameters) if (fixedLength !== null) slots.push(decodeComponent(value));
  return slots;
}

const ENCODED = /[%+]/;

/** @throws PGRST100 for broken percent-encoding, bytes that are no UTF-8, and NUL, which no PostgreSQL text can hold. */
export function decodeComponent(raw: string): string {
  if (!ENCODED.test(raw)) return refuseNul(raw);
  try {
    return refuseNul(decodeURIComponent(raw.replaceAll('+', ' ')));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw restErrors.unparsable('query string', raw, 0, 'percent-encoding of UTF-8 text was expected');
  }
}

function refuseNul(text: string): string {
  const position = text.indexOf('\0');
  if (position === -1) return text;
  throw restErrors.unparsable('query string', text.replaceAll('\0', '\u2400'), position, 'unexpected NUL character');
}

function fixedLengthOf(key: string, value: string, owner: QueryOwner): number | null {
  if (ENCODED.test(key) || RESERVED_KEYS.has(key)) return null;
  if (MODIFIERS.has(key.slice(key.lastIndexOf('.') + 1))) return null;
  OPERATOR.lastIndex = 0;
  if (OPERATOR.test(value)) return OPERATOR.lastIndex;
  if (owner === 'arguments') return OPERATOR_LIKE.test(value) ? null : 0;
  LIST_OPERATOR.lastIndex = 0;
  return LIST_OPERATOR.test(value) ? LIST_OPERATOR.lastIndex : null;
}
