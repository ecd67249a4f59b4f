import { createHash } from 'node:crypto';
import { BoundedCache } from '@ashlar/kernel';
import type { ProjectDatabase } from '@ashlar/postgres';
import { GraphQLError } from 'graphql';
import type { GraphqlRequest, PersistedRequest } from './parse/graphql-request.ts';

/** Documents remembered per project: clients send a forgotten one again. */
const MAX_DOCUMENTS = 500;

/**
 * Documents by their SHA-256, so that a client sends each of them once. Whoever knows a hash may run the document,
 * under rights of its own.
 */
export class PersistedOperations {
  readonly #byProject = new WeakMap<ProjectDatabase, BoundedCache<string, string>>();

  /** @throws GraphQLError when the document is not known, or not the one its hash says. */
  resolve(database: ProjectDatabase, request: PersistedRequest): GraphqlRequest {
    const { hash, query, variables, operationName } = request;
    if (hash === null) return { query: query ?? '', variables, operationName };
    const known = this.#byProject.get(database) ?? new BoundedCache(MAX_DOCUMENTS);
    this.#byProject.set(database, known);
    if (query === null) {
      const remembered = known.get(hash);
      if (remembered === undefined) throw notFound();
      return { query: remembered, variables, operationName };
    }
    if (createHash('sha256').update(query).digest('hex') !== hash) {
      throw new GraphQLError('provided sha does not match query');
    }
    known.set(hash, query);
    return { query, variables, operationName };
  }
}

/** Clients know it by this message and code, and send the document along the next time. */
function notFound(): GraphQLError {
  return new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
}
