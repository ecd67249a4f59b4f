import type { FastifyReply } from 'fastify';
import type { RenderedError } from './service.ts';

/** Sends an answer a contract rendered; headers already on the reply (CORS, request id) stay. */
export function sendRendered(reply: FastifyReply, { status, headers, body }: RenderedError): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}
