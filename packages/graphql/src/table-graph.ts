import type { Caller, Project, RenderedError } from '@ashlar/service';
import type { TraceContext } from '@ashlar/telemetry';
import type { GraphQLSchema } from 'graphql';
import type { IncomingHttpHeaders } from 'node:http';
import type { GraphqlRequest } from './graphql-request.ts';

/** Whose tables are asked for, and by whom. */
export interface TableScope {
  readonly project: Project;
  readonly caller: Caller;
  /** The one schema of the database whose tables are there. */
  readonly schema: string;
}

export interface TableQuery extends TableScope {
  readonly request: GraphqlRequest;
  readonly headers: IncomingHttpHeaders;
  readonly trace: TraceContext;
  /** Fires when the client is gone; called only where a statement can be cancelled. */
  readonly signalOfClient: () => AbortSignal;
}

/** Tables as GraphQL has them, for others who answer them beside fields of their own. */
export interface TableGraph {
  /** What the caller's role sees: the same value as long as nothing changes. */
  schemaOf(scope: TableScope): Promise<{ readonly schema: GraphQLSchema; readonly introspection: boolean }>;
  /** Runs a query under the caller's role and its row-level security. What is refused is in the answer. */
  query(query: TableQuery): Promise<Omit<RenderedError, 'body'> & { readonly body: string | Buffer }>;
}
