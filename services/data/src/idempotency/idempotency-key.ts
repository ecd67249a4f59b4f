import { createHash } from 'node:crypto';
import { restErrors } from '../rest-errors.ts';

/** A client's name for one write, and what that write is: the same key with another hash is a mistake. */
export interface IdempotencyKey {
  readonly name: string;
  /** SHA-256 of all that decides about the effect and the answer. */
  readonly requestHash: Buffer;
}

/** The parts of a request that make it another one. */
export interface KeyedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** In a fixed order; absent ones count as such. */
  readonly headers: readonly (string | undefined)[];
  readonly body: Buffer | null;
}

/** Visible ASCII: what a UUID, a hash or a quoted text of RFC 8941 is made of, and no header list by accident. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Reads the `Idempotency-Key` header.
 *
 * @throws ASH10 for a key out of bounds.
 */
export function readIdempotencyKey(header: string | undefined, request: KeyedRequest): IdempotencyKey | null {
  if (header === undefined) return null;
  if (!KEY.test(header)) throw restErrors.keyMalformed();
  const { method, path, query, headers, body } = request;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([method, path, query, headers.map((value) => value ?? null)]));
  if (body !== null) hash.update(body);
  return { name: header, requestHash: hash.digest() };
}
