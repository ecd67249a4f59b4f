import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { clusterErrors } from '../cluster/cluster-errors.ts';
import { errnoCode, folderError } from './folder-error.ts';
import { processStart } from './process-identity.ts';

/** Two starts that both found a dead holder: the later one's file stands, and the earlier one sees it after this. */
const SETTLE_MS = 50;

interface Holder {
  readonly pid: number;
  readonly start: string | undefined;
}

export interface InstanceLock {
  release(): void;
}

/**
 * Takes the folder for this process. The holder is written down with the start of its process, so a lock left by a
 * killed one is recognised even when its pid lives again. The server's own pid file is the second line of defence.
 *
 * @param file The lock's file; its folder exists.
 * @throws `postgres.folder_in_use` naming the process that holds it.
 */
export async function lockInstance(file: string, folder: string): Promise<InstanceLock> {
  const mine: Holder = { pid: process.pid, start: processStart(process.pid) };
  const content = `${JSON.stringify(mine)}\n`;
  const candidate = `${file}.${process.pid}`;
  try {
    writeFileSync(candidate, content, { mode: 0o644 });
    if (!linked(candidate, file)) {
      const holder = readHolder(file);
      if (holder !== undefined && isAlive(holder)) throw clusterErrors.folderInUse({ folder, pid: holder.pid });
      renameSync(candidate, file);
      await delay(SETTLE_MS);
      const winner = readHolder(file);
      if (winner?.pid !== mine.pid) throw clusterErrors.folderInUse({ folder, pid: winner?.pid ?? 0 });
    }
  } catch (error) {
    throw folderError(folder, error);
  } finally {
    rmSync(candidate, { force: true });
  }
  return {
    release() {
      if (readHolder(file)?.pid === mine.pid) rmSync(file, { force: true });
    },
  };
}

function linked(candidate: string, file: string): boolean {
  try {
    linkSync(candidate, file);
    return true;
  } catch (error) {
    if (errnoCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(holder: Holder): boolean {
  const start = processStart(holder.pid);
  return start !== undefined && start === holder.start;
}

/** undefined when the file is gone or was cut short by a crash: then nobody holds it. */
function readHolder(file: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') {
      return undefined;
    }
    return { pid: value.pid, start: 'start' in value && typeof value.start === 'string' ? value.start : undefined };
  } catch {
    return undefined;
  }
}
