import type { RenderedError } from '@ashlar/service';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { restErrorOf } from '../execute/postgres-error.ts';
import type { RestError } from '../rest-error.ts';
import { DocumentError } from './parse/document.ts';

/** A failure in the words GraphQL's clients read. */
interface GraphqlFailure {
  readonly status: number;
  readonly errors: readonly GraphQLFormattedError[];
  /** The operation was begun, so the answer says that there is no data. */
  readonly executed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** A failed request answers 200: its errors are in the body. Only when it may be sent again later does the status say so. */
const RETRYABLE_STATUS: ReadonlySet<number> = new Set([503, 504]);

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
  const isRetryable = RETRYABLE_STATUS.has(status);
  return {
    status: isRetryable ? status : 200,
    errors: [{ message, extensions: { code } }],
    executed: true,
    headers: isRetryable ? headers : {},
  };
}

export function renderGraphqlFailure({ status, errors, executed, headers }: GraphqlFailure): RenderedError {
  const body = executed ? { data: null, errors } : { errors };
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** A failure of the door, or one of ours, in the same form. */
export function renderAsGraphql({ status, code, message, headers }: RestError): RenderedError {
  return renderGraphqlFailure({ status, errors: [{ message, extensions: { code } }], executed: false, headers });
}
