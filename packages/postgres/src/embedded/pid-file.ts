import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the server itself says in `postmaster.pid`; its eighth line is what `pg_ctl` waits for, too. */
export interface PidFile {
  readonly pid: number;
  readonly status: string | undefined;
}

export function readPidFile(dataFolder: string): PidFile | undefined {
  try {
    const lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isSafeInteger(pid) && pid > 0 ? { pid, status: lines[7]?.trim() } : undefined;
  } catch {
    // Missing, or not readable for us: then it is not ours, and the server's own start will say so.
    return undefined;
  }
}
