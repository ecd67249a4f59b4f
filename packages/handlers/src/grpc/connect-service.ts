import { commonErrors, type Suite } from '@ashlar/kernel';
import type { RenderedError, Service, ServiceContract } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addErrors } from '../http/suite-service.ts';
import { renderDoorFailure, renderRefusal } from '../problem/render-problem.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';
import type { ConnectEngine } from './connect-engine.ts';
import { printProto } from './print-proto.ts';
import { protoModel } from './proto-model.ts';

export interface ConnectServiceOptions {
  readonly useCases: UseCases;
  readonly observe: Observe;
}

/** A thousand lines of an order, with all their members. */
const BODY_LIMIT_BYTES = 2_097_152;

/** Remote procedures at `/connect`: a base address for clients of Connect and gRPC-Web, over any version of HTTP. */
const connectContract: ServiceContract = {
  name: 'connect',
  publicNames: ['connect'],
  paths: { '/connect': 'connect' },
  caller: 'verified',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  schema: null,
  refuse: (refusal) => asConnect(renderRefusal(refusal)),
  fail: (failure) => asConnect(renderDoorFailure(failure)),
};

/** One method per use case, with the documents that describe them. */
export function createConnectService(options: ConnectServiceOptions): Service {
  const { suites } = options.useCases;
  let engine: Promise<ConnectEngine> | undefined;
  const loaded = (): Promise<ConnectEngine> =>
    (engine ??= import('./connect-engine.ts').then(({ createConnectEngine }) =>
      createConnectEngine(options, BODY_LIMIT_BYTES),
    ));
  return {
    contract: connectContract,
    routes(app) {
      addErrors(app, connectContract, options.observe);
      app.removeAllContentTypeParsers();
      app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      for (const base of ['', '/connect']) {
        app.get(`${base}/`, ({ ashlar }) => listOf(suites, ashlar.publicUrl));
        app.get(`${base}/:file`, sendProto);
        // Connect asks by GET for what has no side effect.
        app.route({ method: ['GET', 'POST'], url: `${base}/:service/:method`, handler: call });
      }
    },
    close: async () => undefined,
  };

  async function call(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { service, method } = request.params as { readonly service: string; readonly method: string };
    const path = `/${service}/${method}`;
    if (!(await (await loaded()).answer(path, request, reply)))
      throw commonErrors.useCaseUnknown({ name: path.slice(1) });
    return reply;
  }

  async function sendProto(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { file } = request.params as { readonly file: string };
    const suite = suites.find(({ name }) => file === `${name}.proto`);
    if (suite === undefined) throw commonErrors.notFound({ what: 'contract', id: file });
    return reply.header('content-type', 'text/plain; charset=utf-8').send(printProto(protoModel(suite)));
  }
}

/** Codes of Connect by the statuses of a door that no method answers. */
const CODES: ReadonlyMap<number, string> = new Map([
  [400, 'invalid_argument'],
  [401, 'unauthenticated'],
  [403, 'permission_denied'],
  [404, 'unimplemented'],
  [405, 'unimplemented'],
  [413, 'resource_exhausted'],
  [429, 'resource_exhausted'],
  [503, 'unavailable'],
  [504, 'deadline_exceeded'],
]);

/** What the door refuses, in the form clients of Connect read; those of gRPC-Web go by its status. */
export function asConnect({ status, headers, body }: RenderedError): RenderedError {
  const { code, detail } = JSON.parse(body) as { readonly code: string; readonly detail: string };
  return {
    status,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ code: CODES.get(status) ?? 'internal', message: `${code}: ${detail}` }),
  };
}

/** What there is to call, for whoever looks. */
function listOf(suites: readonly Suite[], publicUrl: string): object {
  return {
    services: suites.map((suite) => {
      const { package: name, service } = protoModel(suite);
      return {
        suite: suite.name,
        service: `${name}.${service}`,
        baseUrl: `${publicUrl}/connect`,
        proto: `${publicUrl}/connect/${suite.name}.proto`,
      };
    }),
  };
}
