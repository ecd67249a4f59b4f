import type { Pool } from 'pg';
import { addJobs } from '../add-jobs.ts';
import type { JobRow, JobState } from '../domain/job-row.ts';
import type { NewJob } from '../domain/new-job.ts';

export interface JobFilter {
  readonly state?: JobState | undefined;
  readonly queue?: string | undefined;
  readonly task?: string | undefined;
  readonly key?: string | undefined;
  readonly schedule?: string | undefined;
  /** Made at this time or later, and before the other. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Jobs older than the one with this place. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface StepRow {
  readonly name: string;
  readonly result: unknown;
  readonly finished_at: Date;
}

export interface QueueRow {
  readonly name: string;
  readonly concurrency: number | null;
  readonly paused: boolean;
  readonly scheduled: number;
  readonly waiting: number;
  readonly running: number;
}

/** The jobs of one project, as its API shows and moves them. Every statement names the project. */
export interface JobStore {
  add(jobs: readonly NewJob[]): Promise<ReadonlyMap<string, string | null>>;
  list(project: string, filter: JobFilter): Promise<readonly JobRow[]>;
  find(project: string, id: string): Promise<JobRow | null>;
  steps(id: string): Promise<readonly StepRow[]>;
  /** @returns The state afterwards, `running` when it was asked to stop; null: there is no such job. */
  cancel(project: string, id: string): Promise<JobState | null>;
  retry(project: string, id: string): Promise<boolean>;
  reschedule(project: string, id: string, runAt: string | null, priority: number | null): Promise<boolean>;
  queues(project: string): Promise<readonly QueueRow[]>;
  setQueue(project: string, name: string, change: QueueChange): Promise<void>;
}

export interface QueueChange {
  /** null: no limit. Absent: as it is. */
  readonly concurrency?: number | null | undefined;
  readonly paused?: boolean | undefined;
}

const FILTERS: readonly (readonly [keyof JobFilter, string])[] = [
  ['state', 'state ='],
  ['queue', 'queue ='],
  ['task', 'task ='],
  ['key', 'key ='],
  ['schedule', 'schedule ='],
  ['from', 'created_at >='],
  ['to', 'created_at <'],
  ['before', 'seq <'],
];

export function createJobStore(opened: () => Promise<Pool>): JobStore {
  return {
    add: async (jobs) => addJobs(await opened(), jobs),
    async list(project, filter) {
      const values: unknown[] = [project];
      const conditions = FILTERS.flatMap(([member, condition]) => {
        const value = filter[member];
        return value === undefined ? [] : [`and ${condition} $${values.push(value)}`];
      });
      const text = `select * from scheduler.jobs where project = $1 ${conditions.join(' ')} order by seq desc limit $${values.push(filter.limit)}`;
      const { rows } = await (await opened()).query<JobRow>(text, values);
      return rows;
    },
    async find(project, id) {
      const { rows } = await (
        await opened()
      ).query<JobRow>('select * from scheduler.jobs where project = $1 and id = $2', [project, id]);
      return rows[0] ?? null;
    },
    async steps(id) {
      const { rows } = await (
        await opened()
      ).query<StepRow>('select name, result, finished_at from scheduler.steps where job_id = $1 order by finished_at', [
        id,
      ]);
      return rows;
    },
    async cancel(project, id) {
      const { rows } = await (
        await opened()
      ).query<{ state: JobState | null }>('select scheduler.cancel($1, $2) as state', [project, id]);
      return rows[0]?.state ?? null;
    },
    async retry(project, id) {
      const { rows } = await (
        await opened()
      ).query<{ done: boolean }>('select scheduler.retry($1, $2) as done', [project, id]);
      return rows[0]?.done === true;
    },
    async reschedule(project, id, runAt, priority) {
      const { rows } = await (
        await opened()
      ).query<{ done: boolean }>('select scheduler.reschedule($1, $2, $3, $4) as done', [project, id, runAt, priority]);
      return rows[0]?.done === true;
    },
    async queues(project) {
      const { rows } = await (await opened()).query<QueueRow>(QUEUES, [project]);
      return rows;
    },
    async setQueue(project, queue, { concurrency, paused }) {
      await (
        await opened()
      ).query(
        `insert into scheduler.queues (project, name, concurrency, paused) values ($1, $2, $3, coalesce($5, false))
         on conflict (project, name) do update set
           concurrency = case when $4 then excluded.concurrency else queues.concurrency end,
           paused = coalesce($5, queues.paused)`,
        [project, queue, concurrency ?? null, concurrency !== undefined, paused ?? null],
      );
      await (await opened()).query(`select pg_notify('ashlar_jobs', '')`);
    },
  };
}

const QUEUES = `
  select coalesce(q.name, j.queue) as name, q.concurrency, coalesce(q.paused, false) as paused,
    coalesce(j.scheduled, 0) as scheduled, coalesce(j.waiting, 0) as waiting, coalesce(j.running, 0) as running
  from (select * from scheduler.queues where project = $1) q
  full join (
    select queue, (count(*) filter (where state = 'scheduled'))::int as scheduled,
      (count(*) filter (where state = 'waiting'))::int as waiting, (count(*) filter (where state = 'running'))::int as running
    from scheduler.jobs where project = $1 and state in ('scheduled', 'waiting', 'running') group by queue
  ) j on j.queue = q.name
  order by 1 limit 1000`;
