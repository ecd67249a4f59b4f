import { BlockList } from 'node:net';
import type { Passage, ServiceContract } from '@ashlar/service';
import { continueTrace } from '@ashlar/telemetry';
import type { FastifyRequest } from 'fastify';
import type { Address } from './parse-address.ts';
import type { ProxyTrust } from './proxy-trust.ts';

/** What is known of a request before anything is looked up. */
export function passageOf(
  request: FastifyRequest,
  address: Address,
  contract: ServiceContract | undefined,
  trust: ProxyTrust,
): Passage {
  const { traceparent, tracestate } = request.headers;
  return {
    trace: continueTrace(
      typeof traceparent === 'string' ? traceparent : undefined,
      typeof tracestate === 'string' ? tracestate : undefined,
    ),
    path: pathOf(request.originalUrl),
    address: trust.clientAddress(request.raw),
    service: contract?.name ?? 'gateway',
    project: address.ref,
    role: '',
  };
}

/** The path of a URL, without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether an address is this machine's own. */
export function isLoopback(address: string): boolean {
  return address === '127.0.0.1' || LOOPBACK.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}
