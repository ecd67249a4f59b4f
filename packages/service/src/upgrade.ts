import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Answers a request before anything is made for it; true when it did. */
export type Shed = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A socket whose client asked to speak another protocol on it. */
export interface Upgrade {
  readonly socket: Duplex;
  /** What the client sent already after its request. */
  readonly head: Buffer;
}

declare module 'node:http' {
  interface IncomingMessage {
    /** Set before routing, on requests to open a websocket. */
    ashlarUpgrade?: Upgrade;
  }
}

export const SWITCHING_PROTOCOLS = 101;

/** Whether a request wants a websocket (RFC 6455 §4.1). */
export function isWebsocketRequest({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Sends requests to open a websocket through the app's hooks and routes like any other, so that there is one door. A
 * route that wants the socket takes it; any other answer goes out as HTTP, and the connection ends with it.
 */
export function routeUpgrades(app: FastifyInstance, shed?: Shed): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node has let go of the socket: without a listener its error would end the process.
    socket.on('error', () => socket.destroy());
    request.ashlarUpgrade = { socket, head };
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.on('finish', () => socket.end(() => socket.destroy()));
    // Safe: what a server's requests come on are sockets of TCP or TLS.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
    if (shed?.(request, response) !== true) app.routing(request, response);
  });
}

/** The socket of a request to open a websocket, undefined for any other request. */
export function upgradeOf(request: FastifyRequest): Upgrade | undefined {
  return request.raw.ashlarUpgrade;
}

/** Takes the socket away from HTTP: whoever calls this writes the answer's head itself and owns the socket. */
export function takeUpgrade(reply: FastifyReply, { socket }: Upgrade): void {
  const { raw } = reply;
  reply.hijack();
  // Safe: as above.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  raw.detachSocket(socket as Parameters<ServerResponse['detachSocket']>[0]);
  raw.statusCode = SWITCHING_PROTOCOLS;
  // The exchange of HTTP is over; those who count it hear so.
  raw.emit('close');
}
