import type { TableGraph } from '@ashlar/graphql';
import type { Suite } from '@ashlar/kernel';
import { type RenderedError, sendRendered } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { invocationOf } from '../http/invocation-of.ts';
import { renderError } from '../problem/render-problem.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';
import type { GraphqlAsked } from './graphql-asked.ts';
import type { GraphqlEngine } from './graphql-engine.ts';

export interface GraphqlRoutesOptions {
  readonly suite: Suite;
  readonly useCases: UseCases;
  readonly tables: TableGraph | undefined;
  readonly observe: Observe;
}

/** `/graphql/<suite>`: operations by POST, those that only read by GET as well, and the schema as a document. */
export function addGraphqlRoutes(app: FastifyInstance, options: GraphqlRoutesOptions): void {
  const { suite } = options;
  let engine: Promise<GraphqlEngine> | undefined;
  // A good part of what a server would load that nobody sends an operation.
  const loaded = (): Promise<GraphqlEngine> =>
    (engine ??= import('./graphql-engine.ts').then(({ createGraphqlEngine }) => createGraphqlEngine(options)));
  void app.register(async (part) => {
    part.removeAllContentTypeParsers();
    part.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    part.setErrorHandler(async (error, request, reply) => {
      const { renderGraphqlError } = await loaded();
      return sendRendered(reply, renderGraphqlError(error, request.ashlar.trace.traceId) ?? failure(error, request));
    });
    const path = `/graphql/${suite.name}`;
    part.post(path, async (request, reply) => {
      const { run, parseBody } = await loaded();
      const body = Buffer.isBuffer(request.body) ? request.body : null;
      return send(reply, await run({ ...askedOf(request, reply), request: parseBody(body), readOnly: false }));
    });
    part.get(path, async (request, reply) => {
      const { run, parseQuery } = await loaded();
      const { searchParams } = new URL(request.url, 'http://graphql.invalid');
      return send(reply, await run({ ...askedOf(request, reply), request: parseQuery(searchParams), readOnly: true }));
    });
    part.get(`${path}/schema.graphql`, async (request, reply) => {
      const { document } = await loaded();
      const text = await document(askedOf(request, reply));
      return reply.header('content-type', 'text/plain; charset=utf-8').header('cache-control', 'no-store').send(text);
    });
  });

  function failure(error: unknown, { ashlar: { requestId, trace } }: FastifyRequest): RenderedError {
    const rendered = renderError(error, trace.traceId);
    if (rendered.status === 500) {
      options.observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: suite.name, error });
    }
    return asGraphql(rendered);
  }
}

/** A problem in the form GraphQL's clients read, with the status it has everywhere. */
export function asGraphql({ status, headers, body }: RenderedError): RenderedError {
  const { detail, ...extensions } = JSON.parse(body) as { readonly detail: string };
  return {
    status,
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ errors: [{ message: detail, extensions }] }),
  };
}

function askedOf(request: FastifyRequest, reply: FastifyReply): Omit<GraphqlAsked, 'request' | 'readOnly'> {
  const { project, caller, trace } = request.ashlar;
  return {
    project,
    caller,
    trace,
    headers: request.headers,
    invocation: invocationOf(request, 'graphql'),
    signalOfClient: () => {
      const gone = new AbortController();
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) gone.abort();
      });
      return gone.signal;
    },
  };
}

function send(
  reply: FastifyReply,
  {
    status,
    headers,
    body,
  }:
    | RenderedError
    | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string | Buffer },
): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}
