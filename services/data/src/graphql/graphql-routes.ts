import { doorFailureOf, sendRendered } from '@ashlar/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { dataContract } from '../data-contract.ts';
import { signalOf } from '../execute/client-signal.ts';
import type { RouteOptions } from '../routes.ts';
import { OperationRunner } from './execute/run-operation.ts';
import { graphqlFailureOf, renderGraphqlFailure } from './graphql-failure.ts';
import { parseRequestBody, parseRequestQuery, type PersistedRequest } from './parse/graphql-request.ts';
import { PersistedOperations } from './persisted-operations.ts';

/** One path: operations come by POST, and those that only read by GET too. */
export function addGraphqlRoutes(app: FastifyInstance, { snapshots, observe }: RouteOptions): void {
  const runner = new OperationRunner(snapshots);
  const persisted = new PersistedOperations();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => fail(error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const message = `${request.method} ${request.url} is not served: send operations by POST`;
    return sendRendered(reply, dataContract.fail({ kind: 'not_found', message }, request));
  });
  app.post('/', (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : null;
    return answer(parseRequestBody(body), request, reply, false);
  });
  app.get('/', (request, reply) => {
    const { searchParams } = new URL(request.url, 'http://localhost');
    return answer(parseRequestQuery(searchParams), request, reply, true);
  });

  async function answer(
    sent: PersistedRequest,
    request: FastifyRequest,
    reply: FastifyReply,
    readOnly: boolean,
  ): Promise<FastifyReply> {
    const { project, caller, trace } = request.ashlar;
    const body = await runner.run({
      project,
      caller,
      request: persisted.resolve(project.database, sent),
      facts: { caller, method: request.method, path: '/graphql', headers: request.headers, trace },
      readOnly,
      signalOfClient: () => signalOf(reply),
    });
    return reply.code(200).header('content-type', 'application/json; charset=utf-8').send(body);
  }

  function fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
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
