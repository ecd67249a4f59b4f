import type { IncomingHttpHeaders } from 'node:http';
import { type Duplex, type Readable, pipeline } from 'node:stream';
import {
  type DoorFailure,
  IDENTITY_HEADER,
  type IdentityKey,
  type ServiceContract,
  sendRendered,
  servicePrefix,
  signIdentity,
  upgradeOf,
} from '@ashlar/service';
import { formatTraceparent } from '@ashlar/telemetry';
import type { FastifyReplyFromOptions } from '@fastify/reply-from';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Circuit } from './circuit.ts';
import { limitStream } from './limit-stream.ts';
import { passUpgrade } from './pass-upgrade.ts';

export interface UpstreamOptions {
  readonly contract: ServiceContract;
  /** Origin of the service's process: `http://127.0.0.1:8101`. */
  readonly upstream: string;
  readonly key: IdentityKey;
  readonly now: () => number;
}

/** Connections to one service's process; requests beyond them wait their turn. */
const MAX_CONNECTIONS = 64;
const CONNECT_TIMEOUT_MS = 2_000;
/** Until the first byte of an answer, and between two of its bytes: longer than any statement timeout of a caller. */
const ANSWER_TIMEOUT_MS = 120_000;
/** Until a websocket is open. */
const UPGRADE_TIMEOUT_MS = 10_000;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Passes a service's requests on to the process it runs in, bodies streamed both ways, the caller's identity signed. */
export function mountUpstream(app: FastifyInstance, options: UpstreamOptions): void {
  const circuit = new Circuit(options.now);
  const open = new Set<Duplex>();
  app.addHook('preClose', (done) => {
    for (const socket of open) socket.destroy();
    done();
  });
  for (const name of options.contract.publicNames) {
    void app.register(
      async (scope: FastifyInstance) => {
        passBodiesThrough(scope, options.contract.bodyLimitBytes);
        // With a client of HTTP in it, which a process that runs everything has no use for.
        const { default: replyFrom } = await import('@fastify/reply-from');
        await scope.register(replyFrom, agentOptions(options.upstream));
        const handler = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
          forward(request, reply, options, circuit);
        scope.get('/websocket', (request, reply) => forwardWebsocket(request, reply, options, circuit, open));
        scope.route({ method: METHODS, url: '/', handler });
        scope.route({ method: METHODS, url: '/*', handler });
      },
      { prefix: servicePrefix(name) },
    );
  }
}

function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  { contract, key, now }: UpstreamOptions,
  circuit: Circuit,
): FastifyReply {
  const fail = (failure: DoorFailure): FastifyReply => sendRendered(reply, contract.fail(failure, request));
  const waitMs = circuit.waitMs();
  if (waitMs > 0) return fail(away(Math.ceil(waitMs / 1000)));
  return reply.from(undefined, {
    rewriteRequestHeaders: (_request, headers) =>
      requestHeaders(request, headers, signed(request, contract, key, now())),
    rewriteHeaders: (headers) => {
      circuit.succeeded();
      return answerHeaders(headers);
    },
    onError: (_reply, { error }) => {
      if (hasCode(error.cause, 'gateway.body_too_large')) {
        fail({ kind: 'too_large', message: `Request body is larger than ${contract.bodyLimitBytes} bytes` });
        return;
      }
      circuit.failed();
      fail('statusCode' in error && error.statusCode === 504 ? LATE : away(1));
    },
    // A request may have had its effect although no answer came: only the client can know whether to repeat it.
    retryDelay: () => null,
  });
}

async function forwardWebsocket(
  request: FastifyRequest,
  reply: FastifyReply,
  options: UpstreamOptions,
  circuit: Circuit,
  open: Set<Duplex>,
): Promise<FastifyReply> {
  const upgrade = upgradeOf(request);
  if (upgrade === undefined) return forward(request, reply, options, circuit);
  const { contract, key, now, upstream } = options;
  const waitMs = circuit.waitMs();
  if (waitMs > 0) return sendRendered(reply, contract.fail(away(Math.ceil(waitMs / 1000)), request));
  const headers = requestHeaders(request, request.headers, signed(request, contract, key, now()));
  try {
    await passUpgrade({ request, reply, upgrade, upstream, headers, open, timeoutMs: UPGRADE_TIMEOUT_MS });
    circuit.succeeded();
    return reply;
  } catch {
    circuit.failed();
    return sendRendered(reply, contract.fail(away(1), request));
  }
}

const LATE: DoorFailure = { kind: 'timeout', message: 'The service did not answer in time' };

function away(retryAfterSeconds: number): DoorFailure {
  return { kind: 'unavailable', message: 'The service cannot be reached', retryAfterSeconds };
}

function agentOptions(upstream: string): FastifyReplyFromOptions {
  return {
    base: upstream,
    disableRequestLogging: true,
    // Paths of a data service are as many as its rows' filters; a cache of them would only turn over.
    disableCache: true,
    destroyAgent: true,
    undici: {
      connections: MAX_CONNECTIONS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
      maxHeaderSize: 64 * 1024,
    },
  };
}

/** The bytes stay bytes; a length that was declared has been checked at the door, the rest is counted on the way. */
function passBodiesThrough(scope: FastifyInstance, limitBytes: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (request, payload, done) => {
    const declared = request.headers['content-length'] !== undefined;
    done(null, declared ? payload : limited(payload, limitBytes));
  });
}

function limited(payload: Readable, limitBytes: number): Readable {
  const counted = limitStream(limitBytes);
  // An error needs no handling here: it destroys `counted`, and with it the request that is made of it.
  pipeline(payload, counted, () => undefined);
  return counted;
}

function requestHeaders(request: FastifyRequest, headers: IncomingHttpHeaders, identity: string): IncomingHttpHeaders {
  const { requestId, trace } = request.ashlar;
  const { method } = request;
  const kept = { ...headers };
  if (method === 'GET' || method === 'HEAD') {
    // No body is passed on with these, so nothing may announce one.
    delete kept['content-length'];
    delete kept['transfer-encoding'];
  }
  return { ...kept, 'x-request-id': requestId, traceparent: formatTraceparent(trace), [IDENTITY_HEADER]: identity };
}

function signed(request: FastifyRequest, { name }: ServiceContract, key: IdentityKey, nowMs: number): string {
  const { project, caller, refusal, requestId, publicUrl, clientAddress } = request.ashlar;
  return signIdentity(key, name, { ref: project.ref, caller, refusal, requestId, publicUrl, clientAddress }, nowMs);
}

/** Headers that speak of one connection (RFC 9110 §7.6.1), which is not the client's. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

function answerHeaders<Headers extends Readonly<Record<string, unknown>>>(headers: Headers): Headers {
  // Safe: members are left out only, and every header of an answer is optional.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CONNECTION_HEADERS.has(name))) as Headers;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
