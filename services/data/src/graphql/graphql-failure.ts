import { GraphQLError } from 'graphql';
import { restErrorOf } from '../execute/postgres-error.ts';
import type { RestError } from '../rest-error.ts';
import { DocumentError } from '@ashlar/graphql';
import type { GraphqlFailure } from './render-graphql-failure.ts';

/** A failed request answers 200: its errors are in the body. Only when it may be sent again later does the status say so. */
const RETRYABLE_STATUS: ReadonlySet<number> = new Set([503, 504]);
/** Refusals of an Idempotency-Key have the status every surface gives them: it is the header that was wrong. */
const KEY_REFUSALS: ReadonlySet<string> = new Set(['ASH10', 'ASH11', 'ASH12']);

/** Null for what is no failure of the request, the database or the way to it. */
export function graphqlFailureOf(error: unknown): GraphqlFailure | null {
  if (error instanceof GraphQLError) return { status: 200, errors: [error.toJSON()], executed: false, headers: {} };
  if (error instanceof DocumentError) {
    return { status: 200, errors: error.errors.map((each) => each.toJSON()), executed: false, headers: {} };
  }
  const known = restErrorOf(error, false);
  return known === null ? null : databaseFailure(known);
}

/** What PostgreSQL refused: its message and SQLSTATE, without the detail that may quote rows. */
function databaseFailure({ status, code, message, headers }: RestError): GraphqlFailure {
  const isOfKey = KEY_REFUSALS.has(code);
  const hasStatus = isOfKey || RETRYABLE_STATUS.has(status);
  return {
    status: hasStatus ? status : 200,
    errors: [{ message, extensions: { code } }],
    executed: !isOfKey,
    headers: hasStatus ? headers : {},
  };
}
