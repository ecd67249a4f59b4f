import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Observe } from '@ashlar/telemetry';
import { renderPlainFailure } from './door-failure.ts';
import type { DoorFailure } from './service.ts';

/** After the answer, how long what the client is still sending is read away: closing at once would reset its answer. */
const LINGER_MS = 1_000;

interface Malformed {
  readonly status: number;
  readonly failure: DoorFailure;
}

/** Answers bytes that are no HTTP request, in JSON like everything else. Such requests have no path, hence no service. */
export function answerMalformedHttp(error: Error & { readonly code?: string }, socket: Duplex, observe: Observe): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable || socket.writableEnded) return;
  if (isAnswering(socket)) {
    // Bytes of a second answer inside the first would be read as its body.
    socket.destroy();
    return;
  }
  const answer = malformedHttp(error);
  report(observe, answer, socket);
  socket.end(rawAnswer(answer));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** Node answers these two by closing the socket or with an empty body; clients of the surface expect a JSON error. */
export function answerUnusualHttp(server: Server, observe: Observe): void {
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    const answer = malformed(405, 'method_not_allowed', 'Unsupported HTTP method: CONNECT');
    report(observe, answer, socket);
    socket.end(rawAnswer(answer));
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const expectation = request.headers.expect ?? '';
    const answer = malformed(417, 'malformed', `Cannot meet the expectation "${expectation.slice(0, 64)}"`);
    report(observe, answer, request.socket);
    const { status, failure } = answer;
    const { headers, body } = renderPlainFailure(failure);
    response
      .writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' })
      .end(body);
  });
}

function report(observe: Observe, { status, failure }: Malformed, socket: Duplex): void {
  // Every listener of ours is one of TCP, whose sockets know where they come from.
  const address = 'remoteAddress' in socket ? String(socket.remoteAddress) : '';
  observe({ kind: 'request.unreadable', status, reason: failure.message, address });
}

/** True while an answer's head has gone out and its end has not: Node keeps it with the socket. */
function isAnswering({ _httpMessage: answer }: Duplex & { readonly _httpMessage?: ServerResponse | null }): boolean {
  return answer?.headersSent === true;
}

function malformedHttp(error: Error & { readonly code?: string }): Malformed {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return malformed(431, 'too_large', 'Request line and headers are too large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return malformed(408, 'malformed', 'The request did not arrive in time');
    case 'HPE_INVALID_METHOD':
      return malformed(400, 'malformed', 'Unsupported HTTP method');
    default:
      return malformed(400, 'malformed', 'The request is not valid HTTP');
  }
}

function malformed(status: number, kind: DoorFailure['kind'], message: string): Malformed {
  return { status, failure: { kind, message } };
}

function rawAnswer({ status, failure }: Malformed): string {
  const { headers, body } = renderPlainFailure(failure);
  const lines = Object.entries({
    ...headers,
    'access-control-allow-origin': '*',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`;
}
