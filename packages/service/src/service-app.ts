import { type Observe, continueTrace } from '@ashlar/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext } from './context.ts';
import { closeApp, createApp } from './create-app.ts';
import { doorFailureOf } from './door-failure.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './http-limits.ts';
import { mountService } from './mount-service.ts';
import { type Passage, observeAnswer } from './observe-answer.ts';
import type { Projects } from './project.ts';
import { sendRendered } from './send-rendered.ts';
import type { Service } from './service.ts';
import { IDENTITY_HEADER, type Identity, identityKey, verifyIdentity } from './signed-identity.ts';

export interface ServiceAppOptions {
  readonly service: Service;
  readonly projects: Projects;
  /** Shared with the gateway; see `identityKey`. */
  readonly identitySecret: string;
  readonly observe: Observe;
  readonly limits?: HttpLimits;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface ServiceApp {
  readonly app: FastifyInstance;
  /** Resolves to the URL it listens at. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  /** Ends the listener; the service itself belongs to whoever made it. */
  close(): Promise<void>;
}

const HEALTH_PATH = '/health';

/**
 * Runs one service in a process of its own, behind a gateway elsewhere. It answers at the same paths as the gateway
 * (`/rest/v1/…`), but only to requests that carry a gateway's signed identity; `/health` is open.
 */
export function createServiceApp(options: ServiceAppOptions): ServiceApp {
  const { service, projects, observe, limits = DEFAULT_HTTP_LIMITS, now = Date.now } = options;
  const { contract } = service;
  const key = identityKey(options.identitySecret);
  const app = createApp({ limits, observe });
  app.decorateRequest('ashlar');
  app.addHook('onRequest', enter);
  app.setNotFoundHandler((request, reply) =>
    sendRendered(reply, contract.fail({ kind: 'not_found', message: 'This path leads nowhere' }, request)),
  );
  app.setErrorHandler((error, request, reply) => {
    const failure = doorFailureOf(error);
    if (failure.kind === 'internal') {
      const traceId = request.ashlar?.trace.traceId ?? '';
      observe({ kind: 'request.failed', requestId: request.id, traceId, service: contract.name, error });
    }
    return sendRendered(reply, contract.fail(failure, request));
  });
  app.get(HEALTH_PATH, (_request, reply) => reply.send({ status: 'ok', service: contract.name }));
  mountService(app, service);

  async function enter(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    if (request.url === HEALTH_PATH) return undefined;
    const identity = takeIdentity(request);
    const passage = passageOf(request, contract.name, identity);
    observeAnswer(request, reply, passage, observe);
    if (identity === null) {
      return sendRendered(
        reply,
        contract.refuse({ reason: 'token-unverifiable', message: 'This service answers to its gateway only' }, request),
      );
    }
    const project = projects.peek(identity.ref) ?? (await projects.wake(identity.ref));
    if (project === undefined) {
      const message = `There is no project "${identity.ref}" here`;
      return sendRendered(reply, contract.fail({ kind: 'not_found', message }, request));
    }
    const context: RequestContext = {
      project,
      caller: identity.caller,
      refusal: identity.refusal,
      requestId: identity.requestId,
      trace: passage.trace,
      publicUrl: identity.publicUrl,
      clientAddress: identity.clientAddress,
    };
    request.ashlar = context;
    return undefined;
  }

  function takeIdentity(request: FastifyRequest): Identity | null {
    const header = request.headers[IDENTITY_HEADER];
    // Taken away at once: what a service shows a database function of the headers must not hold it.
    delete request.headers[IDENTITY_HEADER];
    return verifyIdentity(key, contract.name, typeof header === 'string' ? header : undefined, now());
  }

  return { app, listen: (address) => app.listen(address), close: () => closeApp(app, limits) };
}

function passageOf(request: FastifyRequest, service: string, identity: Identity | null): Passage {
  const { traceparent, tracestate } = request.headers;
  return {
    trace: continueTrace(
      typeof traceparent === 'string' ? traceparent : undefined,
      typeof tracestate === 'string' ? tracestate : undefined,
    ),
    path: request.url.split('?', 1)[0] ?? '',
    address: identity?.clientAddress ?? request.ip,
    service,
    project: identity?.ref ?? '',
    role: identity?.caller.role ?? '',
  };
}
