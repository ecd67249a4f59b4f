import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Observe } from '@ashlar/telemetry';
import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify';
import { endSlowBodies } from './body-pace.ts';
import { type HttpLimits, IDENTITY_HEADER_BYTES } from './http-limits.ts';
import { answerMalformedHttp, answerUnusualHttp } from './malformed-http.ts';
import { requestIdOf } from './request-id.ts';
import { isWebsocketRequest, routeUpgrades, type Shed } from './upgrade.ts';

export interface AppOptions {
  readonly limits: HttpLimits;
  readonly observe: Observe;
  /** PEM texts; given, the listener speaks HTTPS only. */
  readonly tls?: TlsIdentity;
  /** Maps a request's target before it is routed; cheap, it runs for every request. */
  readonly rewriteUrl?: (raw: IncomingMessage) => string;
  /** Answers a request before anything is made for it; true when it did. */
  readonly shed?: Shed;
}

export interface TlsIdentity {
  readonly key: string;
  readonly cert: string;
}

/** The Fastify every listener of the house starts from: bounded everywhere, silent, and quick to close. */
export function createApp({ limits, observe, tls, rewriteUrl, shed }: AppOptions): FastifyInstance {
  const http = {
    maxHeaderSize: limits.urlBytes + limits.headerBytes + IDENTITY_HEADER_BYTES,
    headersTimeout: limits.headersTimeoutMs,
    // Node would refuse a request without Host by itself, with an empty body; the door does it in the service's form.
    requireHostHeader: false,
    // Any other wish to upgrade is answered as if it had not been uttered, which HTTP allows.
    shouldUpgradeCallback: isWebsocketRequest,
  };
  const options: FastifyServerOptions = {
    logger: false,
    genReqId: requestIdOf,
    requestIdHeader: false,
    connectionTimeout: limits.connectionTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // Bodies are bounded by their pace, for a large one may take its time.
    requestTimeout: 0,
    forceCloseConnections: 'idle',
    // Requests that arrive while closing are answered by the app itself, in the words their clients read.
    return503OnClosing: false,
    routerOptions: { maxParamLength: limits.urlBytes },
    clientErrorHandler: (error, socket) => answerMalformedHttp(error, socket, observe),
    ...(rewriteUrl === undefined ? {} : { rewriteUrl }),
    ...(tls === undefined ? { http } : { https: { ...http, ...tls, minVersion: 'TLSv1.2' } }),
  };
  const app = fastify(options);
  app.server.maxConnections = limits.connections;
  answerUnusualHttp(app.server, observe);
  endSlowBodies(app.server, limits);
  if (shed !== undefined) shedFirst(app.server, shed);
  routeUpgrades(app, shed);
  return app;
}

/** Puts it before the app's own listener, which would make a request, a reply and a route of what is turned away. */
function shedFirst(server: Server, shed: Shed): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (shed(request, response)) return;
    for (const listener of listeners) listener.call(server, request, response);
  });
}

/** A connection whose answer ends while the listener closes is kept alive by nobody's wish: it is looked for this often. */
const SWEEP_INTERVAL_MS = 50;

/** Closes a listener: idle sockets at once, answers under way get `drainTimeoutMs`, then their sockets end too. */
export async function closeApp(app: FastifyInstance, limits: HttpLimits): Promise<void> {
  const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_INTERVAL_MS);
  const deadline = setTimeout(() => app.server.closeAllConnections(), limits.drainTimeoutMs);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
  }
}
