import type { ProjectDatabase } from '@ashlar/postgres';
import type { JobRun } from '@ashlar/service';
import { schedulerSchema } from '../scheduler-schema.ts';

const MAX_CHARACTERS = 4_000;

/** One run in `jobs.run_details` of the project's database. */
export class RunDetails {
  readonly #database: ProjectDatabase;
  readonly #run: JobRun;

  constructor(database: ProjectDatabase, run: JobRun) {
    this.#database = database;
    this.#run = run;
  }

  async begin(schedule: string, role: string, command: string): Promise<void> {
    const { id, attempt } = this.#run;
    await this.#write(
      `with old as (
         delete from jobs.run_details where runid in (
           select runid from jobs.run_details where start_time < now() - interval '7 days' limit 1000)
       ), lost as (
         update jobs.run_details set status = 'failed', end_time = now(), return_message = 'its process ended without a word'
         where job_id = $1 and status = 'running'
       )
       insert into jobs.run_details (job_id, attempt, schedule_id, username, command, status)
       select $1, $2, s.id, $4, left($5, ${MAX_CHARACTERS}), 'running' from jobs.schedules s where s.name = $3
       on conflict (job_id, attempt) do nothing`,
      [id, attempt, schedule, role, command],
    );
  }

  async end(status: 'succeeded' | 'failed', message: string): Promise<void> {
    const { id, attempt } = this.#run;
    await this.#write(
      `update jobs.run_details set status = $3, return_message = left($4, ${MAX_CHARACTERS}), end_time = now()
       where job_id = $1 and attempt = $2`,
      [id, attempt, status, message],
    );
  }

  async #write(text: string, values: readonly unknown[]): Promise<void> {
    // Nobody but the scheduler can put code on this table.
    const terms = { login: 'platform', role: schedulerSchema.owner } as const;
    await this.#database.transaction(terms, (tx) => tx.query(text, values));
  }
}
