import type { IncomingMessage } from 'node:http';
import { BlockList } from 'node:net';
import {
  type DoorFailure,
  IDENTITY_HEADER,
  type Passage,
  type Project,
  type Projects,
  type ServiceContract,
  doorFailureOf,
  observeAnswer,
  renderPlainFailure,
  sendRendered,
} from '@ashlar/service';
import { type Observe, continueTrace } from '@ashlar/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerResolver } from '../caller/caller-resolver.ts';
import { readCredentials } from '../caller/read-credentials.ts';
import type { GatewayLimits } from '../gateway-limits.ts';
import { checkBounds } from './check-bounds.ts';
import { corsHeaders, isPreflight, preflightHeaders } from './cors.ts';
import { DoorContext } from './door-context.ts';
import { type Address, isRef, parseAddress } from './parse-address.ts';
import { ProxyTrust } from './proxy-trust.ts';
import { type PublicNaming, publicUrlOf } from './public-url.ts';
import { type Rate, RateLimiter } from './rate-limiter.ts';

declare module 'node:http' {
  interface IncomingMessage {
    /** Set before routing, on every request that came through a door. */
    ashlarAddress?: Address;
  }
}

export interface DoorOptions {
  readonly contracts: ReadonlyMap<string, ServiceContract>;
  readonly projects: Projects;
  readonly observe: Observe;
  readonly limits: GatewayLimits;
  readonly trustedProxies: readonly string[];
  readonly naming: PublicNaming;
  readonly now: () => number;
}

/** A failure of the door, with a status more exact than its kind's own. */
export interface Barred {
  readonly failure: DoorFailure;
  readonly status?: number;
}

/** A request on its way to a service. */
interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly address: Address;
  readonly contract: ServiceContract;
  readonly passage: Passage;
}

export interface Door {
  readonly rewriteUrl: (raw: IncomingMessage) => string;
  readonly enter: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;
  readonly shut: (done: () => void) => void;
  readonly answerNotFound: (request: FastifyRequest, reply: FastifyReply) => FastifyReply;
  readonly answerError: (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;
}

const NOWHERE: DoorFailure = { kind: 'not_found', message: 'This path leads nowhere' };
const OVERLOADED: DoorFailure = {
  kind: 'unavailable',
  message: 'Too many requests are under way',
  retryAfterSeconds: 1,
};
const CLOSING: DoorFailure = { kind: 'unavailable', message: 'The server is shutting down', retryAfterSeconds: 1 };

/** Everything that happens to a request between its socket and its service, as the hooks of one Fastify app. */
export function createDoor({ contracts, projects, observe, limits, trustedProxies, naming, now }: DoorOptions): Door {
  const names: ReadonlySet<string> = new Set(contracts.keys());
  const trust = new ProxyTrust(trustedProxies);
  const callers = new CallerResolver();
  const addressRate = limiterOf(limits.perAddress);
  const userRate = limiterOf(limits.perUser);
  let underWay = 0;
  let closing = false;

  function rewriteUrl(raw: IncomingMessage): string {
    const address = parseAddress(raw.url ?? '/', { host: raw.headers.host, baseHost: naming.baseHost }, names);
    raw.ashlarAddress = address;
    // The router would decode it and refuse in its own form; the hook below refuses in the service's.
    return address.malformed ? '/' : address.url;
  }

  function enter(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    const address = addressOf(request);
    const contract = contractOf(address);
    const passage = passageOf(request, address, contract, trust);
    underWay += 1;
    observeAnswer(request, reply, passage, observe, () => {
      underWay -= 1;
    });
    reply.headers(corsHeaders(request.headers)).header('sb-request-id', request.id);
    if (IDENTITY_HEADER in request.headers) delete request.headers[IDENTITY_HEADER];

    if (isPreflight(request.method, request.headers)) {
      void reply.code(204).headers(preflightHeaders(request.headers)).send();
      return;
    }
    const barred = turnAway(request, address, contract, passage);
    if (barred !== null) {
      bar(request, reply, contract, barred);
      return;
    }
    if (contract === undefined) {
      done();
      return;
    }
    const visit = { request, reply, address, contract, passage };
    const project = projects.peek(address.ref);
    if (project === undefined) void enterAwaking(visit, done);
    else admit(visit, project, done);
  }

  async function enterAwaking(visit: Visit, done: () => void): Promise<void> {
    const { request, reply, contract } = visit;
    try {
      const project = await wake(visit);
      if ('failure' in project) bar(request, reply, contract, project);
      else admit(visit, project, done);
    } catch (error) {
      answerError(error, request, reply);
    }
  }

  /** What can be said before anything is looked up. */
  function turnAway(
    request: FastifyRequest,
    address: Address,
    contract: ServiceContract | undefined,
    passage: Passage,
  ): Barred | null {
    if (closing) return { failure: CLOSING };
    // Probes are answered under load too: an instance with much to do is no dead one.
    if (contract !== undefined && underWay > limits.requests) return { failure: OVERLOADED };
    if (addressRate !== null && !(limits.exemptLoopback && isLoopback(passage.address))) {
      const waitSeconds = addressRate.take(passage.address, now());
      if (waitSeconds > 0) return { failure: tooOften(waitSeconds) };
    }
    if (address.malformed) return { failure: { kind: 'malformed', message: 'The path is malformed' } };
    // A path that only decodes to a service's would find its route and miss all that stands before it.
    if (contract === undefined && !(address.prefix === '' && OWN_PATHS.has(pathOf(address.url)))) {
      return { failure: NOWHERE };
    }
    return checkBounds(request, limits, contract);
  }

  async function wake({ address: { ref }, request, passage }: Visit): Promise<Project | Barred> {
    try {
      const project = isRef(ref) ? await projects.wake(ref) : undefined;
      return project ?? { failure: { kind: 'not_found', message: `There is no project "${ref}"` } };
    } catch (error) {
      const failure = doorFailureOf(error);
      if (failure.kind !== 'internal') return { failure };
      const { traceId } = passage.trace;
      observe({ kind: 'request.failed', requestId: request.id, traceId, service: 'gateway', error });
      return { failure: { kind: 'unavailable', message: 'The project does not wake up', retryAfterSeconds: 1 } };
    }
  }

  function admit({ request, reply, address, contract, passage }: Visit, project: Project, done: () => void): void {
    const known = callers.of(project);
    const nowMs = now();
    const { caller, refusal } =
      // Asking what is possible needs no one to be known, and browsers ask without credentials.
      request.method === 'OPTIONS'
        ? known.anonymous
        : known.resolve(readCredentials(request.headers, request.url), nowMs / 1000);
    passage.project = project.ref;
    passage.role = caller.role;
    request.ashlar = new DoorContext(project, caller, refusal, request.id, passage, () =>
      publicUrlOf(request.raw, address, naming, trust),
    );
    if (refusal !== null && contract.caller === 'verified') {
      sendRendered(reply, contract.refuse(refusal, request));
      return;
    }
    const { sub } = caller.claims;
    if (userRate !== null && typeof sub === 'string') {
      const waitSeconds = userRate.take(`${project.ref} ${sub}`, nowMs);
      if (waitSeconds > 0) {
        bar(request, reply, contract, { failure: tooOften(waitSeconds) });
        return;
      }
    }
    done();
  }

  function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (request.method === 'OPTIONS') return reply.code(204).send();
    return bar(request, reply, contractOf(addressOf(request)), { failure: NOWHERE });
  }

  function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const contract = contractOf(addressOf(request));
    const failure = doorFailureOf(error);
    if (failure.kind === 'internal') {
      const traceId = request.ashlar?.trace.traceId ?? '';
      observe({ kind: 'request.failed', requestId: request.id, traceId, service: contract?.name ?? 'gateway', error });
    }
    return bar(request, reply, contract, { failure });
  }

  function contractOf({ mount }: Address): ServiceContract | undefined {
    return mount === null ? undefined : contracts.get(mount);
  }

  function shut(done: () => void): void {
    closing = true;
    done();
  }

  return { rewriteUrl, enter, shut, answerNotFound, answerError };
}

/** Paths the door itself answers. */
const OWN_PATHS: ReadonlySet<string> = new Set(['/', '/health', '/ready']);

function bar(
  request: FastifyRequest,
  reply: FastifyReply,
  contract: ServiceContract | undefined,
  { failure, status }: Barred,
): FastifyReply {
  const rendered = contract === undefined ? renderPlainFailure(failure) : contract.fail(failure, request);
  // What the client still sends of a refused body is not read: the connection ends with the answer.
  if (failure.kind === 'too_large') void reply.header('connection', 'close');
  return sendRendered(reply, status === undefined ? rendered : { ...rendered, status });
}

function tooOften(retryAfterSeconds: number): DoorFailure {
  return { kind: 'rate_limited', message: 'Request rate limit reached', retryAfterSeconds };
}

function limiterOf(rate: Rate | null): RateLimiter | null {
  return rate === null ? null : new RateLimiter(rate);
}

function addressOf(request: FastifyRequest): Address {
  const address = request.raw.ashlarAddress;
  if (address === undefined) throw new Error('A request reached the door without its address: rewriteUrl did not run');
  return address;
}

function passageOf(
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

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(address: string): boolean {
  return address === '127.0.0.1' || LOOPBACK.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}
