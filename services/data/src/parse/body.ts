import { isUtf8 } from 'node:buffer';
import type { RestError } from '../rest-error.ts';
import { restErrors } from '../rest-errors.ts';
import { csvToJson } from './csv-body.ts';
import { type JsonOutline, outlineJson } from './json-body.ts';

/** A request body as the statement takes it: one parameter, and what planning must know of it. */
export type Payload =
  /** Bytes where the body came as JSON: a copy as text would cost as much memory again. */
  | ({ readonly kind: 'json'; readonly content: string | Buffer } & JsonOutline)
  /** For a function with one unnamed parameter of this type. */
  | { readonly kind: 'raw'; readonly type: 'text' | 'xml' | 'bytea'; readonly content: string };

const EMPTY_OBJECT: Payload = { kind: 'json', content: '{}', form: 'object', keys: [], rows: 1, uniform: true };

/**
 * Reads the body of a write to a relation.
 *
 * @throws PGRST102 for a body that is broken or of an unknown type.
 */
export function parseRowsBody(contentType: string | undefined, body: Buffer): Payload {
  const type = mediaTypeName(contentType);
  switch (type) {
    case 'application/json':
    case 'application/vnd.pgrst.array+json':
    case 'application/vnd.pgrst.object+json':
      return jsonPayload(body);
    case 'text/csv': {
      const { json, columns, rows } = csvToJson(decode(body));
      return { kind: 'json', content: json, form: 'array', keys: columns, rows, uniform: true };
    }
    case 'application/x-www-form-urlencoded':
      return formPayload(decode(body));
    default:
      throw restErrors.badBody(`Content-Type not acceptable: ${type}`);
  }
}

/** Reads the arguments of a function called by POST; no body is no arguments. */
export function parseArgumentsBody(contentType: string | undefined, body: Buffer): Payload {
  const type = mediaTypeName(contentType);
  switch (type) {
    case 'application/json':
      return body.length === 0 ? EMPTY_OBJECT : jsonPayload(body);
    case 'application/x-www-form-urlencoded':
      return formPayload(decode(body));
    case 'text/plain':
      return { kind: 'raw', type: 'text', content: decode(body) };
    case 'text/xml':
      return { kind: 'raw', type: 'xml', content: decode(body) };
    case 'application/octet-stream':
      return { kind: 'raw', type: 'bytea', content: `\\x${body.toString('hex')}` };
    default:
      throw restErrors.badBody(`Content-Type not acceptable: ${type}`);
  }
}

/** Whether the body is one of a kind only an unnamed parameter takes. */
export function isRawBody(contentType: string | undefined): boolean {
  return ['text/plain', 'text/xml', 'application/octet-stream'].includes(mediaTypeName(contentType));
}

function mediaTypeName(contentType: string | undefined): string {
  if (contentType === undefined || contentType === 'application/json') return 'application/json';
  const semicolon = contentType.indexOf(';');
  return (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

function jsonPayload(body: Buffer): Payload {
  if (!isUtf8(body)) throw notUtf8();
  const content = body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? body.subarray(BYTE_ORDER_MARK.length)
    : body;
  return { kind: 'json', content, ...outlineJson(content) };
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

function formPayload(text: string): Payload {
  const members = new Map(new URLSearchParams(text));
  const json = JSON.stringify(Object.fromEntries(members));
  return { kind: 'json', content: json, form: 'object', keys: [...members.keys()], rows: 1, uniform: true };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decode(body: Buffer): string {
  try {
    return UTF8.decode(body);
  } catch {
    throw notUtf8();
  }
}

function notUtf8(): RestError {
  return restErrors.badBody('The body is not valid UTF-8');
}
