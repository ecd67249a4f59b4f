import {
  type Projects,
  type Service,
  type ServiceContract,
  type SessionGuard,
  type TlsIdentity,
  closeApp,
  createApp,
  identityKey,
  mountService,
} from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyInstance } from 'fastify';
import { createDoor } from './door/door.ts';
import { DEFAULT_GATEWAY_LIMITS, type GatewayLimits } from './gateway-limits.ts';
import { createReadiness } from './readiness.ts';
import { mountUpstream } from './upstream/mount-upstream.ts';

/** Web pages the door's process serves itself, below one path. */
export interface Pages {
  /** One segment, such as `/studio`. */
  readonly path: string;
  readonly addRoutes: (app: FastifyInstance) => void;
}

/** A service behind the door: in this process, or in another one by its URL. */
export type Mount =
  | { readonly contract: ServiceContract; readonly service: Service }
  | { readonly contract: ServiceContract; readonly upstream: string };

export interface GatewayOptions {
  readonly mounts: readonly Mount[];
  readonly projects: Projects;
  readonly observe: Observe;
  readonly limits?: GatewayLimits;
  /** Addresses or CIDR ranges whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies?: readonly string[];
  /** PEM texts; given, the door speaks HTTPS only. */
  readonly tls?: TlsIdentity;
  /** Switches rate limits off, and opens the paths of services that are for developers. */
  readonly dev?: boolean;
  /** Origin and prefix clients use, such as `https://api.example.org`; without it each request's own Host counts. */
  readonly publicUrl?: string;
  /** With `example.org`, `shop.example.org` is project `shop`. */
  readonly baseHost?: string;
  /** Shared with services in other processes; needed as soon as one mount has an upstream. */
  readonly identitySecret?: string;
  /** Resolves when the instance can serve; by default the default project's database is asked. */
  readonly ready?: () => Promise<void>;
  /** Knows which sessions have ended; without it a token is good until its time is over. */
  readonly sessions?: SessionGuard;
  /** Where people with a browser are sent who ask for the root. */
  readonly pages?: Pages;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface Gateway {
  readonly app: FastifyInstance;
  /** Resolves to the URL it listens at. */
  listen(address: { readonly host: string; readonly port: number }): Promise<string>;
  /** Ends the listener; the services belong to whoever made them. */
  close(): Promise<void>;
}

/** The front door: every request of the instance comes in here, and leaves as a project's caller or not at all. */
export function createGateway(options: GatewayOptions): Gateway {
  const { mounts, projects, observe, pages, limits = DEFAULT_GATEWAY_LIMITS, now = Date.now } = options;
  const contracts = contractsByName(mounts);
  const door = createDoor({
    contracts,
    projects,
    observe,
    limits: options.dev === true ? { ...limits, perAddress: null, perUser: null } : limits,
    trustedProxies: options.trustedProxies ?? [],
    naming: { publicUrl: options.publicUrl, baseHost: options.baseHost?.toLowerCase() },
    dev: options.dev ?? false,
    now,
    sessions: options.sessions ?? null,
    pagesPath: pages?.path ?? null,
  });
  const app = createApp({
    limits,
    observe,
    rewriteUrl: door.rewriteUrl,
    shed: door.shed,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
  });
  app.decorateRequest('ashlar');
  app.addHook('onRequest', door.enter);
  app.addHook('preClose', door.shut);
  app.setNotFoundHandler(door.answerNotFound);
  app.setErrorHandler(door.answerError);

  app.get('/', (request, reply) =>
    pages !== undefined && request.headers.accept?.includes('text/html') === true
      ? reply.header('vary', 'Accept').redirect(pages.path)
      : reply.send({ name: 'ashlar', services: [...contracts.keys()] }),
  );
  pages?.addRoutes(app);
  app.get('/health', (_request, reply) => reply.send({ status: 'ok' }));
  const readiness = createReadiness(projects, options.ready, now);
  app.get('/ready', async (_request, reply) => {
    const reason = await readiness();
    return reason === null
      ? reply.send({ status: 'ready' })
      : reply.code(503).header('retry-after', '1').send({ status: 'not ready', reason });
  });

  for (const mount of mounts) {
    if ('service' in mount) mountService(app, mount.service);
    else mountUpstream(app, { ...mount, key: requireIdentityKey(mount, options.identitySecret), now });
  }

  return { app, listen: (address) => app.listen(address), close: () => closeApp(app, limits) };
}

/** Names the door's own paths begin with. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['p', 'api', 'health', 'ready', 'studio']);

function contractsByName(mounts: readonly Mount[]): ReadonlyMap<string, ServiceContract> {
  const contracts = new Map<string, ServiceContract>();
  for (const { contract } of mounts) {
    for (const name of contract.publicNames) {
      if (RESERVED_NAMES.has(name) || contracts.has(name)) {
        throw new Error(
          `Service ${contract.name} wants the public name "${name}", which is taken; names must be unique`,
        );
      }
      contracts.set(name, contract);
    }
  }
  return contracts;
}

function requireIdentityKey({ contract }: Mount, secret: string | undefined): ReturnType<typeof identityKey> {
  if (secret === undefined) {
    throw new Error(
      `Service ${contract.name} runs in another process; the gateway needs an identitySecret to reach it`,
    );
  }
  return identityKey(secret);
}
