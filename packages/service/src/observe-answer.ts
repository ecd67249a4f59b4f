import { performance } from 'node:perf_hooks';
import type { Observe, TraceContext } from '@ashlar/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SWITCHING_PROTOCOLS } from './upgrade.ts';

/** What is known of a request on its way through a listener; the members that change are filled in as they are learnt. */
export interface Passage {
  readonly trace: TraceContext;
  /** Without the query, which may carry keys. */
  readonly path: string;
  readonly address: string;
  readonly service: string;
  project: string;
  role: string;
  /** Of the issued key the request came with. */
  keyId?: string;
}

/**
 * Reports one `request.answered` when the exchange is over, also when the client went away before its answer.
 *
 * @param onEnd Runs before the report, once.
 */
export function observeAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  passage: Passage,
  observe: Observe,
  onEnd?: () => void,
): void {
  const startedAt = performance.now();
  const { socket } = request.raw;
  const bytesBefore = bytesWritten(socket);
  // `close` follows `finish` and also comes alone when the socket broke, so that nothing is counted twice or lost.
  reply.raw.once('close', () => {
    onEnd?.();
    observe({
      kind: 'request.answered',
      requestId: request.id,
      traceId: passage.trace.traceId,
      project: passage.project,
      service: passage.service,
      method: request.method,
      path: passage.path,
      status: wasAnswered(reply) ? reply.raw.statusCode : CLIENT_CLOSED_REQUEST,
      durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
      bytes: bytesWritten(socket) - bytesBefore,
      role: passage.role,
      address: passage.address,
      ...(passage.keyId === undefined ? {} : { keyId: passage.keyId }),
    });
  });
}

/** Never sent: how logs name a request whose client left before an answer began. */
const CLIENT_CLOSED_REQUEST = 499;

/** Whoever takes a socket over writes the head of status 101 itself. */
function wasAnswered({ raw }: FastifyReply): boolean {
  return raw.headersSent || raw.statusCode === SWITCHING_PROTOCOLS;
}

/** Injected requests of tests have a socket that counts nothing. */
function bytesWritten(socket: { readonly bytesWritten?: number } | null): number {
  return socket?.bytesWritten ?? 0;
}
