import { readdir, readFile } from 'node:fs/promises';

/** A process and all below it; Linux only, the process alone elsewhere. */
export async function processTree(rootPid: number): Promise<readonly number[]> {
  const parents = await processParents();
  const tree = [rootPid];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
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
