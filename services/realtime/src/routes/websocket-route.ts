import { sendRendered, takeUpgrade, upgradeOf } from '@ashlar/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebSocketServer } from 'ws';
import { admitToken } from '../access/admit-token.ts';
import { renderMessage } from '../contract.ts';
import { frameBytes } from '../limits.ts';
import type { Connections } from '../socket/connections.ts';
import type { RealtimeParts } from '../socket/parts.ts';
import { arraySerializer } from '../wire/array-serializer.ts';
import type { Serializer } from '../wire/frame.ts';
import { objectSerializer } from '../wire/object-serializer.ts';

const SERIALIZERS: Readonly<Record<string, Serializer>> = { '1.0.0': objectSerializer, '2.0.0': arraySerializer };
const DEFAULT_VERSION = '1.0.0';

/** Both spellings of the path where a websocket opens. */
const PATHS = ['/websocket', '/socket/websocket'];

export function addWebsocketRoute(app: FastifyInstance, parts: RealtimeParts, connections: Connections): void {
  let server: Promise<WebSocketServer> | undefined;
  const loaded = (): Promise<WebSocketServer> => (server ??= loadServer(frameBytes(parts.limits)));
  for (const path of PATHS) {
    app.get(path, async (request, reply) => open(request, reply, await loaded(), parts, connections));
  }
}

/** The library is for those who have sockets: it loads with the first. */
async function loadServer(maxPayload: number): Promise<WebSocketServer> {
  const { WebSocketServer } = await import('ws');
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Each compressed socket would hold a window of some 100 kB.
    perMessageDeflate: false,
    maxPayload,
  });
}

async function open(
  request: FastifyRequest,
  reply: FastifyReply,
  server: WebSocketServer,
  parts: RealtimeParts,
  connections: Connections,
): Promise<FastifyReply> {
  const { project } = request.ashlar;
  const refuse = (status: number, message: string): FastifyReply => sendRendered(reply, renderMessage(status, message));
  const upgrade = upgradeOf(request);
  if (upgrade === undefined) return refuse(426, 'This address speaks websocket only');
  const query = new URLSearchParams(request.url.split('?')[1]);
  const serializer = SERIALIZERS[query.get('vsn') ?? DEFAULT_VERSION];
  if (serializer === undefined) return refuse(400, 'The version vsn has to be 1.0.0 or 2.0.0');
  const key = keyOf(request, query);
  if (key === null) return refuse(401, 'API key is missing');

  await parts.tokens.ready(project);
  const admitted = admitToken(parts.tokens, project, key, parts.now() / 1000);
  if ('code' in admitted) return refuse(401, admitted.message);
  if (!parts.quotas.takeJoin(project.ref)) return refuse(429, 'Too many joins per second');
  const free = parts.quotas.takeConnection(project.ref);
  if (free === null) return refuse(429, 'Too many connected users');

  const { socket, head } = upgrade;
  takeUpgrade(reply, upgrade);
  // Whatever becomes of the handshake, the place is free when the socket has gone.
  socket.once('close', free);
  if (socket.destroyed) free();
  server.handleUpgrade(request.raw, socket, head, (websocket) => {
    connections.add({ socket: websocket, stream: socket, serializer, project, key, parts });
  });
  return reply;
}

function keyOf({ headers }: FastifyRequest, query: URLSearchParams): string | null {
  for (const given of [headers['x-api-key'], headers['apikey'], query.get('apikey')]) {
    if (typeof given === 'string' && given !== '') return given;
  }
  return null;
}
