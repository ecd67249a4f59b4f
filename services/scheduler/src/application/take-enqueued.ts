import type { DomainEvent } from '@ashlar/kernel';
import type { Pool } from 'pg';
import { addJobs } from '../add-jobs.ts';
import { JobRequest, requestedJob } from '../domain/job-request.ts';
import type { NewJob } from '../domain/new-job.ts';

export const ENQUEUED = 'scheduler.job.enqueued';

interface Refused {
  readonly id: string;
  readonly task: string;
  readonly reason: string;
}

/**
 * Makes jobs of what transactions of a project have asked for: each event exactly once, however often it is delivered.
 * What is no valid job becomes one that has failed, so that whoever asked for it finds out why.
 */
export async function takeEnqueued(pool: Pool, project: string, events: readonly DomainEvent[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<{ event_id: string }>(
      `insert into scheduler.taken_events (event_id) select unnest($1::uuid[]) order by 1 on conflict do nothing returning event_id`,
      [events.map(({ id }) => id)],
    );
    const fresh = new Set(rows.map(({ event_id: id }) => id));
    const jobs: NewJob[] = [];
    const refused: Refused[] = [];
    for (const event of events.filter(({ id }) => fresh.has(id))) {
      const read = readEvent(event, project);
      if ('reason' in read) refused.push(read);
      else jobs.push(read);
    }
    await addJobs(client, jobs);
    await addRefused(client, project, refused);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

function readEvent({ id, time, data }: DomainEvent, project: string): NewJob | Refused {
  const { task, payload, options, authority } = data;
  const read = JobRequest.safeParse({ ...(typeof options === 'object' ? options : {}), task, payload });
  if (read.success) {
    return requestedJob(read.data, { id, project, authority: String(authority), now: new Date(time) });
  }
  const [issue] = read.error.issues;
  return { id, task: String(task), reason: `The job is not valid: ${issue?.path.join('.')}: ${issue?.message}` };
}

async function addRefused(
  client: { query: Pool['query'] },
  project: string,
  refused: readonly Refused[],
): Promise<void> {
  if (refused.length === 0) return;
  await client.query(
    `insert into scheduler.jobs (id, project, queue, task, state, max_attempts, backoff_ms, timeout_ms, errors, finished_at)
     select id, $1, 'default', task, 'failed', 1, 1000, 1000,
       jsonb_build_array(jsonb_build_object('attempt', 0, 'at', now(), 'message', reason)), now()
     from jsonb_to_recordset($2) as r (id uuid, task text, reason text) on conflict do nothing`,
    [project, JSON.stringify(refused)],
  );
}
