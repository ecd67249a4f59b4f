import { createHash, createHmac } from 'node:crypto';
import { hostname } from 'node:os';
import { type Bus, createInProcessBus, createNatsBus, createNatsRelay, type Relay } from '@ashlar/bus';
import type { Config } from '@ashlar/config';
import { createUsageMeter } from '@ashlar/control';
import { must } from '@ashlar/kernel';
import { createOutbound } from '@ashlar/outbound';
import { createScheduler } from '@ashlar/scheduler';
import type { Observe } from '@ashlar/telemetry';
import { cliErrors } from '../cli/cli-errors.ts';
import type { ServiceModule } from '../composition.ts';
import type { Instance } from '../instance/open-instance.ts';
import { listenAt } from './listen-address.ts';
import { createStudioFolder } from '../studio/studio-folder.ts';
import { createStudioPages } from '../studio/studio-pages.ts';
import { openGrpc } from './open-grpc.ts';
import { openProjectLogs } from './project-logs.ts';

/** The HTTP side of a process: a gateway with services behind it, or one service for a gateway elsewhere. */
export interface Listener {
  readonly url: string;
  /** Port of gRPC, when it listens. */
  readonly grpcPort: number | null;
  /** Ends the listener, then the services behind it. */
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly config: Config;
  readonly instance: Instance;
  readonly observe: Observe;
  /** Names of what runs in this process. */
  readonly services: readonly string[];
  /** Somebody is likely to open Studio soon; else it is built when somebody does. */
  readonly wantsStudio: boolean;
}

/**
 * @throws {AshlarError} `cli.upstream_missing` when the gateway neither runs nor finds a service; `cli.port_taken`,
 *   `cli.address_unusable`, `cli.file_unreadable`.
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { config, instance, services } = options;
  const { createSessionGuard, GATEWAY, serviceModules } = await import('../composition.ts');
  const identitySecret = config.split.identitySecret ?? instance.secrets.identitySecret;
  const { projects, cluster } = instance;
  // What was asked is counted where it comes in, once.
  const meter = services.includes(GATEWAY)
    ? createUsageMeter({ control: projects.control, observe: options.observe })
    : null;
  const observe: Observe = (observation) => {
    options.observe(observation);
    meter?.count(observation);
  };
  const outbound = createOutbound({ allow: config.server.outboundAllow, observe });
  const bus = openBus(config, identitySecret, observe);
  const logs = openProjectLogs({
    cluster,
    control: instance.sessions.project(cluster.control),
    projects,
    observe,
    idleMs: config.postgres.projectIdleSeconds * 1_000,
    relay: openRelay(config, services, identitySecret, observe),
    bus,
    secret: identitySecret,
  });
  const { jobsConcurrency, jobsKeepHours, jobsKeepFailedHours } = config.jobs;
  const scheduler = createScheduler({
    cluster,
    observe,
    concurrency: jobsConcurrency,
    keep: { doneHours: jobsKeepHours, failedHours: jobsKeepFailedHours },
  });
  const running = serviceModules
    .filter(({ contract }) => services.includes(contract.name))
    .map((module) =>
      module.create({
        observe,
        snapshots: projects.snapshots,
        config,
        filesFolder: instance.paths.files,
        outbound,
        projects,
        masterKeys: instance.masterKeys,
        jobs: scheduler.queue,
        scheduler,
        targetOf: async (ref) => ((await projects.wake(ref)) === undefined ? null : (await projects.open(ref)).target),
        logs,
        bus,
        dev: config.server.dev,
        knowsPublicUrl: config.gateway.publicUrl !== null,
      }),
    );

  const studio = createStudioFolder({ observe: options.observe, dataFolder: instance.paths.data });
  const gateway = services.includes(GATEWAY) ? await openGateway() : null;
  const door = gateway ?? (await openService());
  const url = await listenAt(config.server, door.listen);
  const grpc = gateway === null ? null : await openGrpc(config, gateway);
  logs.serve(running);
  scheduler.start(running.flatMap(({ tasks = [] }) => tasks));
  if (options.wantsStudio && services.includes(GATEWAY)) studio.state();
  return {
    url,
    grpcPort: grpc?.port ?? null,
    async close() {
      studio.close();
      await grpc?.close();
      await door.close();
      // Services have nothing to leave any more once their requests and jobs have ended.
      await Promise.all([scheduler.stop(), logs.close()]);
      await Promise.all(running.map((service) => service.close()));
      await Promise.all([outbound.close(), bus.close(), meter?.close()]);
      await scheduler.close();
    },
  };

  async function openGateway() {
    const [{ createGateway }, { gatewayOptions }] = await Promise.all([
      import('@ashlar/gateway'),
      import('./gateway-options.ts'),
    ]);
    const mounts = serviceModules.map((module) => {
      const { contract } = module;
      const service = running.find((candidate) => candidate.contract.name === contract.name);
      return service === undefined ? { contract, upstream: requireUpstream(module, config) } : { contract, service };
    });
    const sessions = createSessionGuard();
    const pages = createStudioPages(studio);
    return createGateway({ ...gatewayOptions(config), mounts, projects, observe, identitySecret, sessions, pages });
  }

  async function openService() {
    const { createServiceApp } = await import('@ashlar/service');
    return createServiceApp({ service: must(running[0], 'a service to run'), projects, identitySecret, observe });
  }
}

function openBus({ split: { natsUrl: url } }: Config, secret: string, observe: Observe): Bus {
  if (url === null) return createInProcessBus({ observe });
  return createNatsBus({
    url,
    namespace: natsNamespace(secret),
    secret: derivedFrom(secret, 'bus-signature'),
    observe,
  });
}

function openRelay(
  { split: { natsUrl: url }, instance, server }: Config,
  services: readonly string[],
  secret: string,
  observe: Observe,
): { readonly relay: Relay; readonly follower: string } | null {
  if (url === null) return null;
  const relay = createNatsRelay({ url, namespace: natsNamespace(secret), observe });
  // The same after a restart. Two processes of one name would share what is sent, see that some is missing, and look.
  const self = JSON.stringify([hostname(), instance.data, server.host, server.port, services]);
  return { relay, follower: createHash('sha256').update(self).digest('base64url') };
}

/** The same for all processes of an instance; who is let in to the server but not told it finds nothing by guessing. */
function natsNamespace(secret: string): string {
  return `ashlar-${derivedFrom(secret, 'bus')}`;
}

function derivedFrom(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url');
}

function requireUpstream({ contract, upstream }: ServiceModule, config: Config): string {
  const url = upstream(config);
  if (url === null) {
    throw cliErrors.upstreamMissing({ service: contract.name, option: `upstream-${contract.name}` });
  }
  return url;
}
