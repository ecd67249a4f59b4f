import type { TableGraph } from '@ashlar/graphql';
import type { Printer } from '@ashlar/documents';
import { type AnyUseCase, commonErrors, type Suite } from '@ashlar/kernel';
import { type JobQueue, sendRendered, type Service, type ServiceContract } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asyncApiOf } from '../documents/async-api.ts';
import { openApiOf } from '../documents/open-api.ts';
import { addGraphqlRoutes } from '../graphql/graphql-routes.ts';
import { readInput } from '../input/read-input.ts';
import { addHookRoutes } from '../outside/hook-routes.ts';
import type { Outside } from '../outside/outside-context.ts';
import type { Invocation } from '../invocation.ts';
import { useCaseJob } from '../job/suite-tasks.ts';
import { renderDoorFailure, renderError, renderRefusal } from '../problem/render-problem.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';
import { addDocumentRoute, documentBindings } from './document-routes.ts';
import { type HttpBinding, httpBindings } from './http-binding.ts';
import { invocationOf } from './invocation-of.ts';
import { readHttpInput } from './read-http-input.ts';

export interface SuiteServiceOptions {
  readonly suite: Suite;
  readonly useCases: UseCases;
  /** For what may be done later; without it everything is done at once. */
  readonly jobs?: JobQueue | undefined;
  /** The suite's tables, for GraphQL; without them it has use cases alone. */
  readonly tables?: TableGraph | undefined;
  /** Makes the suite's documents; without it they answer nowhere. */
  readonly printer?: Printer | undefined;
  /** What hooks need, which answer nowhere without it. */
  readonly outside?: Outside | undefined;
  readonly now?: () => Date;
  readonly observe: Observe;
}

/** A thousand lines of an order, with all their members. */
const BODY_LIMIT_BYTES = 2_097_152;

/** What the door must know of a suite: it answers at `/api/v1/<suite>`, and is no part of every project. */
function suiteContract({ name }: Suite): ServiceContract {
  return {
    name,
    publicNames: [name],
    caller: 'verified',
    bodyLimitBytes: BODY_LIMIT_BYTES,
    schema: null,
    refuse: (refusal) => renderRefusal(refusal),
    fail: (failure) => renderDoorFailure(failure),
  };
}

/** The routes of a suite's use cases, with the documents that describe them. */
export function createSuiteService(options: SuiteServiceOptions): Service {
  const { suite, useCases, jobs, tables, printer, outside, now = () => new Date(), observe } = options;
  const bindings = httpBindings(suite);
  const documents = printer === undefined ? [] : documentBindings(suite);
  return {
    contract: suiteContract(suite),
    routes(app) {
      addErrors(app, suite, observe);
      app.get('/openapi.json', ({ ashlar }) => openApiOf(suite, { bindings, documents }, ashlar.publicUrl));
      app.get('/asyncapi.json', () => asyncApiOf(suite));
      for (const binding of bindings) addRoute(app, binding, useCases, jobs);
      addGraphqlRoutes(app, { suite, useCases, tables, observe });
      if (outside !== undefined && jobs !== undefined) {
        addHookRoutes(app, suite.hooks, { suite, useCases, outside, jobs, now });
      }
      if (printer !== undefined) for (const one of documents) addDocumentRoute(app, one, useCases, printer);
    },
    close: async () => undefined,
  };
}

function addRoute(app: FastifyInstance, binding: HttpBinding, useCases: UseCases, jobs: JobQueue | undefined): void {
  const { useCase } = binding;
  const mayWait = jobs !== undefined && useCase.on.job === true;
  app.route({
    method: binding.method,
    url: binding.path,
    handler: async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const { params, query, body } = request;
      // Fastify's router and query parser give texts.
      const asked = { params, query, body } as Parameters<typeof readHttpInput>[1];
      const invocation = invocationOf(request, 'http');
      const input = readHttpInput(binding, asked);
      if (mayWait && /\brespond-async\b/.test(String(request.headers.prefer))) {
        return leaveJob(request, reply, jobs, useCase, input, invocation);
      }
      const { output, replayed } = await useCases.invoke(useCase.name, input, invocation);
      if (replayed) reply.header('idempotency-replayed', 'true');
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(JSON.stringify(output));
    },
  });
}

/** Accepted, to be done as this caller; an input that would be refused is refused now. */
async function leaveJob(
  { ashlar: { project } }: FastifyRequest,
  reply: FastifyReply,
  jobs: JobQueue,
  useCase: AnyUseCase,
  input: unknown,
  { caller, orgId, idempotencyKey, requestId }: Invocation,
): Promise<FastifyReply> {
  readInput(useCase, input);
  const key = idempotencyKey ?? requestId;
  await jobs.add([useCaseJob({ name: useCase.name, input, caller, orgId, project: project.ref, key })]);
  return reply.code(202).header('preference-applied', 'respond-async').send({ accepted: true, key });
}

/** Shared by everything a suite answers over HTTP. */
export function addErrors(app: FastifyInstance, { name }: Pick<Suite, 'name'>, observe: Observe): void {
  app.setErrorHandler((error, request, reply) => {
    const { requestId, trace } = request.ashlar;
    const rendered = renderError(error, trace.traceId, request.headers['accept-language']);
    if (rendered.status === 500) {
      observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: name, error });
    }
    return sendRendered(reply, rendered);
  });
  app.setNotFoundHandler(async (request) => {
    throw commonErrors.notFound({ what: 'route', id: `${request.method} ${request.url.split('?', 1)[0] ?? ''}` });
  });
}
