import { mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Observe } from '@ashlar/telemetry';
import { administerCluster } from '../cluster/administer-cluster.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { inspectDataFolder } from './data-folder.ts';
import { embeddedAccess, type EmbeddedAddress, SUPERUSER } from './embedded-access.ts';
import { folderError } from './folder-error.ts';
import { initialise } from './initialise.ts';
import { lockInstance } from './instance-lock.ts';
import { locatePrograms } from './platform-package.ts';
import { chooseRunAs } from './run-as.ts';
import type { ServerSettingsOptions } from './server-settings.ts';
import { makeSocketFolder } from './socket-folder.ts';
import { superviseServer } from './supervised-server.ts';

/** Where the server listens when nobody else does. */
export const DEFAULT_POSTGRES_PORT = 54_322;

export interface EmbeddedClusterOptions {
  /** The instance's folder; the server's data is in its `postgres`, sockets and lock in its `run`. */
  readonly dataDir: string;
  /** Of `supabase_admin`: set when the folder is first initialised, needed unchanged ever after. */
  readonly superuserPassword: string;
  /** Of `ashlar_platform`; may change between two starts. */
  readonly platformPassword: string;
  /** TCP port on 127.0.0.1; when it is taken, a free one is used instead. Default 54322; 0 = any. */
  readonly port?: number;
  readonly observe: Observe;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
  /** Default `full`. `none` gives up safety in a crash: for servers that live as long as a test. */
  readonly durability?: ServerSettingsOptions['durability'];
}

export interface EmbeddedCluster extends Cluster {
  readonly kind: 'embedded';
  /** For `attachEmbeddedCluster` in another process of this instance; holds passwords. */
  readonly address: EmbeddedAddress;
  /** Of the server running now; undefined while it is being restarted. */
  pid(): number | undefined;
}

/**
 * Starts the embedded PostgreSQL on an instance's folder and keeps it running, with roles, platform login and
 * control database in place. Initialises an empty folder; recovers one whose server or platform was killed.
 *
 * @throws A `postgres.*` error that says in one sentence why it cannot serve; the data is untouched then.
 */
export async function openEmbeddedCluster(options: EmbeddedClusterOptions): Promise<EmbeddedCluster> {
  const { observe, signal, durability = 'full' } = options;
  const programs = locatePrograms();
  const instanceDir = makeInstanceFolder(options.dataDir);
  const dataFolder = join(instanceDir, 'postgres');
  const found = inspectDataFolder(dataFolder, programs.majorVersion);
  const lock = await lockInstance(join(instanceDir, 'run', 'instance.lock'), instanceDir);
  try {
    const runAs = chooseRunAs({ instanceDir, dataFolder, program: programs.postgres });
    if (found === 'absent') {
      const password = options.superuserPassword;
      const sync = durability === 'full';
      await initialise({ programs, folder: dataFolder, runAs, superuser: SUPERUSER, password, sync });
    }
    const socketDir = makeSocketFolder(instanceDir, runAs);
    const wantedPort = options.port ?? DEFAULT_POSTGRES_PORT;
    const supervision = { programs, dataFolder, runAs, wantedPort, socketDir, durability, observe };
    const server = await superviseServer({ ...supervision, ...(signal === undefined ? {} : { signal }) });
    try {
      const { superuserPassword, platformPassword } = options;
      const address = { socketDir, port: server.port, superuserPassword, platformPassword };
      const administered = await administerCluster(embeddedAccess(address));
      return {
        ...administered,
        kind: 'embedded',
        address,
        pid: server.pid,
        ready: server.ready,
        async close() {
          await server.stop();
          lock.release();
        },
      };
    } catch (error) {
      await server.stop();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** @returns The folder's path without symbolic links, as the server writes it into its own pid file. */
function makeInstanceFolder(dataDir: string): string {
  const folder = resolve(dataDir);
  try {
    mkdirSync(join(folder, 'run'), { recursive: true, mode: 0o755 });
    return realpathSync(folder);
  } catch (error) {
    throw folderError(folder, error);
  }
}
