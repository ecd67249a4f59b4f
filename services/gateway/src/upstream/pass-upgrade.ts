import { request as requestHttp, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type Duplex, pipeline } from 'node:stream';
import { takeUpgrade, type Upgrade } from '@ashlar/service';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface UpgradePassage {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly upgrade: Upgrade;
  /** Origin of the service's process. */
  readonly upstream: string;
  /** As the service is to see them. */
  readonly headers: OutgoingHttpHeaders;
  /** Sockets that are passed on now; those of both sides are added and leave when they end. */
  readonly open: Set<Duplex>;
  /** Until the service has answered. */
  readonly timeoutMs: number;
}

/**
 * Opens the websocket a client asks for at the process its service runs in, then passes bytes both ways. Another answer
 * than 101 is given to the client as it is.
 *
 * @throws When the process cannot be reached or is silent; nothing was answered then.
 */
export async function passUpgrade(passage: UpgradePassage): Promise<FastifyReply> {
  const { reply, upgrade, open } = passage;
  const answer = await askUpstream(passage);
  if (answer.socket === null) {
    const { statusCode = 502, headers } = answer.message;
    const type = headers['content-type'];
    if (type !== undefined) void reply.header('content-type', type);
    return reply.code(statusCode).send(answer.message);
  }
  const { message, socket, head } = answer;
  takeUpgrade(reply, upgrade);
  for (const end of [socket, upgrade.socket]) {
    open.add(end);
    end.once('close', () => open.delete(end));
  }
  upgrade.socket.write(headOf(message));
  if (head.length > 0) upgrade.socket.write(head);
  if (upgrade.head.length > 0) socket.write(upgrade.head);
  // A broken end destroys the other one, which is all there is to do.
  pipeline(socket, upgrade.socket, socket, () => undefined);
  return reply;
}

type UpstreamAnswer =
  | { readonly message: IncomingMessage; readonly socket: Duplex; readonly head: Buffer }
  | { readonly message: IncomingMessage; readonly socket: null };

function askUpstream({ request, upgrade, upstream, headers, timeoutMs }: UpgradePassage): Promise<UpstreamAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<UpstreamAnswer>();
  const ask = upstream.startsWith('https:') ? requestHttps : requestHttp;
  const asked = ask(upstream, {
    // The target stays as it came: parsing it anew could read it differently.
    path: request.raw.url ?? '/',
    headers: { ...headers, connection: 'Upgrade', upgrade: 'websocket' },
    agent: false,
    timeout: timeoutMs,
  });
  asked.on('upgrade', (message, socket, head) => {
    socket.setTimeout(0);
    socket.on('error', () => socket.destroy());
    resolve({ message, socket, head });
  });
  asked.on('response', (message) => resolve({ message, socket: null }));
  asked.on('timeout', () => asked.destroy(new Error('The service did not answer in time')));
  asked.on('error', reject);
  upgrade.socket.once('close', () => asked.destroy());
  asked.end();
  return promise;
}

function headOf({ rawHeaders }: IncomingMessage): string {
  const lines: string[] = ['HTTP/1.1 101 Switching Protocols'];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
