import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DoorFailure, type ServiceContract, type Shed, requestIdOf } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { corsHeaders } from './cors.ts';
import type { Crowd } from './crowd.ts';
import { parseAddress } from './parse-address.ts';

export interface ShedOptions {
  readonly crowd: Crowd;
  readonly contracts: ReadonlyMap<string, ServiceContract>;
  readonly baseHost: string | undefined;
  readonly observe: Observe;
}

export const OVERLOADED: DoorFailure = {
  kind: 'unavailable',
  message: 'Too many requests are under way',
  retryAfterSeconds: 1,
};

/**
 * How long a refusal is held back. Who is refused at once asks again at once: a few thousand such clients keep the process
 * so busy with refusing that those it let in are served a hundred times slower.
 */
const HOLD_MS = 250;
/** Refusals held back together; more than that are given at once. */
const MAX_HELD = 10_000;

/**
 * Turns away what there is no time for, a moment later and for a fraction of what an answer costs: no request is made of it,
 * and no line of the log is its own.
 */
export function createShed({ crowd, contracts, baseHost, observe }: ShedOptions): Shed {
  const names: ReadonlySet<string> = new Set(contracts.keys());
  let held = 0;
  return (request, response) => {
    if (!crowd.isFull || request.method === 'OPTIONS') return false;
    const address = parseAddress(request.url ?? '/', { host: request.headers.host, baseHost }, names);
    const contract = address.mount === null ? undefined : contracts.get(address.mount);
    // Probes are answered under load too: an instance with much to do is no dead one.
    if (contract === undefined) return false;
    observe({ kind: 'request.shed', service: contract.name });
    if (held >= MAX_HELD) {
      refuse(contract, address.url, request, response);
      return true;
    }
    held += 1;
    setTimeout(() => {
      held -= 1;
      refuse(contract, address.url, request, response);
    }, HOLD_MS);
    return true;
  };
}

function refuse(contract: ServiceContract, url: string, request: IncomingMessage, response: ServerResponse): void {
  if (response.destroyed) return;
  const { status, headers, body } = contract.fail(OVERLOADED, { url, headers: request.headers });
  response.writeHead(status, {
    ...corsHeaders(request.headers),
    ...headers,
    'sb-request-id': requestIdOf(request),
    'content-length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? '' : body);
}
