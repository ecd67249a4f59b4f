import { readdir, readFile } from 'node:fs/promises';
import type { Instance } from '../instance/instance.ts';
import { httpLoad, type LoadRequest } from '../load/http-load.ts';
import type { Effort } from './compare-scenario.ts';
import { interleave } from './interleave.ts';
import { processTree } from './process-tree.ts';

/** Microseconds of CPU one request costs each of those who share the machine; the least of all rounds. */
export interface CpuPerRequest {
  readonly server: number;
  readonly postgres: number;
  readonly load: number;
}

const CONNECTIONS = 32;

/**
 * What a request costs, however busy the machine is otherwise: rates fall with every neighbour, CPU time hardly does.
 * Linux only; zeros elsewhere.
 */
export async function cpuPerRequest(
  instance: Pick<Instance, 'pid' | 'url'>,
  requests: readonly LoadRequest[],
  effort: Effort,
  connections: number = CONNECTIONS,
): Promise<CpuPerRequest> {
  const rounds: CpuPerRequest[] = [];
  await interleave(effort.rounds, {
    round: async () => {
      const before = await cpuUsed(instance);
      const loadBefore = process.cpuUsage();
      const { perSecond, elapsedSeconds } = await httpLoad({
        url: instance.url,
        requests,
        connections,
        seconds: effort.secondsPerRun,
      });
      const load = process.cpuUsage(loadBefore);
      const after = await cpuUsed(instance);
      const answered = perSecond * elapsedSeconds;
      rounds.push({
        server: (after.server - before.server) / answered,
        postgres: (after.postgres - before.postgres) / answered,
        load: (load.user + load.system) / answered,
      });
      return perSecond;
    },
  });
  const least = (of: (round: CpuPerRequest) => number): number => Math.min(...rounds.map(of));
  return {
    server: least(({ server }) => server),
    postgres: least(({ postgres }) => postgres),
    load: least(({ load }) => load),
  };
}

/** Microseconds of CPU used so far. */
export interface CpuUsed {
  readonly server: number;
  /** All below the server. */
  readonly postgres: number;
}

export async function cpuUsed({ pid: server }: Pick<Instance, 'pid'>): Promise<CpuUsed> {
  const below = (await processTree(server)).filter((pid) => pid !== server);
  return {
    server: await cpuMicroseconds(server),
    postgres: (await Promise.all(below.map(cpuMicroseconds))).reduce((sum, each) => sum + each, 0),
  };
}

/** Of all threads of a process since it began. */
async function cpuMicroseconds(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const used = threads.map(async (thread) => {
    // A thread that ended meanwhile has no files any more.
    const line = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0');
    return Number(line.split(' ')[0]) / 1000;
  });
  return (await Promise.all(used)).reduce((sum, each) => sum + each, 0);
}
