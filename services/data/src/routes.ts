import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { relationKey, type Snapshot, type Snapshots } from '@ashlar/postgres';
import { doorFailureOf, type Project, type RestSettings, sendRendered } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { dataContract, render } from './data-contract.ts';
import { allowOf } from './execute/allow.ts';
import { signalOf } from './execute/client-signal.ts';
import { type PlanningHeaders, readIncoming } from './execute/incoming.ts';
import { restErrorOf } from './execute/postgres-error.ts';
import { Planner } from './execute/planner.ts';
import { readBody } from './execute/read-body.ts';
import { settleProject } from './execute/rest-settings.ts';
import { RequestRunner } from './execute/run-request.ts';
import { type IdempotencyKey, readIdempotencyKey } from './idempotency/idempotency-key.ts';
import { answerDescription, type DescriptionForm } from './openapi/answer-description.ts';
import { chooseMediaType } from './parse/media-type.ts';
import { parseResource } from './parse/resource.ts';
import { restErrors } from './rest-errors.ts';
import { isTransactionType, TRANSACTION_PATH } from './transaction/parse-transaction.ts';
import { TransactionRunner } from './transaction/run-transaction.ts';

export interface RouteOptions {
  readonly snapshots: Snapshots;
  readonly observe: Observe;
}

const OPENAPI_PATH = 'openapi.json';
const DESCRIPTION_PATHS: ReadonlySet<string> = new Set([OPENAPI_PATH, 'reference']);

/** Every path and method below the prefix comes here: what they name only the project's schema knows. */
export function addRoutes(app: FastifyInstance, { snapshots, observe }: RouteOptions): void {
  const planner = new Planner(snapshots);
  const requests = new RequestRunner(planner);
  const transactions = new TransactionRunner(planner);
  app.removeAllContentTypeParsers();
  // Bodies go to PostgreSQL as they came; nothing here makes objects of them.
  app.addContentTypeParser('*', (request: FastifyRequest, body: Readable) => {
    const declared = request.headers['content-length'];
    return readBody(body, declared === undefined ? null : Number(declared), dataContract.bodyLimitBytes);
  });
  app.setErrorHandler((error, request, reply) => fail(error, request, reply));
  app.setNotFoundHandler((request, reply) => fail(restErrors.methodUnsupported(request.method), request, reply));
  app.all('/', (request, reply) => handle('', request, reply));
  app.all('/*', (request, reply) => {
    // Fastify gives the wildcard's text under this name.
    const path = (request.params as { readonly '*': string })['*'];
    return handle(path, request, reply);
  });

  async function handle(path: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (request.method === 'OPTIONS') return options(path, request, reply);
    if (path === '' && isRead(request)) return root(request, reply);
    if (DESCRIPTION_PATHS.has(path) && isRead(request)) {
      const form = await descriptionAt(path, request);
      if (form !== null) return describe(form, request, reply);
    }
    const { url = '' } = request.raw;
    const question = url.indexOf('?');
    return run(path, question === -1 ? '' : url.slice(question + 1), request, reply);
  }

  /** @param query As it came, without its question mark. */
  async function run(path: string, query: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { project, caller, trace } = request.ashlar;
    const { headers } = request.raw;
    const planning = planningHeaders(headers);
    const body = bodyOf(request);
    const key = keyOf(request.method, path, query, headers, body);
    const common = {
      project,
      caller,
      key,
      facts: { caller, method: request.method, path: `/${path}`, headers, trace },
      signalOfClient: () => signalOf(reply),
    };
    const answer = (await isTransaction(request.method, path, planning, project))
      ? await transactions.run({
          ...common,
          body,
          accept: planning.accept,
          prefer: planning.prefer,
          profile: planning['content-profile'],
        })
      : await requests.run({
          ...common,
          incoming: readIncoming(request.method, path, query, planning, body),
        });
    reply.code(answer.status).headers(answer.headers);
    if (isRead(request)) reply.header('content-location', contentLocation(path, query));
    if (answer.status === 204) return reply.removeHeader('content-type').send();
    return reply.send(answer.body);
  }

  /** A table of the same name keeps its inserts; transactions then go by their media type. */
  async function isTransaction(
    method: string,
    path: string,
    headers: PlanningHeaders,
    project: Project,
  ): Promise<boolean> {
    if (path !== TRANSACTION_PATH || method !== 'POST') return false;
    if (isTransactionType(headers['content-type'])) return true;
    const snapshot = await snapshots.current(project.database);
    const { schemas } = settleProject(project, snapshot).settings.rest;
    const schema = headers['content-profile'] ?? schemas[0] ?? 'public';
    return !snapshot.relations.has(relationKey(schema, TRANSACTION_PATH));
  }

  async function options(path: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { snapshot, schema } = await exposedSchema(request);
    const isTable = snapshot.relations.has(relationKey(schema, path));
    const allow =
      path === TRANSACTION_PATH && !isTable ? 'OPTIONS,POST' : allowOf(snapshot, schema, parseResource(path));
    return reply.code(200).header('allow', allow).send('');
  }

  async function root(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { settings } = await exposedSchema(request);
    if (settings.rootFunction !== null) return run(`rpc/${settings.rootFunction}`, '', request, reply);
    chooseMediaType(request.headers.accept, ['openapi']);
    return describe('openapi-2', request, reply);
  }

  async function describe(form: DescriptionForm, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { snapshot, schema, settings } = await exposedSchema(request);
    const answer = await answerDescription({ form, context: request.ashlar, snapshot, settings, schema });
    return reply.code(200).headers(answer.headers).send(answer.body);
  }

  /** Which document about the API such a path is, if any: a table of that name comes first. */
  async function descriptionAt(path: string, request: FastifyRequest): Promise<DescriptionForm | null> {
    const { snapshot, schema, settings } = await exposedSchema(request);
    if (snapshot.relations.has(relationKey(schema, path))) return null;
    if (path === OPENAPI_PATH) return 'openapi-3';
    return settings.referencePage ? 'page' : null;
  }

  /** The request's schema, which must be one the project shows: what others hold is nobody's to learn. */
  async function exposedSchema(
    request: FastifyRequest,
  ): Promise<{ readonly snapshot: Snapshot; readonly settings: RestSettings; readonly schema: string }> {
    const { project } = request.ashlar;
    const snapshot = await snapshots.current(project.database);
    const settings = settleProject(project, snapshot).settings.rest;
    const schema = profileOf(request) ?? settings.schemas[0] ?? 'public';
    if (!settings.schemas.includes(schema)) throw restErrors.schemaNotExposed(schema, settings.schemas);
    return { snapshot, settings, schema };
  }

  function fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const known = restErrorOf(error, request.ashlar?.caller.role === 'anon');
    if (known !== null) {
      if (known.statusText !== undefined) reply.raw.statusMessage = reasonPhrase(known.statusText);
      return sendRendered(reply, render(known));
    }
    const failure = doorFailureOf(error);
    if (failure.kind === 'internal') {
      const traceId = request.ashlar?.trace.traceId ?? '';
      observe({ kind: 'request.failed', requestId: request.id, traceId, service: dataContract.name, error });
    }
    return sendRendered(reply, dataContract.fail(failure, request));
  }
}

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function bodyOf({ body }: FastifyRequest): Buffer | null {
  return Buffer.isBuffer(body) ? body : null;
}

/** The key of a write; a read has nothing to do only once. */
function keyOf(
  method: string,
  path: string,
  query: string,
  headers: IncomingHttpHeaders,
  body: Buffer | null,
): IdempotencyKey | null {
  if (method === 'GET' || method === 'HEAD') return null;
  const deciding = [headers.accept, headers['prefer'], headers['content-profile'], headers['content-type']];
  return readIdempotencyKey(oneText(headers['idempotency-key']), {
    method,
    path,
    query,
    headers: deciding.map(oneText),
    body,
  });
}

function profileOf({ headers }: FastifyRequest): string | undefined {
  return oneText(headers['accept-profile']);
}

function planningHeaders(headers: IncomingHttpHeaders): PlanningHeaders {
  return {
    accept: headers.accept,
    prefer: oneText(headers['prefer']),
    range: headers.range,
    'accept-profile': oneText(headers['accept-profile']),
    'content-profile': oneText(headers['content-profile']),
    'content-type': headers['content-type'],
  };
}

/** Node joins repeated headers of these names with a comma; only its types leave room for a list. */
function oneText(header: string | string[] | undefined): string | undefined {
  return typeof header === 'object' ? header.join(', ') : header;
}

/** Most names need no escape. */
const PLAIN_PATH = /^[\w./~-]*$/;

/** Where this answer can be had again: parameters in the order of their names. */
function contentLocation(path: string, query: string): string {
  const target = PLAIN_PATH.test(path) ? `/${path}` : `/${path.split('/').map(encodeURIComponent).join('/')}`;
  if (query === '') return target;
  return `${target}?${query.includes('&') ? query.split('&').toSorted().join('&') : query}`;
}

/** What HTTP allows in a status line. */
function reasonPhrase(text: string): string {
  return text.replaceAll(/[^\t\x20-\x7e]/g, ' ');
}
