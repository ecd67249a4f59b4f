import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { DescMethodUnary, Message } from '@bufbuild/protobuf';
import type { Suite } from '@ashlar/kernel';
import type { TlsIdentity } from '@ashlar/service';
import {
  Code,
  ConnectError,
  type ConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import type { FastifyInstance } from 'fastify';
import { doorTransport } from './door-transport.ts';
import { suiteDescriptor } from './proto-descriptor.ts';
import { addReflection } from './reflection.ts';

export interface GrpcListenerOptions {
  readonly suites: readonly Suite[];
  /** Where calls go in: the instance's door. */
  readonly door: FastifyInstance;
  /** PEM texts; without them it speaks HTTP/2 in the clear. */
  readonly tls?: TlsIdentity | undefined;
}

export interface GrpcListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Bounds of what one address can keep busy. */
const MAX_CONNECTIONS = 1_000;
const MAX_STREAMS_PER_CONNECTION = 100;
const IDLE_MS = 120_000;
/** A thousand lines of an order, with all their members. */
const MAX_MESSAGE_BYTES = 2_097_152;
const MAX_TIMEOUT_MS = 600_000;
/** What calls in flight are given when the listener ends. */
const CLOSE_WITHIN_MS = 2_000;

const PROJECT_HEADER = 'ashlar-project';
const REF = /^[a-z][a-z0-9-]{0,29}$/;
/** Of the connection or the protocol, and not of what is asked. */
const OWN_HEADERS = /^(:|grpc-|connect-|content-|accept-encoding$|te$|connection$|transfer-encoding$|ashlar-project$)/;
const CLIENT_ADDRESS = createContextKey('');

/**
 * gRPC on a port of its own, since it wants HTTP/2 and the door speaks HTTP/1.1. Contracts are answered here, to
 * clients that ask by reflection; every call is led through the door.
 */
export async function openGrpcListener(
  { suites, door, tls }: GrpcListenerOptions,
  address: { readonly host: string; readonly port: number },
): Promise<GrpcListener> {
  const handler = connectNodeAdapter({
    readMaxBytes: MAX_MESSAGE_BYTES,
    maxTimeoutMs: MAX_TIMEOUT_MS,
    contextValues: ({ socket }) => createContextValues().set(CLIENT_ADDRESS, socket.remoteAddress ?? ''),
    routes(router) {
      const services = suites.map((suite) => suiteDescriptor(suite).service);
      for (const { methods } of services) {
        for (const method of methods) {
          // Use cases are asked and answered once; the library's type of any method does not tell.
          addCall(router, method as DescMethodUnary, door);
        }
      }
      addReflection(router, services);
    },
  });
  const settings = { maxConcurrentStreams: MAX_STREAMS_PER_CONNECTION };
  const server =
    tls === undefined
      ? http2.createServer({ settings }, handler)
      : http2.createSecureServer({ settings, ...tls }, handler);
  server.maxConnections = MAX_CONNECTIONS;
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.setTimeout(IDLE_MS, () => session.close());
    // A client that breaks off is no failure of ours.
    session.on('error', () => session.destroy());
  });
  server.listen(address.port, address.host);
  await once(server, 'listening');
  return {
    // Listens at an address with a port.
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const session of sessions) session.close();
      const late = new AbortController();
      await Promise.race([closed, delay(CLOSE_WITHIN_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
      late.abort();
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

function addCall(router: ConnectRouter, method: DescMethodUnary, door: FastifyInstance): void {
  router.rpc(method, async (message: Message, context: HandlerContext) => {
    const { values, requestHeader, responseHeader, responseTrailer, signal, timeoutMs } = context;
    const transport = doorTransport({
      door,
      clientAddress: values.get(CLIENT_ADDRESS),
      prefix: prefixOf(requestHeader.get(PROJECT_HEADER)),
    });
    const { message: answer, header } = await transport.unary(
      method,
      signal,
      timeoutMs(),
      headersFor(requestHeader, new URL(context.url).host),
      message,
    );
    for (const name of ['idempotency-replayed', 'x-request-id']) {
      const value = header.get(name);
      if (value === null) continue;
      responseHeader.set(name, value);
      responseTrailer.set(name, value);
    }
    return answer;
  });
}

function prefixOf(ref: string | null): string {
  if (ref === null) return '';
  if (!REF.test(ref)) throw new ConnectError(`There is no project "${ref}" here`, Code.NotFound);
  return `/p/${ref}`;
}

function headersFor(asked: Headers, host: string): Headers {
  const headers = new Headers({ host });
  asked.forEach((value, name) => {
    if (!OWN_HEADERS.test(name) && name !== 'host') headers.set(name, value);
  });
  return headers;
}
