import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { clusterErrors } from '../cluster/cluster-errors.ts';
import { readPidFile } from './pid-file.ts';
import { programCall, type RunAs } from './run-as.ts';
import { watchOverServer } from './watchdog.ts';

/** Recovery after a crash may replay all of `max_wal_size`; beyond this something else is wrong. */
const START_LIMIT_MS = 10 * 60_000;
/** How often the server's own word in its pid file is read while it starts. */
const START_POLL_MS = 10;
/** After this a fast stop becomes an immediate one: the next start then replays the log. */
const FAST_STOP_MS = 2_500;
const IMMEDIATE_STOP_MS = 750;
/** Last lines of the log, kept to say why a start failed. */
const REMEMBERED_LINES = 8;

export interface PostmasterOptions {
  readonly program: string;
  readonly dataFolder: string;
  readonly runAs: RunAs;
  readonly settings: readonly string[];
  /** A pid in a stale pid file that is known to be no server of this folder, though it is in use. */
  readonly ignoredPid?: number;
  readonly onLogLine: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One running server process; its successor after a crash is another one. */
export interface Postmaster {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Fast stop, then immediate, then SIGKILL; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Why a start failed, as the server's log tells it. */
export class PostmasterStartError extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join(' | '));
    this.lines = lines;
  }
}

/**
 * Starts the server and resolves when it accepts connections.
 *
 * @throws {PostmasterStartError} When it ended before that.
 * @throws The signal's reason, after the server was stopped, when aborted.
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const { dataFolder, onLogLine, signal } = options;
  signal?.throwIfAborted();
  // The server takes a live process under the pid in its pid file for another server, unless it is an ancestor.
  const env = options.ignoredPid === undefined ? {} : { PG_GRANDPARENT_PID: String(options.ignoredPid) };
  const call = programCall(options.runAs, options.program, ['-D', dataFolder, ...options.settings], env);
  // A session of its own: Ctrl-C in the terminal must reach us alone, so that requests end before the database does.
  const child = spawn(call.file, call.args, { ...call.options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > REMEMBERED_LINES) lines.shift();
    onLogLine(line);
  });
  let gone = false;
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, exitSignal) => {
      gone = true;
      resolve({ code, signal: exitSignal });
    });
  });
  // Whoever looks at it gets the failure to spawn; nobody looking is no unhandled rejection.
  exited.catch(() => (gone = true));
  await Promise.race([once(child, 'spawn'), exited]);
  const pid = child.pid ?? 0;
  const watchdog = watchOverServer(dataFolder, pid);
  void exited.then(watchdog.dismiss, watchdog.dismiss);

  const stop = async (): Promise<void> => {
    for (const [name, waitMs] of [
      ['SIGINT', FAST_STOP_MS],
      ['SIGQUIT', IMMEDIATE_STOP_MS],
      ['SIGKILL', IMMEDIATE_STOP_MS],
    ] as const) {
      if (gone) return;
      child.kill(name);
      await Promise.race([exited, delay(waitMs, undefined, { ref: false })]);
    }
  };

  const startedAt = performance.now();
  while (!isReady(dataFolder, pid)) {
    if (gone) {
      // The pipe may still hold the lines that say why.
      await Promise.race([once(child, 'close'), delay(100)]);
      throw new PostmasterStartError(lines);
    }
    if (signal?.aborted === true || performance.now() - startedAt > START_LIMIT_MS) {
      await stop();
      signal?.throwIfAborted();
      throw clusterErrors.startFailed({ folder: dataFolder, reason: `not ready after ${START_LIMIT_MS} ms` });
    }
    await delay(START_POLL_MS);
  }
  return { pid, exited, stop };
}

function isReady(dataFolder: string, pid: number): boolean {
  const file = readPidFile(dataFolder);
  return file?.pid === pid && file.status === 'ready';
}
