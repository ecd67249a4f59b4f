import { type Incoming, readIncoming } from '../execute/incoming.ts';
import { restErrors } from '../rest-errors.ts';
import { type Json, scalarText } from './exact-json.ts';
import type { RequestOperation } from './parse-operation.ts';
import type { FilterValue, OperatorValue } from './parse-where.ts';
import { countMarkers, isList, type Resolve, substitute } from './references.ts';

/**
 * The request an operation stands for.
 *
 * @param prefer Preferences of the whole transaction.
 * @param resolve Null before there are results: the request then has the shape it will have, without the values.
 */
export function requestOf(operation: RequestOperation, prefer: readonly string[], resolve: Resolve | null): Incoming {
  const { method, path, schema, accept, parameters, body } = operation;
  const query = parameters.map(([key, value]) => `${escapeKey(key)}=${escapeValue(textOf(value, resolve))}`).join('&');
  const content = body === null ? null : Buffer.from(JSON.stringify(substitute(body, resolve ?? (() => null))));
  const headers = {
    accept,
    prefer: [...operation.prefer, ...prefer].join(','),
    range: undefined,
    'accept-profile': schema ?? undefined,
    'content-profile': schema ?? undefined,
    'content-type': undefined,
  };
  return readIncoming(method, path, query, headers, content);
}

function textOf(value: FilterValue, resolve: Resolve | null): string {
  const text = typeof value === 'string' ? value : `${value.operator}.${operandOf(value, resolve)}`;
  if (text.isWellFormed()) return text;
  throw restErrors.badTransaction('a filter has half a surrogate pair, which no UTF-8 text can hold');
}

function operandOf({ operator, value }: OperatorValue, resolve: Resolve | null): string {
  const word = operator.slice(operator.lastIndexOf('.') + 1);
  if (resolve === null && countMarkers(value, Infinity) > 0) return word === 'in' ? '()' : word === 'is' ? 'null' : '';
  const resolved = resolve === null ? value : substitute(value, resolve);
  if (resolved === null && word === 'is') return 'null';
  if (isList(resolved)) return `(${resolved.map((item) => quoted(operandText(operator, item))).join(',')})`;
  return operandText(operator, resolved);
}

function operandText(operator: string, value: Json): string {
  const text = scalarText(value);
  if (text !== null) return text;
  throw restErrors.badTransaction(`"${operator}" takes a text, a number, true or false, or a list of these`);
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** Only what would end the key or be decoded is encoded, so that filters have the shape they have in a URL. */
function escapeKey(key: string): string {
  return key.replaceAll(/[%&=+]/g, encodeURIComponent);
}

function escapeValue(value: string): string {
  return value.replaceAll(/[%&+]/g, encodeURIComponent);
}
