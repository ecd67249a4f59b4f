import { readFile } from 'node:fs/promises';
import { processTree } from './process-tree.ts';

export interface ProcessMemory {
  readonly pid: number;
  readonly name: string;
  readonly pssMiB: number;
}

/**
 * The proportional set size of a process and all below it: shared pages count once, divided among their users.
 * Linux only; empty elsewhere.
 */
export async function processTreeMemory(rootPid: number): Promise<readonly ProcessMemory[]> {
  return (await Promise.all((await processTree(rootPid)).map(processMemory))).filter((memory) => memory !== null);
}

async function processMemory(pid: number): Promise<ProcessMemory | null> {
  // A process that ended meanwhile has no files any more.
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const kib = /^Pss:\s+(\d+) kB/m.exec(rollup)?.[1];
  return kib === undefined ? null : { pid, name: command.split('\0')[0] ?? '', pssMiB: Number(kib) / 1024 };
}
