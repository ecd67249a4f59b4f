import { MAX_URL_LENGTH } from '../parse/bounds.ts';
import { isRawBody, parseArgumentsBody, parseRowsBody, type Payload } from '../parse/body.ts';
import { type QueryOwner, type RawParameter, shapeOf, splitQueryString } from '../parse/query-string.ts';
import { parseResource, type Resource } from '../parse/resource.ts';
import { restErrors } from '../rest-errors.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** The headers a request is planned by. */
export interface PlanningHeaders {
  readonly accept: string | undefined;
  readonly prefer: string | undefined;
  readonly range: string | undefined;
  readonly 'accept-profile': string | undefined;
  readonly 'content-profile': string | undefined;
  readonly 'content-type': string | undefined;
}

/** A request taken apart as far as it can be without the schema. */
export interface Incoming {
  readonly method: Method;
  readonly resource: Exclude<Resource, { kind: 'root' }>;
  readonly headers: PlanningHeaders;
  readonly parameters: readonly RawParameter[];
  readonly owner: QueryOwner;
  readonly payload: Payload | null;
  /** Requests of equal shape are planned alike; null for one too odd to remember. */
  readonly shape: string | null;
}

/** Longer shapes are planned each time: remembering them would cost more memory than planning costs time. */
const MAX_SHAPE_LENGTH = 4096;

/**
 * @param path Below the prefix, decoded, without its leading slash.
 * @param query Raw, without the question mark.
 */
export function readIncoming(
  method: string,
  path: string,
  query: string,
  headers: PlanningHeaders,
  body: Buffer | null,
): Incoming {
  if (path.length + query.length > MAX_URL_LENGTH) {
    throw restErrors.unparsable('query string', '…', MAX_URL_LENGTH, `at most ${MAX_URL_LENGTH} bytes are read`);
  }
  const resource = parseResource(path);
  if (resource.kind === 'root') throw restErrors.methodUnsupported(method);
  const known = methodOf(method, resource.kind);
  const owner = resource.kind === 'routine' && (known === 'GET' || known === 'HEAD') ? 'arguments' : 'relation';
  const parameters = splitQueryString(query, owner);
  const payload = payloadOf(known, resource.kind, headers['content-type'], body);
  return { method: known, resource, headers, parameters, owner, payload, shape: shape() };

  function shape(): string | null {
    const text =
      `${known} ${path}\n${headers.accept ?? ''}\n${headers.prefer ?? ''}\n${headers.range ?? ''}\n` +
      `${headers['accept-profile'] ?? ''}\n${headers['content-profile'] ?? ''}\n` +
      `${payload === null ? '' : payloadShape(payload)}\n${shapeOf(parameters)}`;
    return text.length > MAX_SHAPE_LENGTH ? null : text;
  }
}

function methodOf(method: string, kind: 'relation' | 'routine'): Method {
  switch (method) {
    case 'GET':
    case 'HEAD':
    case 'POST':
      return method;
    case 'PATCH':
    case 'PUT':
    case 'DELETE':
      if (kind === 'routine') throw restErrors.methodNotOnRpc(method);
      return method;
    default:
      throw restErrors.methodUnsupported(method);
  }
}

const NO_BODY = Buffer.alloc(0);

function payloadOf(
  method: Method,
  kind: 'relation' | 'routine',
  contentType: string | undefined,
  body: Buffer | null,
): Payload | null {
  if (method === 'GET' || method === 'HEAD' || method === 'DELETE') return null;
  if (kind === 'relation') return parseRowsBody(contentType, body ?? NO_BODY);
  // Without a body the type says nothing, unless the function takes the body itself.
  const type = body === null && !isRawBody(contentType) ? undefined : contentType;
  return parseArgumentsBody(type, body ?? NO_BODY);
}

/** What of a body decides about the statement: which members there are, never what they hold. */
function payloadShape(payload: Payload): string {
  if (payload.kind === 'raw') return payload.type;
  const rows = payload.rows > 1 ? 'many' : payload.rows;
  return `${payload.form} ${rows} ${payload.uniform} ${JSON.stringify(payload.keys)}`;
}
