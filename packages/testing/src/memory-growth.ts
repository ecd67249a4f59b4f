import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';

/** Linux alone tells a process's peak and lets it be forgotten. */
export const canMeasureMemory: boolean = existsSync('/proc/self/clear_refs');

/** MiB of memory by which a process grew at most while the work was done. */
export async function memoryGrowth(pid: number, work: () => Promise<void>): Promise<number> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
  const before = await memory(pid, 'VmRSS');
  await work();
  return (await memory(pid, 'VmHWM')) - before;
}

async function memory(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
}
