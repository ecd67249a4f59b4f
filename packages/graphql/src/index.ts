export { MAX_ERRORS } from './bounds.ts';
export { DocumentError, parseOperation, readOperation, validateOperation } from './document.ts';
export type { Operation } from './document.ts';
export { parseRequestBody, parseRequestQuery } from './graphql-request.ts';
export type { GraphqlRequest, PersistedRequest } from './graphql-request.ts';
export type { TableGraph, TableQuery, TableScope } from './table-graph.ts';
