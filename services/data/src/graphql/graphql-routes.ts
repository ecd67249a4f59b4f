import type { Snapshots } from '@ashlar/postgres';
import { doorFailureOf, sendRendered } from '@ashlar/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { dataContract } from '../data-contract.ts';
import { signalOf } from '../execute/client-signal.ts';
import type { RouteOptions } from '../routes.ts';
import type { Engine } from './engine.ts';
import { GRAPHIQL_PATH, graphiqlFile, graphiqlPage, wantsPage } from './graphiql.ts';
import type { PersistedRequest } from '@ashlar/graphql';
import { renderGraphqlFailure } from './render-graphql-failure.ts';

/** One path: operations come by POST, and those that only read by GET too. */
export function addGraphqlRoutes(app: FastifyInstance, { snapshots, observe }: RouteOptions): void {
  let engine: Promise<Engine> | undefined;
  const loaded = (): Promise<Engine> => (engine ??= loadEngine(snapshots));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => fail(error, request, reply));
  app.setNotFoundHandler(notFound);
  app.post('/', async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : null;
    const { parseBody } = await loaded();
    return handle(parseBody(body), request, reply, false);
  });
  app.get('/', async (request, reply) => {
    if (wantsPage(request.headers.accept) && showsPage(request)) {
      const { project, publicUrl } = request.ashlar;
      const { headers, body } = await graphiqlPage(publicUrl, project.keys.publishableKeys[0]);
      return reply.headers(headers).send(body);
    }
    const { searchParams } = new URL(request.url, 'http://localhost');
    const { parseQuery } = await loaded();
    return handle(parseQuery(searchParams), request, reply, true);
  });

  app.get<{ Params: { version: string; name: string } }>(`${GRAPHIQL_PATH}/:version/:name`, async (request, reply) => {
    const file = showsPage(request) ? await graphiqlFile(request.params.version, request.params.name) : null;
    return file === null ? notFound(request, reply) : reply.headers(file.headers).send(file.body);
  });

  async function handle(
    sent: PersistedRequest,
    request: FastifyRequest,
    reply: FastifyReply,
    readOnly: boolean,
  ): Promise<FastifyReply> {
    const { runner, persisted } = await loaded();
    const { project, caller, trace } = request.ashlar;
    const sender = { database: project.database, role: caller.role };
    const answer = await runner.run({
      project,
      caller,
      request: await persisted.resolve(sender, sent),
      facts: { caller, method: request.method, path: '/graphql', headers: request.headers, trace },
      readOnly,
      key: headerText(request.headers['idempotency-key']),
      signalOfClient: () => signalOf(reply),
    });
    persisted.answered(sender, sent);
    return reply.code(answer.status).headers(answer.headers).send(answer.body);
  }

  async function fail(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { graphqlFailureOf } = await import('./graphql-failure.ts');
    const known = graphqlFailureOf(error);
    if (known !== null) return sendRendered(reply, renderGraphqlFailure(known));
    const failure = doorFailureOf(error);
    if (failure.kind === 'internal') {
      // Requests the door could not place have no context.
      const requestId = request.ashlar?.requestId ?? '';
      const traceId = request.ashlar?.trace.traceId ?? '';
      observe({ kind: 'request.failed', requestId, traceId, service: dataContract.name, error });
    }
    return sendRendered(reply, dataContract.fail(failure, request));
  }
}

/** A good part of what a server would load that nobody sends an operation. */
async function loadEngine(snapshots: Snapshots): Promise<Engine> {
  const { createEngine } = await import('./engine.ts');
  return createEngine(snapshots);
}

function showsPage({ ashlar: { project } }: FastifyRequest): boolean {
  return project.settings.rest.graphiql;
}

function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = `${request.method} ${request.url} is not served: send operations by POST`;
  return sendRendered(reply, dataContract.fail({ kind: 'not_found', message }, request));
}

/** Node joins a repeated header of this name; only its types leave room for a list. */
function headerText(header: string | string[] | undefined): string | undefined {
  return typeof header === 'object' ? header.join(', ') : header;
}
