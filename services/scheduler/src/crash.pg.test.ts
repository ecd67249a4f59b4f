import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEmbeddedCluster, type EmbeddedCluster } from '@ashlar/postgres';
import { createTestProject, proofSize, type TestProject } from '@ashlar/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_HEARTBEAT } from './heartbeat.ts';
import { createScheduler } from './create-scheduler.ts';
import type { WorkTerms } from './fixtures/work.ts';
import { jobsSchema } from './scheduler-schema.ts';

const JOBS = proofSize('jobs', { short: 200, full: 20_000 });
const KILL_EVERY_MS = proofSize('jobs', { short: 1_500, full: 5_000 });
const LEAST_KILLS = proofSize('jobs', { short: 3, full: 12 });
const IS_FULL = JOBS === 20_000;
const PER_TRANSACTION = 20;
const PATIENCE_MS = proofSize('jobs', { short: 100_000, full: 1_800_000 });
const KINDS = ['ok', 'fail_then_ok', 'always_fail', 'slow', 'steps', 'ok', 'ok', 'ok', 'ok', 'ok'] as const;
const FAILING_ATTEMPTS = 3;

let folder: string;
let cluster: EmbeddedCluster;
let project: TestProject;
let control: Client;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ashlar-jobs-'));
  // As root the server runs as nobody, who has to pass through.
  chmodSync(folder, 0o755);
  cluster = await openEmbeddedCluster({
    dataDir: folder,
    superuserPassword: 'superuser',
    platformPassword: 'platform',
    port: 0,
    observe: () => undefined,
  });
  project = await createTestProject({ cluster, owners: [jobsSchema] });
  const scheduler = createScheduler({ cluster, observe: () => undefined });
  await scheduler.pool();
  await scheduler.close();
  control = new Client(cluster.admin(cluster.control.database));
  await control.connect();
  await control.query(`
    create table public.effects (n integer, what text, at timestamptz default clock_timestamp());
    grant insert on public.effects to scheduler_owner`);
});
afterAll(async () => {
  await Promise.all(children.map(kill));
  await control?.end();
  await project?.close();
  await cluster?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startWorker(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('fixtures/work.ts', import.meta.url));
  const { services, ...target } = project.target;
  const heartbeat = IS_FULL ? DEFAULT_HEARTBEAT : { everyMs: 500, silentSeconds: 3 };
  const terms: WorkTerms = { address: cluster.address, target, services: [...(services ?? [])], heartbeat };
  const child = spawn(process.execPath, [script, JSON.stringify(terms)], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout?.resume();
  children.push(child);
  await delay(0);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Asks for the jobs in transactions, of which every third is undone; returns how many were asked for in all. */
async function enqueueAll(): Promise<ReadonlyMap<number, string>> {
  const committed = new Map<number, string>();
  for (let from = 0, round = 0; committed.size < JOBS; from += PER_TRANSACTION, round += 1) {
    const numbers = Array.from({ length: PER_TRANSACTION }, (_, index) => from + index);
    const isUndone = round % 3 === 2;
    const kindOf = (n: number): string => KINDS[n % KINDS.length] ?? 'ok';
    const rows = numbers.map((n) => ({
      n,
      kind: kindOf(n),
      attempts: kindOf(n) === 'always_fail' ? FAILING_ATTEMPTS : 30,
    }));
    await project.admin.query('begin');
    await project.admin.query(
      `select jobs.enqueue('sql', jsonb_build_object('function', kind, 'arguments', jsonb_build_object('n', n)),
         jsonb_build_object('maxAttempts', attempts, 'backoffSeconds', 0.2))
       from jsonb_to_recordset($1) as r (n integer, kind text, attempts integer)`,
      [JSON.stringify(rows)],
    );
    await project.admin.query(isUndone ? 'rollback' : 'commit');
    if (!isUndone) for (const n of numbers) committed.set(n, kindOf(n));
    await delay(5);
  }
  return committed;
}

interface Found {
  readonly n: number;
  readonly kind: string;
  readonly state: string;
  readonly attempts: number;
  readonly done: number;
  readonly repeated: number;
}

const ENDED = `
  select count(*)::int as count from scheduler.jobs where state in ('succeeded', 'failed')`;
const FOUND = `
  select (j.payload -> 'arguments' ->> 'n')::int as n, j.payload ->> 'function' as kind, j.state, j.attempts,
    (select count(*) from public.effects e where e.n = (j.payload -> 'arguments' ->> 'n')::int and e.what = 'done')::int as done,
    (select count(*) from scheduler.steps s join public.effects e
       on e.n = (j.payload -> 'arguments' ->> 'n')::int and e.what = s.name and e.at > s.finished_at
     where s.job_id = j.id)::int as repeated
  from scheduler.jobs j`;

test(
  'workers are killed again and again, and every job that was committed ends as it should',
  { timeout: PATIENCE_MS + 60_000 },
  async () => {
    await control.query('create index on public.effects (n)');
    let workers = await Promise.all([startWorker(), startWorker()]);
    // A consumer that is new hears what is emitted from when it was first served on.
    await expect
      .poll(async () => (await project.sql('select from events.consumers')).length, { timeout: 60_000 })
      .toBeGreaterThan(0);
    const startedAt = performance.now();
    const enqueuing = enqueueAll();
    let total = Infinity;
    void enqueuing.then((committed) => (total = committed.size));
    let kills = 0;
    for (;;) {
      const isCalm = !IS_FULL && kills >= LEAST_KILLS;
      await delay(isCalm ? 100 : KILL_EVERY_MS);
      const { rows } = await control.query<{ count: number }>(ENDED);
      if ((rows[0]?.count ?? 0) >= total && kills >= LEAST_KILLS) break;
      if (performance.now() - startedAt > PATIENCE_MS)
        throw new Error(`Only ${rows[0]?.count} of ${total} jobs have ended`);
      if (isCalm) continue;
      const [oldest, other] = workers;
      if (oldest === undefined || other === undefined) throw new Error('There are two workers');
      await kill(oldest);
      workers = [other, await startWorker()];
      kills += 1;
    }
    const committed = await enqueuing;
    const { rows: found } = await control.query<Found>(FOUND);
    expect(found.map(({ n }) => n).toSorted((a, b) => a - b)).toEqual([...committed.keys()].toSorted((a, b) => a - b));
    const wrong = found.filter(({ kind, state, done, attempts }) =>
      kind === 'always_fail'
        ? state !== 'failed' || done > 0 || attempts !== FAILING_ATTEMPTS
        : state !== 'succeeded' || done < 1,
    );
    expect(wrong).toEqual([]);
    expect(found.filter(({ repeated }) => repeated > 0)).toEqual([]);
    const twice = found.filter(({ done }) => done > 1).length;
    if (IS_FULL)
      console.log({ jobs: committed.size, kills, doneTwice: twice, seconds: (performance.now() - startedAt) / 1_000 });
    // Only what was under way when a worker was killed can have been done twice.
    expect(twice).toBeLessThanOrEqual(kills * 60);
  },
);
