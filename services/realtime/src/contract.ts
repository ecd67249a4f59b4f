import type { DoorFailure, RenderedError, ServiceContract } from '@ashlar/service';
import { realtimeSchema } from './schema.ts';

/** A batch of broadcasts may hold several payloads of the largest size. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

const STATUS: Readonly<Record<DoorFailure['kind'], number>> = {
  malformed: 400,
  not_found: 404,
  method_not_allowed: 405,
  too_large: 413,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
  timeout: 504,
};

/** Channels at `/realtime/v1`, with schema `realtime` in every project. */
export const realtimeContract: ServiceContract = {
  name: 'realtime',
  publicNames: ['realtime'],
  // A websocket brings its key in its own ways, and says in its own words what is wrong with it.
  caller: 'optional',
  bodyLimitBytes: BODY_LIMIT_BYTES,
  schema: realtimeSchema,
  refuse: () => renderMessage(401, 'Unauthorized'),
  fail: ({ kind, message, retryAfterSeconds }) => {
    const rendered = renderMessage(STATUS[kind], message);
    return retryAfterSeconds === undefined
      ? rendered
      : { ...rendered, headers: { ...rendered.headers, 'retry-after': String(retryAfterSeconds) } };
  },
};

/** How the HTTP endpoints refuse. `error` is what the handshake of a websocket says it in. */
export function renderMessage(status: number, message: string): RenderedError {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ message, error: message }),
  };
}
