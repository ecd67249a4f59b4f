import type { Snapshots } from '@ashlar/postgres';
import { OperationRunner } from './execute/run-operation.ts';
import { parseRequestBody, parseRequestQuery } from '@ashlar/graphql';
import { PersistedOperations } from './persisted-operations.ts';

/** What answers operations: everything that needs the GraphQL library, so that it loads with the first of them. */
export interface Engine {
  readonly runner: OperationRunner;
  readonly persisted: PersistedOperations;
  readonly parseBody: typeof parseRequestBody;
  readonly parseQuery: typeof parseRequestQuery;
}

export function createEngine(snapshots: Snapshots): Engine {
  return {
    runner: new OperationRunner(snapshots),
    persisted: new PersistedOperations(),
    parseBody: parseRequestBody,
    parseQuery: parseRequestQuery,
  };
}
