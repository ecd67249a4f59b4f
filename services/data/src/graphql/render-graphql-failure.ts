import type { RenderedError } from '@ashlar/service';
import type { GraphQLFormattedError } from 'graphql';
import type { RestError } from '../rest-error.ts';

/** A failure in the words GraphQL's clients read. */
export interface GraphqlFailure {
  readonly status: number;
  readonly errors: readonly GraphQLFormattedError[];
  /** The operation was begun, so the answer says that there is no data. */
  readonly executed: boolean;
  readonly headers: Readonly<Record<string, string>>;
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
