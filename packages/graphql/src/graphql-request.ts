import { GraphQLError } from 'graphql';
import { MAX_DOCUMENT_LENGTH } from './bounds.ts';

/** What a client sent, by the conventions of GraphQL over HTTP. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
}

/** A request before its document is known: a persisted operation may stand for it. */
export interface PersistedRequest extends Omit<GraphqlRequest, 'query'> {
  readonly query: string | null;
  /** SHA-256 of the document in hexadecimal digits. */
  readonly hash: string | null;
}

/** @throws GraphQLError for what is no request. */
export function parseRequestBody(body: Buffer | null): PersistedRequest {
  return requestOf(parseJson(body?.toString() ?? '', 'The body'));
}

/** A request in a URL; variables and extensions are JSON there. */
export function parseRequestQuery(parameters: URLSearchParams): PersistedRequest {
  const json = (name: string): unknown => {
    const text = parameters.get(name);
    return text === null ? null : parseJson(text, name);
  };
  return requestOf({
    query: parameters.get('query'),
    operationName: parameters.get('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

function requestOf(value: unknown): PersistedRequest {
  if (!isRecord(value)) throw new GraphQLError('A request is a JSON object with the member "query"');
  const { query = null, variables = null, operationName = null, extensions = null } = value;
  if (query !== null && typeof query !== 'string') throw new GraphQLError('"query" must be a string');
  if (operationName !== null && typeof operationName !== 'string')
    throw new GraphQLError('"operationName" must be a string');
  if (variables !== null && !isRecord(variables)) throw new GraphQLError('"variables" must be an object');
  if (query !== null && query.length > MAX_DOCUMENT_LENGTH) {
    throw new GraphQLError(`The document has ${query.length} characters; at most ${MAX_DOCUMENT_LENGTH} are read`);
  }
  const hash = hashIn(extensions);
  if (query === null && hash === null)
    throw new GraphQLError('A request needs the member "query", the document to execute');
  return { query, hash, variables: variables ?? {}, operationName };
}

const SHA256 = /^[0-9a-f]{64}$/;

/** `{"persistedQuery": {"version": 1, "sha256Hash": "…"}}`, as Apollo's clients send it. */
function hashIn(extensions: unknown): string | null {
  if (!isRecord(extensions)) return null;
  const { persistedQuery } = extensions;
  if (!isRecord(persistedQuery)) return null;
  const { version, sha256Hash } = persistedQuery;
  if (version !== 1 || typeof sha256Hash !== 'string' || !SHA256.test(sha256Hash)) {
    throw new GraphQLError('"persistedQuery" wants version 1 and a "sha256Hash" of 64 hexadecimal digits');
  }
  return sha256Hash;
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GraphQLError(`${what} is not readable as JSON`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
