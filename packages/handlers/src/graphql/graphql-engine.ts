import { DocumentError, parseRequestBody, parseRequestQuery, type PersistedRequest } from '@ashlar/graphql';
import { AshlarError } from '@ashlar/kernel';
import type { RenderedError } from '@ashlar/service';
import { GraphQLError } from 'graphql';
import { problemOf } from '../problem/render-problem.ts';
import type { GraphqlAnswer, GraphqlAsked } from './graphql-asked.ts';
import { SuiteGraph, type SuiteGraphOptions } from './suite-graph.ts';

/** What needs the GraphQL library, so that it loads with the first operation. */
export interface GraphqlEngine {
  run(asked: Omit<GraphqlAsked, 'request'> & { readonly request: PersistedRequest }): Promise<GraphqlAnswer>;
  document(asked: Pick<GraphqlAsked, 'project' | 'caller' | 'invocation'>): Promise<string>;
  readonly parseBody: typeof parseRequestBody;
  readonly parseQuery: typeof parseRequestQuery;
  /** Null for what is no fault of an operation. */
  renderGraphqlError(error: unknown, traceId: string): RenderedError | null;
}

export function createGraphqlEngine(options: SuiteGraphOptions): GraphqlEngine {
  const graph = new SuiteGraph(options);
  return {
    run({ request, ...asked }) {
      const { query } = request;
      // Documents of suites are not kept: clients that offer a hash send the text when they hear this.
      if (query === null) {
        throw new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
      }
      return graph.run({ ...asked, request: { ...request, query } });
    },
    document: (asked) => graph.document(asked),
    parseBody: parseRequestBody,
    parseQuery: parseRequestQuery,
    renderGraphqlError,
  };
}

/** A failed operation answers 200: its errors are in the body. */
function renderGraphqlError(error: unknown, traceId: string): RenderedError | null {
  const errors = errorsOf(error, traceId);
  if (errors === null) return null;
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify({ errors }),
  };
}

function errorsOf(error: unknown, traceId: string): readonly unknown[] | null {
  if (error instanceof GraphQLError) return [error.toJSON()];
  if (error instanceof DocumentError) return error.errors.map((one) => one.toJSON());
  if (!(error instanceof AshlarError) || error.kind === 'internal' || error.kind === 'unavailable') return null;
  const { detail, ...extensions } = problemOf(error, traceId);
  return [{ message: detail, extensions }];
}
