import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEmbeddedCluster } from '@ashlar/postgres';
import { createScheduler, type Scheduler } from '@ashlar/scheduler';
import type { Job } from '@ashlar/service';
import { ignoreObservations as observe } from '@ashlar/telemetry';

const JOBS = 20_000;
const PER_ADD = 200;
const RUNS = 3;
const SINGLE_JOBS = 200;

export interface JobFigures {
  /** From the first that is added until the last has run, its addition and its end committed like all others'. */
  readonly jobsPerSecond: number;
  /** From before a single job is added, with its commit, until it begins. */
  readonly startP50Ms: number;
}

/** Jobs of one project that do nothing, in one process; history is kept. */
export async function measureJobs(): Promise<JobFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-bench-jobs-'));
  // As root the server runs as nobody, who has to pass through.
  await chmod(folder, 0o755);
  const passwords = { superuserPassword: 'bench', platformPassword: 'bench' };
  const cluster = await openEmbeddedCluster({ dataDir: folder, ...passwords, port: 0, observe });
  const scheduler = createScheduler({ cluster, observe });
  try {
    return await measureWith(scheduler);
  } finally {
    await scheduler.close();
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureWith({ queue, start }: Scheduler): Promise<JobFigures> {
  let began: ((at: unknown) => void) | null = null;
  start([{ name: 'nothing', run: async (payload) => began?.((payload as { readonly at?: number }).at) }]);

  const rates: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const { promise, resolve } = Promise.withResolvers<void>();
    let left = JOBS;
    began = () => {
      left -= 1;
      if (left === 0) resolve();
    };
    const startedAt = performance.now();
    for (let from = 0; from < JOBS; from += PER_ADD) {
      await queue.add(Array.from({ length: PER_ADD }, (_, index) => job(`${run}-${from + index}`, {})));
    }
    await promise;
    rates.push((JOBS / (performance.now() - startedAt)) * 1_000);
  }

  const delays: number[] = [];
  began = (at) => delays.push(performance.now() - Number(at));
  for (let index = 0; index < SINGLE_JOBS; index += 1) {
    await queue.add([job(`single-${index}`, { at: performance.now() })]);
    await sleep(10);
  }
  await sleep(500);
  return { jobsPerSecond: median(rates), startP50Ms: median(delays) };
}

function job(key: string, payload: Job['payload']): Job {
  return { task: 'nothing', key, repeat: 'keep', project: 'bench', payload };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
