import type { HttpLimits, ServiceContract } from '@ashlar/service';
import type { FastifyRequest } from 'fastify';
import type { Barred } from './door.ts';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The bounds a request shows before its body is read; null when it keeps them all. */
export function checkBounds(
  request: FastifyRequest,
  limits: HttpLimits,
  contract: ServiceContract | undefined,
): Barred | null {
  const { method, originalUrl, headers, raw } = request;
  if (!METHODS.has(method)) {
    return { failure: { kind: 'method_not_allowed', message: `Unsupported HTTP method: ${method}` } };
  }
  if (headers.host === undefined && raw.httpVersion === '1.1') {
    return { failure: { kind: 'malformed', message: 'The Host header is missing' } };
  }
  if (originalUrl.length > limits.urlBytes) {
    const message = `The URL has ${originalUrl.length} bytes; at most ${limits.urlBytes} are accepted`;
    return { failure: { kind: 'too_large', message }, status: 414 };
  }
  const headerBytes = bytesOf(raw.rawHeaders);
  if (headerBytes > limits.headerBytes) {
    const message = `The headers have ${headerBytes} bytes; at most ${limits.headerBytes} are accepted`;
    return { failure: { kind: 'too_large', message }, status: 431 };
  }
  const bodyBytes = Number(headers['content-length'] ?? 0);
  if (contract !== undefined && bodyBytes > contract.bodyLimitBytes) {
    const message = `The body has ${bodyBytes} bytes; at most ${contract.bodyLimitBytes} are accepted`;
    return { failure: { kind: 'too_large', message } };
  }
  return null;
}

/** Node hands header bytes out as Latin-1 text, one letter per byte. */
function bytesOf(rawHeaders: readonly string[]): number {
  let bytes = 0;
  for (const part of rawHeaders) bytes += part.length;
  return bytes;
}
