import { setTimeout as delay } from 'node:timers/promises';
import { clusterErrors } from '../cluster/cluster-errors.ts';
import type { Observe } from '@ashlar/telemetry';
import { freePort } from './free-port.ts';
import { endOrphanedBackends, stopLeftoverServer } from './leftover-server.ts';
import type { ServerPrograms } from './platform-package.ts';
import { type Exit, type Postmaster, PostmasterStartError, startPostmaster } from './postmaster.ts';
import { processCommand } from './process-identity.ts';
import type { RunAs } from './run-as.ts';
import { serverSettings, type ServerSettingsOptions } from './server-settings.ts';

/**
 * Waits between restarts: doubled from the first to the last, begun anew after a quiet while. The last is short,
 * so that a server killed again and again is still back in time.
 */
const FIRST_BACK_OFF_MS = 50;
const LAST_BACK_OFF_MS = 1_000;
const QUIET_MS = 30_000;
/** How long a start waits for what a dead server left: its backends, its shared memory, its port. */
const LEFTOVER_LIMIT_MS = 5_000;
const LEFTOVER_POLL_MS = 50;
/** Free ports found and lost to somebody else before the server could take them. */
const PORT_ATTEMPTS = 5;

export interface SupervisedServerOptions {
  readonly programs: ServerPrograms;
  /** Absolute, without symbolic links, initialised. */
  readonly dataFolder: string;
  readonly runAs: RunAs;
  readonly wantedPort: number;
  readonly socketDir: string;
  readonly durability: ServerSettingsOptions['durability'];
  readonly observe: Observe;
  readonly signal?: AbortSignal;
}

export interface SupervisedServer {
  /** Stays the same over restarts. */
  readonly port: number;
  /** Process id of the server running now; undefined between two of them. */
  pid(): number | undefined;
  /** Resolves when the server accepts connections; rejects when stopped for good, or with the signal's reason. */
  ready(signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a server and keeps it running: whenever it ends by itself it is started again on the same port.
 *
 * @throws `postgres.start_failed`, `postgres.disk_full` or `postgres.no_free_port` when the first start fails.
 */
export async function superviseServer(options: SupervisedServerOptions): Promise<SupervisedServer> {
  const stopping = new AbortController();
  const first = await startOnFreePort(options);
  const { port } = first;
  let current: Postmaster | undefined = first.postmaster;
  let up = Promise.withResolvers<void>();
  up.resolve();

  const restart = async (backOffMs: number): Promise<Postmaster | undefined> => {
    for (let waitMs = backOffMs; !stopping.signal.aborted; waitMs = Math.min(waitMs * 2, LAST_BACK_OFF_MS)) {
      try {
        return await startOnPort({ ...options, signal: stopping.signal }, port);
      } catch (error) {
        if (stopping.signal.aborted) return undefined;
        const line = `restart failed: ${error instanceof Error ? error.message : String(error)}`;
        options.observe({ kind: 'postgres.log', line });
        await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
    return undefined;
  };

  const keepRunning = async (): Promise<void> => {
    let backOffMs = FIRST_BACK_OFF_MS;
    while (current !== undefined) {
      const startedAt = performance.now();
      const exit: Exit = await current.exited;
      if (stopping.signal.aborted) return;
      current = undefined;
      up = Promise.withResolvers<void>();
      // Callers may come later than the failure.
      up.promise.catch(() => undefined);
      if (performance.now() - startedAt > QUIET_MS) backOffMs = FIRST_BACK_OFF_MS;
      options.observe({ kind: 'postgres.exited', ...exit, restartInMs: backOffMs });
      await delay(backOffMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      backOffMs = Math.min(backOffMs * 2, LAST_BACK_OFF_MS);
      current = await restart(backOffMs);
      if (current === undefined) up.reject(clusterErrors.stopped());
      else up.resolve();
    }
  };
  const watching = keepRunning();

  return {
    port,
    pid: () => current?.pid,
    async ready(signal) {
      signal?.throwIfAborted();
      if (stopping.signal.aborted) throw clusterErrors.stopped();
      // A client whose connection was cut may ask before we were told that the server is gone.
      if (current !== undefined && processCommand(current.pid) === undefined) await current.exited;
      if (signal === undefined) return up.promise;
      const aborted = Promise.withResolvers<never>();
      const abort = (): void => aborted.reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      try {
        await Promise.race([up.promise, aborted.promise]);
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    async stop() {
      stopping.abort(clusterErrors.stopped());
      await current?.stop();
      await watching;
    },
  };
}

async function startOnFreePort(options: SupervisedServerOptions): Promise<{ port: number; postmaster: Postmaster }> {
  const tried: string[] = [];
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt += 1) {
    const port = await freePort(attempt === 0 ? options.wantedPort : 0);
    try {
      return { port, postmaster: await startOnPort(options, port) };
    } catch (error) {
      if (!(error instanceof PostmasterStartError) || !isPortTaken(error)) throw plainStartError(options, error);
      tried.push(String(port));
    }
  }
  throw clusterErrors.noFreePort({ tried });
}

/** One start; waits shortly for what a dead server of the same folder left behind. */
async function startOnPort(options: SupervisedServerOptions, port: number): Promise<Postmaster> {
  const { dataFolder, observe, signal } = options;
  const begunAt = performance.now();
  for (;;) {
    observe({ kind: 'postgres.starting', dataDir: dataFolder, port });
    const startedAt = performance.now();
    const ignoredPid = await stopLeftoverServer(dataFolder);
    try {
      const postmaster = await startPostmaster({
        program: options.programs.postgres,
        dataFolder,
        runAs: options.runAs,
        settings: serverSettings({ port, socketDir: options.socketDir, durability: options.durability }),
        onLogLine: (line) => observe({ kind: 'postgres.log', line }),
        ...(ignoredPid === undefined ? {} : { ignoredPid }),
        ...(signal === undefined ? {} : { signal }),
      });
      const durationMs = performance.now() - startedAt;
      const version = options.programs.majorVersion;
      observe({ kind: 'postgres.ready', port, pid: postmaster.pid, durationMs, version });
      return postmaster;
    } catch (error) {
      const mayPass = error instanceof PostmasterStartError && isLeftover(error);
      if (!mayPass || performance.now() - begunAt > LEFTOVER_LIMIT_MS) throw error;
      endOrphanedBackends(dataFolder);
      await delay(LEFTOVER_POLL_MS, undefined, signal === undefined ? {} : { signal });
    }
  }
}

function isLeftover(error: PostmasterStartError): boolean {
  return /shared memory block .* is still in use|lock file "postmaster\.pid" already exists/.test(error.message);
}

function isPortTaken(error: PostmasterStartError): boolean {
  return /could not bind .* address|could not create any TCP\/IP sockets/.test(error.message);
}

function plainStartError({ dataFolder }: SupervisedServerOptions, error: unknown): unknown {
  if (!(error instanceof PostmasterStartError)) return error;
  if (/No space left on device|Disk quota exceeded/.test(error.message)) {
    return clusterErrors.diskFull({ folder: dataFolder }, { cause: error });
  }
  const reason = error.lines.find((line) => line.startsWith('FATAL') || line.startsWith('PANIC')) ?? error.message;
  return clusterErrors.startFailed({ folder: dataFolder, reason }, { cause: error });
}
