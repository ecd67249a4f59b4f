import type { IncomingMessage, Server } from 'node:http';
import type { HttpLimits } from './http-limits.ts';

interface Watched {
  readonly startedAtMs: number;
  bytesRead: number;
  checkedAtMs: number;
}

/** What Node emits of a request that did not arrive in time; whoever answers malformed requests answers it. */
class BodyTooSlow extends Error {
  override readonly name = 'BodyTooSlow';
  readonly code = 'ERR_HTTP_REQUEST_TIMEOUT';
}

type PaceLimits = Pick<HttpLimits, 'requestTimeoutMs' | 'bodyBytesPerSecond' | 'bodyCheckMs'>;

/**
 * Ends requests whose bodies do not come forward. For `requestTimeoutMs` a body may come as it likes; after that it has
 * to keep a pace, so that a large upload over a slow line may take hours while a client that trickles holds its socket
 * no longer than before. Time in which we do not read counts for nobody.
 */
export function endSlowBodies(server: Server, limits: PaceLimits): void {
  const underWay = new Map<IncomingMessage, Watched>();
  server.on('request', (request: IncomingMessage) => {
    if (!hasBody(request)) return;
    const now = performance.now();
    underWay.set(request, { startedAtMs: now, bytesRead: request.socket.bytesRead, checkedAtMs: now });
    request.once('close', () => underWay.delete(request));
  });
  const check = setInterval(() => {
    const now = performance.now();
    for (const [request, watched] of underWay) {
      if (request.complete) underWay.delete(request);
      else if (isTooSlow(request, watched, limits, now)) {
        underWay.delete(request);
        server.emit('clientError', new BodyTooSlow('The body does not come forward'), request.socket);
      }
    }
  }, limits.bodyCheckMs).unref();
  server.once('close', () => clearInterval(check));
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isTooSlow(request: IncomingMessage, watched: Watched, limits: PaceLimits, now: number): boolean {
  const { bytesRead } = request.socket;
  const seconds = (now - watched.checkedAtMs) / 1_000;
  const isSlow = bytesRead - watched.bytesRead < limits.bodyBytesPerSecond * seconds;
  watched.bytesRead = bytesRead;
  watched.checkedAtMs = now;
  const isOurs = request.readableLength >= request.readableHighWaterMark;
  return isSlow && !isOurs && now - watched.startedAtMs > limits.requestTimeoutMs;
}
