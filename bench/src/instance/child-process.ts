import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 10;

/** Starts a program whose output goes to a file, so that no pipe fills up and no terminal slows it down. */
export function startProcess(
  command: string,
  args: readonly string[],
  logFile: string,
  options: SpawnOptions = {},
): ChildProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { ...options, stdio: ['ignore', log, log] });
  // Whatever ends the bench, what it started must not outlive it.
  process.once('exit', () => child.kill('SIGTERM'));
  return child;
}

/**
 * Asks until the answer has the wanted status.
 * @throws When the process ends first or the time is up; the message names the log.
 */
export async function untilAnswers(
  child: ChildProcess,
  ask: () => Promise<boolean>,
  what: string,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${what} ended with ${child.exitCode ?? child.signalCode} before it answered`);
    }
    if (await ask().catch(() => false)) return;
    await sleep(POLL_MS);
  }
  throw new Error(`${what} did not answer within ${timeoutMs} ms`);
}

/** SIGTERM, then SIGKILL for what does not go. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(killer);
}
