import type { TransactionOptions } from '@ashlar/postgres';
import { MAX_OPERATIONS, MAX_REFERENCES, MAX_TRANSACTION_BYTES } from '../parse/bounds.ts';
import { outlineJson } from '../parse/json-body.ts';
import { RestError } from '../rest-error.ts';
import { restErrors } from '../rest-errors.ts';
import { parseExactJson } from './exact-json.ts';
import { Members } from './members.ts';
import { type Operation, parseOperation } from './parse-operation.ts';
import { isList } from './references.ts';

export interface TransactionRequest {
  readonly operations: readonly Operation[];
  readonly isolation: NonNullable<TransactionOptions['isolation']> | null;
}

/** Below the prefix. */
export const TRANSACTION_PATH = 'transaction';
const TRANSACTION_TYPE = /^application\/vnd\.ashlar\.transaction\+json(?:\s*;|$)/i;

/** The media type that names a transaction wherever it is sent. */
export function isTransactionType(contentType: string | undefined): boolean {
  return contentType !== undefined && TRANSACTION_TYPE.test(contentType.trim());
}

export const ISOLATIONS = ['read committed', 'repeatable read', 'serializable'] as const;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads the body of `POST /transaction`.
 *
 * @throws ASH20 for what is no transaction, with the operation that is none; PGRST102 for what is no JSON.
 */
export function parseTransaction(body: Buffer | null): TransactionRequest {
  const members = new Members(parseExactJson(textOf(body)), 'the body');
  const isolation = members.oneOf('isolation', ISOLATIONS);
  const listed = members.value('operations');
  members.end('a transaction');
  if (listed === undefined || !isList(listed) || listed.length === 0 || listed.length > MAX_OPERATIONS) {
    throw restErrors.badTransaction(`"operations" must be a list of 1 to ${MAX_OPERATIONS}`);
  }
  const operations = listed.map((value, index) => {
    try {
      return parseOperation(value, index);
    } catch (error) {
      throw error instanceof RestError ? error.inTransaction(index) : error;
    }
  });
  const markers = operations.reduce((sum, operation) => sum + operation.markers, 0);
  if (markers > MAX_REFERENCES) throw restErrors.badTransaction(`at most ${MAX_REFERENCES} references are resolved`);
  return { operations, isolation };
}

/** The outline refuses what is no JSON or nests too deep before anything is made of it. */
function textOf(body: Buffer | null): string {
  if (body === null) throw restErrors.badBody('Empty or invalid json');
  if (body.length > MAX_TRANSACTION_BYTES) {
    throw restErrors.transactionTooLarge(
      `A transaction has at most ${MAX_TRANSACTION_BYTES} bytes, got ${body.length}`,
    );
  }
  let text: string;
  try {
    text = UTF8.decode(body);
  } catch {
    throw restErrors.badBody('The body is not valid UTF-8');
  }
  outlineJson(Buffer.from(text));
  return text;
}
