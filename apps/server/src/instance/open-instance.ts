import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@ashlar/config';
import {
  controlErrors,
  createProjects,
  openKeyStore,
  type GivenKeys,
  type InstanceSecrets,
  type KeyStore,
  type MasterKeys,
  type ProjectRegistry,
} from '@ashlar/control';
import {
  attachEmbeddedCluster,
  createSessions,
  openEmbeddedCluster,
  openExternalCluster,
  type Cluster,
  type ProjectHost,
  type Sessions,
} from '@ashlar/postgres';
import { DEFAULT_PROJECT } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { chooseMasterKeys } from './choose-master-keys.ts';
import { instancePaths, type InstancePaths } from './instance-paths.ts';
import { projectDefaults } from './project-defaults.ts';
import { studioAddress } from './studio-address.ts';
import { schemaOwners } from '../schema-owners.ts';
import { readRunState } from './run-state.ts';

/** An instance as a process holds it: the database server, its sessions, keys and projects. */
export interface Instance extends AsyncDisposable {
  readonly paths: InstancePaths;
  readonly secrets: InstanceSecrets;
  readonly cluster: Cluster;
  readonly sessions: Sessions;
  readonly keyStore: KeyStore;
  /** Of the vault when there is one, else of the key folder. */
  readonly masterKeys: MasterKeys;
  readonly projects: ProjectRegistry;
  close(): Promise<void>;
}

export interface InstanceOptions {
  readonly config: Config;
  readonly observe: Observe;
  /** For the default project. A command beside a running process gives none: it must not change what that one uses. */
  readonly given: GivenKeys;
  /**
   * `own`: this process runs the embedded server and ends it. `join`: that of a running process is used when there
   * is one. Neither matters with a DATABASE_URL.
   */
  readonly cluster: 'own' | 'join';
  readonly signal?: AbortSignal;
}

/**
 * Opens the instance in `config.instance.data`, making it when the folder is empty.
 *
 * @throws {AshlarError} `postgres.*` and `control.*`: one sentence each, the data untouched.
 */
export async function openInstance(options: InstanceOptions): Promise<Instance> {
  const { config, observe } = options;
  const paths = instancePaths(config.instance.data);
  const keyStore = openKeyStore({ folder: paths.keys, now: () => new Date() });
  refuseLostSecrets(paths);
  const secrets = await keyStore.instance();

  const cluster = await openCluster(options, paths, secrets);
  const masterKeys = whenNeeded(() => chooseMasterKeys(config, keyStore.masterKeys));
  const sessions = createSessions({ observe, bounds: { idleMs: config.postgres.projectIdleSeconds * 1_000 } });
  const closeDatabase = async (): Promise<void> => {
    await sessions.close();
    await cluster.close();
  };
  try {
    const projects = await createProjects({
      cluster,
      sessions,
      keyStore,
      masterKeys,
      platformPassword: secrets.platformPassword,
      judge: (host, port) => judge(host, port, options),
      owners: schemaOwners,
      defaults: projectDefaults(config),
      site: studioAddress(config),
      pinned: config.control.pinnedSettings,
      given: options.given,
      observe,
      onMigrated: (ref, host) => bringSuitesUpToDate(ref, host, observe),
      onDropped: (ref) => forget(ref, cluster, options),
    });
    const close = async (): Promise<void> => {
      await projects.close();
      await closeDatabase();
    };
    return { paths, secrets, cluster, sessions, keyStore, masterKeys, projects, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await closeDatabase();
    throw error;
  }
}

/** Only who uses sealed values needs the vault's token. */
function whenNeeded(choose: () => MasterKeys): MasterKeys {
  return {
    read: async () => choose().read(),
    replace: async (before, after) => choose().replace(before, after),
  };
}

/** A database server named over the API is judged like any address somebody else chose. */
async function judge(host: string, port: number, { config, observe }: InstanceOptions): Promise<void> {
  const { createOutbound } = await import('@ashlar/outbound');
  const outbound = createOutbound({ allow: config.server.outboundAllow, observe });
  try {
    await outbound.addresses(host, port);
  } finally {
    await outbound.close();
  }
}

async function bringSuitesUpToDate(ref: string, host: ProjectHost, observe: Observe): Promise<void> {
  const [{ refreshSuites }, { suites }, { registerSuiteContracts: registerContracts }] = await Promise.all([
    import('@ashlar/handlers'),
    import('../suites.ts'),
    import('../contracts/register-suite-contracts.ts'),
  ]);
  await refreshSuites({ host, observe, registerContracts }, ref, suites);
}

/** What is kept of a project beside its database; after a crash it is told again. */
async function forget(ref: string, cluster: Cluster, { config }: InstanceOptions): Promise<void> {
  const [{ forgetProject }, { removeProjectFiles }, { openFiles }] = await Promise.all([
    import('@ashlar/scheduler'),
    import('@ashlar/storage'),
    import('./open-files.ts'),
  ]);
  await forgetProject(cluster, ref);
  const { files: folder } = instancePaths(config.instance.data);
  await removeProjectFiles(openFiles(config.storage, folder), ref);
  await rm(join(folder, ref), { recursive: true, force: true });
  // Pictures made of them.
  await rm(join(folder, '.rendered', ref), { recursive: true, force: true });
}

async function openCluster(options: InstanceOptions, paths: InstancePaths, secrets: InstanceSecrets): Promise<Cluster> {
  const { config, observe } = options;
  const { databaseUrl, dbPort } = config.postgres;
  const { superuserPassword, platformPassword } = secrets;
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  if (databaseUrl !== null)
    return openExternalCluster({ url: databaseUrl, platformPassword, defaultRef: DEFAULT_PROJECT, observe, ...signal });

  const running = options.cluster === 'join' ? readRunState(paths.run) : null;
  if (running !== null && running.postgres.socketDir !== null) {
    const { socketDir, port } = running.postgres;
    return attachEmbeddedCluster({ socketDir, port, superuserPassword, platformPassword }, options.signal);
  }
  return openEmbeddedCluster({
    dataDir: paths.data,
    superuserPassword,
    platformPassword,
    port: dbPort,
    observe,
    ...signal,
  });
}

/** New secrets would not open the database that is there; better to say so than to fail with a wrong password. */
function refuseLostSecrets(paths: InstancePaths): void {
  const file = join(paths.keys, 'instance.json');
  if (!existsSync(file) && existsSync(paths.postgresVersionFile)) {
    throw controlErrors.keyFileUnreadable({ file, reason: 'it is missing while the database is there' });
  }
}
