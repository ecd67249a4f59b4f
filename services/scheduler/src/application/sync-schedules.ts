import type { Project } from '@ashlar/service';
import type { Pool, PoolClient } from 'pg';
import { readTimetable } from '../domain/cron.ts';
import type { ScheduleDefinition } from '../domain/schedule-definition.ts';
import { schedulerSchema } from '../scheduler-schema.ts';

export const SCHEDULE_CHANGED = 'scheduler.schedule.changed';

const READ = `
  select id, name, schedule, time_zone as "timeZone", task, payload, options, missed, overlap, active, authority
  from jobs.schedules order by name limit 1000`;

/** The project's schedules, by name. */
export async function readSchedules({ database }: Pick<Project, 'database'>): Promise<readonly ScheduleDefinition[]> {
  // Nobody but the scheduler can put code on these tables.
  const terms = { login: 'platform', role: schedulerSchema.owner, readOnly: true } as const;
  return database.transaction(
    terms,
    async (tx) => (await tx.query<ScheduleDefinition & Record<string, unknown>>(READ)).rows,
  );
}

/**
 * Takes over what the project's database says of its schedules; when a changed one is due next is counted from now.
 * Those that take over at the same time wait for each other, so that an older state never follows a newer one.
 */
export async function syncSchedules(pool: Pool, project: Pick<Project, 'ref' | 'database'>, now: Date): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtextextended('schedules ' || $1, 0))`, [project.ref]);
    const definitions = await readSchedules(project);
    const changed = await changedOnes(client, project.ref, definitions);
    for (const definition of changed) await write(client, project.ref, definition, now);
    const { rowCount } = await client.query(
      'delete from scheduler.schedules where project = $1 and name <> all ($2::text[])',
      [project.ref, definitions.map(({ name }) => name)],
    );
    if (changed.length > 0 || (rowCount ?? 0) > 0) await client.query(`select pg_notify('ashlar_jobs', 'schedules')`);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function changedOnes(
  client: PoolClient,
  ref: string,
  definitions: readonly ScheduleDefinition[],
): Promise<readonly ScheduleDefinition[]> {
  const { rows } = await client.query<{ name: string }>(
    `select d ->> 'name' as name from jsonb_array_elements($2::jsonb) d
     where not exists (
       select from scheduler.schedules s where s.project = $1 and s.name = d ->> 'name' and s.definition = d)`,
    [ref, JSON.stringify(definitions)],
  );
  const names = new Set(rows.map(({ name }) => name));
  return definitions.filter(({ name }) => names.has(name));
}

async function write(client: PoolClient, ref: string, definition: ScheduleDefinition, now: Date): Promise<void> {
  const { next, error } = nextOf(definition, now);
  await client.query(
    `insert into scheduler.schedules (project, name, definition, next_at, error) values ($1, $2, $3, $4, $5)
     on conflict (project, name) do update
     set definition = excluded.definition, next_at = excluded.next_at, error = excluded.error`,
    [ref, definition.name, JSON.stringify(definition), next, error],
  );
}

function nextOf(
  definition: ScheduleDefinition,
  now: Date,
): { readonly next: Date | null; readonly error: string | null } {
  if (!definition.active) return { next: null, error: null };
  try {
    const next = readTimetable(definition.schedule, definition.timeZone).next(now);
    return { next, error: next === null ? 'It is never due' : null };
  } catch (error) {
    return { next: null, error: error instanceof Error ? error.message : String(error) };
  }
}
