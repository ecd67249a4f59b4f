import type { Bus } from '@ashlar/bus';
import type { Config } from '@ashlar/config';
import { controlContract, type MasterKeys, type ProjectRegistry } from '@ashlar/control';
import { createData, createTableGraph, dataContract } from '@ashlar/data';
import { createTokenVerifier } from '@ashlar/gateway';
import { createIdentity, createPostgresSessionGuard, findContact, identityContract } from '@ashlar/identity';
import { createNotifications, notificationsContract } from '@ashlar/notifications';
import { createSuitesService, createUseCases, projectSealer, suitesContract } from '@ashlar/handlers';
import { must } from '@ashlar/kernel';
import type { Outbound } from '@ashlar/outbound';
import { createStorage, storageContract } from '@ashlar/storage';
import type { DatabaseTarget, Snapshots } from '@ashlar/postgres';
import { createRealtime, realtimeContract } from '@ashlar/realtime';
import { createRegistry, registryContract } from '@ashlar/registry';
import {
  DEFAULT_PROJECT,
  type JobQueue,
  type ProjectLogs,
  type Service,
  type ServiceContract,
  type SessionGuard,
} from '@ashlar/service';
import { createSchedulerService, schedulerContract, type Scheduler } from '@ashlar/scheduler';
import type { Observe } from '@ashlar/telemetry';
import { createControlService } from './control-service.ts';
import { suites } from './suites.ts';
import { openFiles } from './instance/open-files.ts';
import { createWebhooks, DEFAULT_TERMS, webhooksContract } from '@ashlar/webhooks';

/** What the process lends its services; each takes what it needs. */
export interface ServiceDependencies {
  readonly observe: Observe;
  readonly snapshots: Snapshots;
  readonly config: Config;
  /** Folder of what users stored. */
  readonly filesFolder: string;
  /** For requests to addresses that users or administrators chose. */
  readonly outbound: Outbound;
  readonly projects: ProjectRegistry;
  readonly masterKeys: MasterKeys;
  readonly jobs: JobQueue;
  readonly scheduler: Scheduler;
  /** Where a project's database is, with its logins; null: there is no such project. */
  readonly targetOf: (ref: string) => Promise<DatabaseTarget | null>;
  /** What is committed in projects. */
  readonly logs: ProjectLogs;
  /** Messages between the processes of the instance that may be lost. */
  readonly bus: Bus;
  /** Whether the operator said where clients reach the server. */
  readonly knowsPublicUrl: boolean;
  /** On somebody's own machine. */
  readonly dev: boolean;
}

export interface ServiceModule {
  readonly contract: ServiceContract;
  readonly create: (dependencies: ServiceDependencies) => Service;
  /** Where it runs when the gateway's process does not run it. */
  readonly upstream: (config: Config) => string | null;
}

/** Every service behind the gateway, once: which of them run in a process is decided by its command. */
export const serviceModules: readonly ServiceModule[] = [
  { contract: dataContract, create: createData, upstream: ({ split }) => split.upstreamData },
  { contract: controlContract, create: createControlService, upstream: ({ split }) => split.upstreamControl },
  {
    contract: identityContract,
    create: ({ observe, outbound, projects, jobs, dev, knowsPublicUrl }) =>
      createIdentity({ observe, outbound, dev, knowsPublicUrl, messaging: { jobs, projects } }),
    upstream: ({ split }) => split.upstreamIdentity,
  },
  {
    contract: notificationsContract,
    create: ({ observe, outbound, projects, jobs, dev, config: { gateway } }) =>
      createNotifications({
        observe,
        outbound,
        projects,
        jobs,
        dev,
        // Accounts may live in another process; their rows are read as their own service reads them.
        findContact,
        publicUrl: (ref) => publicUrlOf(gateway.publicUrl, ref),
      }),
    upstream: ({ split }) => split.upstreamNotifications,
  },
  {
    contract: realtimeContract,
    create: ({ observe, projects, logs, bus, config: { realtime } }) =>
      createRealtime({
        observe,
        projects,
        bus,
        tokens: createTokenVerifier(createPostgresSessionGuard()),
        logs,
        limits: { connections: realtime.realtimeMaxConnections },
        publicChannels: realtime.realtimePublicChannels,
      }),
    upstream: ({ split }) => split.upstreamRealtime,
  },
  {
    contract: storageContract,
    create: ({ observe, filesFolder, config }) =>
      createStorage({
        observe,
        files: openFiles(config.storage, filesFolder),
        filesFolder,
        fileSizeLimitBytes: config.storage.storageFileSizeLimit,
        tokens: createTokenVerifier(createPostgresSessionGuard()),
        s3Region: config.storage.s3Region,
      }),
    upstream: ({ split }) => split.upstreamStorage,
  },
  {
    contract: schedulerContract,
    create: ({ observe, scheduler, outbound, projects, targetOf }) =>
      createSchedulerService({ observe, scheduler, outbound, projects, targetOf }),
    upstream: ({ split }) => split.upstreamScheduler,
  },
  {
    contract: webhooksContract,
    create: ({ observe, outbound, config: { webhooks } }) =>
      createWebhooks({
        observe,
        outbound,
        terms: {
          keepDays: webhooks.webhooksKeepDays,
          retryAfterSeconds: webhooks.webhooksRetryPauses.map(Number),
          disableAfter: { ...DEFAULT_TERMS.disableAfter, days: webhooks.webhooksDisableDays },
        },
      }),
    upstream: ({ split }) => split.upstreamWebhooks,
  },
  {
    contract: registryContract,
    create: ({ observe }) => createRegistry({ observe }),
    upstream: ({ split }) => split.upstreamRegistry,
  },
  {
    contract: suitesContract(suites),
    create: ({ observe, outbound, projects, jobs, snapshots }) =>
      createSuitesService({
        useCases: createUseCases({
          suites,
          sealerOf: async (ref) => projectSealer(must(await projects.wake(ref), `project ${ref}`)),
          isNamedHost: outbound.isNamed,
        }),
        projects,
        jobs,
        tables: createTableGraph(snapshots),
        outside: outbound,
        observe,
      }),
    upstream: ({ split }) => split.upstreamSuites,
  },
];

/** Where clients reach a project when no request says so; by its path, which works with a base host as well. */
function publicUrlOf(publicUrl: string | null, ref: string): string | null {
  if (publicUrl === null) return null;
  const base = publicUrl.replace(/\/+$/, '');
  return ref === DEFAULT_PROJECT ? base : `${base}/p/${ref}`;
}

/** How the gateway learns which sessions have ended; accounts may live in another process. */
export const createSessionGuard: () => SessionGuard = createPostgresSessionGuard;

export const GATEWAY = 'gateway';

/** What `ashlar serve` can run. */
export const serviceNames: readonly string[] = [GATEWAY, ...serviceModules.map(({ contract }) => contract.name)];
