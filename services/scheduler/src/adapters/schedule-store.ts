import type { Project } from '@ashlar/service';
import { DatabaseError, type Pool } from 'pg';
import { addJobs } from '../add-jobs.ts';
import { readSchedules, syncSchedules } from '../application/sync-schedules.ts';
import type { ScheduleDefinition } from '../domain/schedule-definition.ts';
import type { ScheduleRequest } from '../domain/schedule-request.ts';
import { scheduledJob } from '../domain/scheduled-job.ts';
import { schedulerErrors } from '../scheduler-errors.ts';

/** A schedule and what the clock knows of it. */
export interface KnownSchedule extends ScheduleDefinition {
  readonly nextAt: Date | null;
  readonly lastAt: Date | null;
  readonly error: string | null;
}

/** The schedules of one project. They are kept in its own database, so that SQL and this API speak of the same. */
export interface ScheduleStore {
  list(project: Project): Promise<readonly KnownSchedule[]>;
  find(project: Project, name: string): Promise<KnownSchedule>;
  /** Makes it, or gives it another content. @param role Of the caller, as whose it runs. */
  put(project: Project, role: string, name: string, request: ScheduleRequest): Promise<KnownSchedule>;
  setActive(project: Project, role: string, name: string, active: boolean): Promise<KnownSchedule>;
  remove(project: Project, role: string, name: string): Promise<void>;
  /** @returns The id of the job. */
  runNow(project: Project, name: string): Promise<string>;
}

const REFUSED_STATE = '22023';
const LIMIT_STATE = '54000';

export function createScheduleStore(opened: () => Promise<Pool>, now: () => Date): ScheduleStore {
  async function list(project: Project): Promise<readonly KnownSchedule[]> {
    const [definitions, pool] = await Promise.all([readSchedules(project), opened()]);
    const { rows } = await pool.query<{
      name: string;
      next_at: Date | null;
      last_at: Date | null;
      error: string | null;
    }>('select name, next_at, last_at, error from scheduler.schedules where project = $1', [project.ref]);
    const known = new Map(rows.map((row) => [row.name, row]));
    return definitions.map((definition) => {
      const row = known.get(definition.name);
      return { ...definition, nextAt: row?.next_at ?? null, lastAt: row?.last_at ?? null, error: row?.error ?? null };
    });
  }

  async function find(project: Project, name: string): Promise<KnownSchedule> {
    const found = (await list(project)).find((schedule) => schedule.name === name);
    if (found === undefined) throw schedulerErrors.scheduleUnknown({ name: name.slice(0, 200) });
    return found;
  }

  /** A function of schema `jobs`, as the caller; then what it changed is taken over at once. */
  async function change<Answer>(
    project: Project,
    role: string,
    text: string,
    values: readonly unknown[],
  ): Promise<Answer | undefined> {
    try {
      const rows = await project.database.transaction(
        { login: 'authenticator', role },
        async (tx) => (await tx.query<{ answer: Answer }>(text, values)).rows,
      );
      await syncSchedules(await opened(), project, now());
      return rows[0]?.answer;
    } catch (error) {
      if (error instanceof DatabaseError && (error.code === REFUSED_STATE || error.code === LIMIT_STATE)) {
        throw schedulerErrors.invalid({ reason: error.message }, { cause: error });
      }
      throw error;
    }
  }

  return {
    list,
    find,
    async put(project, role, name, request) {
      const { schedule, task, payload, options, timeZone, missed, overlap, active } = request;
      await change(project, role, 'select jobs.schedule($1, $2, $3, $4, $5) as answer', [
        name,
        schedule,
        task,
        JSON.stringify(payload),
        JSON.stringify({ ...options, timeZone, missed, overlap, active }),
      ]);
      return find(project, name);
    },
    async setActive(project, role, name, active) {
      const text = 'select jobs.set_schedule_active($1, $2) as answer';
      if (!(await change<boolean>(project, role, text, [name, active]))) {
        throw schedulerErrors.scheduleUnknown({ name: name.slice(0, 200) });
      }
      return find(project, name);
    },
    async remove(project, role, name) {
      if (!(await change<boolean>(project, role, 'select jobs.unschedule($1) as answer', [name]))) {
        throw schedulerErrors.scheduleUnknown({ name: name.slice(0, 200) });
      }
    },
    async runNow(project, name) {
      const definition = await find(project, name);
      const job = scheduledJob(project.ref, definition, now());
      const there = await addJobs(await opened(), [job]);
      return there.get(job.id) ?? job.id;
    },
  };
}
