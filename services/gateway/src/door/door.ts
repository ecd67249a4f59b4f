import type { IncomingMessage } from 'node:http';
import { AshlarError, type Rate, RateLimiter } from '@ashlar/kernel';
import {
  DEFAULT_PROJECT,
  type DoorFailure,
  IDENTITY_HEADER,
  type Passage,
  type Project,
  type Projects,
  type ServiceContract,
  type SessionGuard,
  type Shed,
  doorFailureOf,
  observeAnswer,
  renderPlainFailure,
  sendRendered,
} from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerResolver } from '../caller/caller-resolver.ts';
import type { ProjectCallers } from '../caller/project-callers.ts';
import type { GatewayLimits } from '../gateway-limits.ts';
import { checkBounds } from './check-bounds.ts';
import { credentialHeaders } from './cookie-session.ts';
import { Crowd } from './crowd.ts';
import { corsHeaders, isPreflight, preflightHeaders } from './cors.ts';
import { DoorContext } from './door-context.ts';
import { identify } from './identify.ts';
import { type Address, type Aliases, isRef, parseAddress } from './parse-address.ts';
import { isLoopback, passageOf, pathOf } from './passage-of.ts';
import { ProxyTrust } from './proxy-trust.ts';
import { type PublicNaming, publicUrlOf } from './public-url.ts';
import { createShed, OVERLOADED } from './shed.ts';

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
  /** Open the paths of services that are for developers' machines only. */
  readonly dev: boolean;
  readonly now: () => number;
  /** Knows which sessions have ended; without it a token is good until its time is over. */
  readonly sessions: SessionGuard | null;
  /** Below it the door's own process serves pages. */
  readonly pagesPath: string | null;
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
  readonly shed: Shed;
  readonly rewriteUrl: (raw: IncomingMessage) => string;
  readonly enter: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;
  readonly shut: (done: () => void) => void;
  readonly answerNotFound: (request: FastifyRequest, reply: FastifyReply) => FastifyReply;
  readonly answerError: (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply;
}

const NOWHERE: DoorFailure = { kind: 'not_found', message: 'This path leads nowhere' };
const CLOSING: DoorFailure = { kind: 'unavailable', message: 'The server is shutting down', retryAfterSeconds: 1 };

/** Everything that happens to a request between its socket and its service, as the hooks of one Fastify app. */
export function createDoor(options: DoorOptions): Door {
  const { contracts, projects, observe, limits, trustedProxies, naming, now, sessions, pagesPath } = options;
  const names: ReadonlySet<string> = new Set(contracts.keys());
  const aliases = aliasesOf(contracts, options.dev);
  const trust = new ProxyTrust(trustedProxies);
  const callers = new CallerResolver(sessions);
  const addressRate = limiterOf(limits.perAddress);
  const userRate = limiterOf(limits.perUser);
  const crowd = new Crowd(limits);
  let closing = false;

  function rewriteUrl(raw: IncomingMessage): string {
    const address = atHome(
      parseAddress(raw.url ?? '/', { host: raw.headers.host, baseHost: naming.baseHost }, names, aliases),
    );
    raw.ashlarAddress = address;
    // The router would decode it and refuse in its own form; the hook below refuses in the service's.
    return address.malformed ? '/' : address.url;
  }

  function enter(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    const address = addressOf(request);
    const contract = contractOf(address);
    const passage = passageOf(request, address, contract, trust);
    const { isFull } = crowd;
    crowd.enter();
    observeAnswer(request, reply, passage, observe, () => crowd.leave());
    reply.headers(corsHeaders(request.headers)).header('sb-request-id', request.id);
    if (IDENTITY_HEADER in request.headers) delete request.headers[IDENTITY_HEADER];

    if (isPreflight(request.method, request.headers)) {
      const asksProject =
        sessions !== null && contract !== undefined && turnAway(request, address, contract, passage, isFull) === null;
      void answerPreflight(request, reply, asksProject ? { request, reply, address, contract, passage } : null);
      return;
    }
    const barred = turnAway(request, address, contract, passage, isFull);
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
    const known = project === undefined ? undefined : callers.of(project);
    if (project === undefined || known === undefined || known.sessions?.isCurrent === false) {
      void enterAwaking(visit, done);
    } else {
      admit(visit, project, known, done);
    }
  }

  /** Always 204: whether a page may ask is not whether the project is well. */
  async function answerPreflight(request: FastifyRequest, reply: FastifyReply, visit: Visit | null): Promise<void> {
    if (visit !== null) {
      try {
        const project = projects.peek(visit.address.ref) ?? (await wake(visit));
        if (!('failure' in project)) reply.headers(await credentialsFor(request, project));
      } catch {
        // Without its project a page gets what pages without cookies get.
      }
    }
    const { vary, ...headers } = preflightHeaders(request.headers);
    void reply.code(204).headers(headers).header('vary', varyOf(reply, vary)).send();
  }

  async function credentialsFor(
    { headers }: FastifyRequest,
    project: Project,
  ): Promise<Readonly<Record<string, string>>> {
    const known = callers.of(project).sessions;
    if (known?.isCurrent === false) await known.refresh();
    return known?.cookies == null ? {} : credentialHeaders(headers, known.cookies);
  }

  async function enterAwaking(visit: Visit, done: () => void): Promise<void> {
    const { request, reply, contract } = visit;
    try {
      const project = await wake(visit);
      if ('failure' in project) {
        bar(request, reply, contract, project);
        return;
      }
      const known = callers.of(project);
      // Who may have been signed out meanwhile is not let in before that is known.
      if (known.sessions?.isCurrent === false) await known.sessions.refresh();
      admit(visit, project, known, done);
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
    isFull: boolean,
  ): Barred | null {
    if (closing) return { failure: CLOSING };
    // Probes are answered under load too: an instance with much to do is no dead one.
    if (contract !== undefined && isFull) return { failure: OVERLOADED };
    if (addressRate !== null && !(limits.exemptLoopback && isLoopback(passage.address))) {
      const waitSeconds = addressRate.take(passage.address, now());
      if (waitSeconds > 0) return { failure: tooOften(waitSeconds) };
    }
    if (address.malformed) return { failure: { kind: 'malformed', message: 'The path is malformed' } };
    // A path that only decodes to a service's would find its route and miss all that stands before it.
    if (contract === undefined && !(address.prefix === '' && isOwnPath(pathOf(address.url)))) {
      return { failure: NOWHERE };
    }
    return checkBounds(request, limits, contract);
  }

  function isOwnPath(path: string): boolean {
    return OWN_PATHS.has(path) || (pagesPath !== null && (path === pagesPath || path.startsWith(`${pagesPath}/`)));
  }

  async function wake({ address: { ref }, request, passage }: Visit): Promise<Project | Barred> {
    try {
      const project = isRef(ref) ? await projects.wake(ref) : undefined;
      return project ?? { failure: { kind: 'not_found', message: `There is no project "${ref}"` } };
    } catch (error) {
      const failure = doorFailureOf(error);
      if (error instanceof AshlarError && error.code === PROJECT_AT_REST)
        return { failure: forGood(failure), status: 540 };
      if (failure.kind !== 'internal') return { failure };
      const { traceId } = passage.trace;
      observe({ kind: 'request.failed', requestId: request.id, traceId, service: 'gateway', error });
      return { failure: { kind: 'unavailable', message: 'The project does not wake up', retryAfterSeconds: 1 } };
    }
  }

  function admit(
    { request, reply, address, contract, passage }: Visit,
    project: Project,
    known: ProjectCallers,
    done: () => void,
  ): void {
    const nowMs = now();
    const publicUrl = (): string => publicUrlOf(request.raw, address, naming, trust);
    const policy = known.sessions?.cookies ?? null;
    if (policy !== null) reply.headers(credentialHeaders(request.headers, policy));
    const resolution = identify(request, known, publicUrl, nowMs / 1000);
    if (resolution === null) {
      bar(request, reply, contract, FOREIGN_PAGE);
      return;
    }
    const { caller, refusal } = resolution;
    passage.project = project.ref;
    passage.role = caller.role;
    if (caller.keyId !== undefined) passage.keyId = caller.keyId;
    request.ashlar = new DoorContext(project, caller, refusal, request.id, passage, publicUrl);
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

  /** A service of one project alone is reached where no project is named, and has that one's callers. */
  function atHome(address: Address): Address {
    const home = contractOf(address)?.home;
    if (home === undefined) return address;
    const isHome = address.ref === DEFAULT_PROJECT || address.ref === home;
    return isHome ? { ...address, ref: home } : { ...address, mount: null };
  }

  function contractOf({ mount }: Address): ServiceContract | undefined {
    return mount === null ? undefined : contracts.get(mount);
  }

  function shut(done: () => void): void {
    closing = true;
    done();
  }

  const shed = createShed({ crowd, contracts, baseHost: naming.baseHost, observe });
  return { shed, rewriteUrl, enter, shut, answerNotFound, answerError };
}

/** A paused or deleted project: asked again it is the same, so no client is told to try. */
const PROJECT_AT_REST = 'control.project_at_rest';

function forGood({ kind, message }: DoorFailure): DoorFailure {
  return { kind, message };
}

const FOREIGN_PAGE: Barred = {
  failure: { kind: 'malformed', message: 'The session cookie was sent from a page of another site' },
  status: 403,
};

function varyOf(reply: FastifyReply, more: string | undefined): string {
  return [reply.getHeader('vary'), more].filter((part) => typeof part === 'string').join(', ');
}

function aliasesOf(contracts: ReadonlyMap<string, ServiceContract>, dev: boolean): Aliases {
  return new Map(
    [...contracts].flatMap(([name, { paths = {}, devPaths = [] }]) => [
      ...Object.entries(paths),
      ...(dev ? devPaths : []).map((path) => [path, name] as const),
    ]),
  );
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
