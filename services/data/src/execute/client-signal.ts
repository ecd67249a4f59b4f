import type { FastifyReply } from 'fastify';
import { RestError } from '../rest-error.ts';

/** Fires when the client goes before it has its answer. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished)
      gone.abort(new RestError({ status: 499, code: 'PGRST000', message: 'Client gone' }));
  });
  return gone.signal;
}
