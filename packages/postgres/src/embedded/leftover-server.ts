import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { readPidFile } from './pid-file.ts';
import { processCommand, processStart } from './process-identity.ts';

const FAST_STOP_MS = 1_500;
const IMMEDIATE_STOP_MS = 1_000;
const POLL_MS = 20;

/**
 * Stops a server that a killed Ashlar left running on this folder. The caller holds the instance lock, so nobody
 * else can want it.
 *
 * @returns The pid in the pid file when it is still in use, but not by a server of this folder.
 */
export async function stopLeftoverServer(dataFolder: string): Promise<number | undefined> {
  for (const [signal, waitMs] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', IMMEDIATE_STOP_MS],
    ['SIGKILL', IMMEDIATE_STOP_MS],
  ] as const) {
    const pid = readPidFile(dataFolder)?.pid;
    if (pid === undefined || processStart(pid) === undefined) return undefined;
    const command = processCommand(pid);
    // Dead, but nobody has asked for its exit code: in a container without an init process nobody ever will.
    if (command === undefined) return pid;
    // The server keeps the command line we gave it; its folder is written there as we write it.
    if (!command.includes(`-D ${dataFolder} `)) return pid;
    send(pid, signal);
    await waitUntilGone(pid, waitMs);
  }
  return undefined;
}

/**
 * Ends backends that outlived their postmaster: a busy one notices only at its next wait, and until then the server
 * cannot start again. There is no shared memory left that they could harm. Linux only; elsewhere they end by
 * themselves, a little later.
 */
export function endOrphanedBackends(dataFolder: string): void {
  if (process.platform !== 'linux') return;
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (Number.isSafeInteger(pid) && workingFolder(pid) === dataFolder) send(pid, 'SIGKILL');
  }
}

/** Every process of a server works in its data folder, and nothing else does. */
function workingFolder(pid: number): string | undefined {
  if (processCommand(pid)?.startsWith('postgres: ') !== true) return undefined;
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

async function waitUntilGone(pid: number, limitMs: number): Promise<void> {
  const startedAt = performance.now();
  while (processCommand(pid) !== undefined && performance.now() - startedAt < limitMs) await delay(POLL_MS);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone in the meantime, which is what was wanted; or not ours, and then the start says so.
  }
}
