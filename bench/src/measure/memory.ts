import { readdir, readFile } from 'node:fs/promises';

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
  const parents = await processParents();
  const tree = [rootPid];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return (await Promise.all(tree.map(processMemory))).filter((memory) => memory !== null);
}

async function processParents(): Promise<ReadonlyMap<number, number>> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map<number, number>();
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const parent = /^PPid:\s+(\d+)/m.exec(status)?.[1];
    if (parent !== undefined) parents.set(pid, Number(parent));
  }
  return parents;
}

async function processMemory(pid: number): Promise<ProcessMemory | null> {
  // A process that ended meanwhile has no files any more.
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const kib = /^Pss:\s+(\d+) kB/m.exec(rollup)?.[1];
  return kib === undefined ? null : { pid, name: command.split('\0')[0] ?? '', pssMiB: Number(kib) / 1024 };
}
