import { AshlarError } from '@ashlar/kernel';
import { doorFailureOf, type RenderedError, sendRendered } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { renderDoorFailure, renderError, type StatusStyle } from './wire-errors.ts';

const SERVICE = 'storage';
/** A small rest of a refused body is read away; of a larger one nothing, the connection ends with the answer. */
const READ_AWAY_BYTES = 1_048_576;

/** Says what went wrong in the words of this surface, and reports what is our fault. */
export function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  observe: Observe,
  style: StatusStyle = 'body',
): FastifyReply {
  const failure = error instanceof AshlarError ? null : doorFailureOf(error);
  const rendered =
    failure === null || failure.kind === 'internal' ? renderError(error, style) : renderDoorFailure(failure, style);
  if ((rendered.status === 500 || isOurs(error)) && !request.raw.aborted) {
    const { requestId, trace } = request.ashlar;
    observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: SERVICE, error });
  }
  return answer(request, reply, rendered);
}

/** A client can only come again; whoever runs the server has to hear of it. */
export function isOurs(error: unknown): boolean {
  return error instanceof AshlarError && error.code === 'storage.files_unreachable';
}

export function answer(request: FastifyRequest, reply: FastifyReply, rendered: RenderedError): FastifyReply {
  const { raw, headers } = request;
  const isSmall = Number(headers['content-length'] ?? Infinity) <= READ_AWAY_BYTES;
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  if (hasBody && !raw.complete && !isSmall) void reply.header('connection', 'close');
  return sendRendered(reply, rendered);
}
