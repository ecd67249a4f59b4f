import { AshlarError, commonErrors, type Suite, type SuiteSchedule } from '@ashlar/kernel';
import type { ProjectDatabase } from '@ashlar/postgres';
import { JobRejection, type JobRun, type Projects, type Task } from '@ashlar/service';
import { z } from 'zod';
import { isFinalRefusal } from '../problem/is-final-refusal.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';

/** What `jobs.set_suite_schedules` writes. */
const Payload = z.strictObject({ suite: z.string(), schedule: z.string() });

const TASK = 'suite.schedule';
const PAGE = 200;
/** Sentences of alarms a job shows; how many there are it says as well. */
const MAX_ALARMS = 10;
const MAX_ALARM_CHARACTERS = 150;

const ORGANISATIONS = `
  select o.id from auth.organisations o
  where o.status = 'active' and o.id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')
    and exists (select from suites.installed i where i.name = $1 and i.removed_at is null)
  order by o.id limit ${PAGE}`;

/**
 * The jobs of all suites' schedules: the use case once for each active organisation, as the platform itself. Attempts
 * of one job share its key, so what an earlier one did is not done again. A project without the suite does nothing.
 */
export function scheduleTask(useCases: UseCases, projects: Projects): Task {
  return {
    name: TASK,
    async run(payload, run) {
      const { suite, schedule } = chosen(useCases.suites, payload);
      const project = await projects.wake(run.project);
      if (project === undefined) throw new JobRejection('The project is gone');
      let count = 0;
      const alarms: string[] = [];
      const faults: unknown[] = [];
      for await (const org of organisations(project.database, suite)) {
        run.signal.throwIfAborted();
        count += 1;
        try {
          const output = await runFor(org, { suite, schedule, useCases, database: project.database, run });
          const alarm = schedule.alarm?.(output) ?? null;
          if (alarm !== null) alarms.push(`${org}: ${alarm}`.slice(0, MAX_ALARM_CHARACTERS));
        } catch (error) {
          if (isRemoved(error)) return { organisations: 0 };
          if (isFinalRefusal(error))
            alarms.push(`${org}: ${error.code}: ${error.message}`.slice(0, MAX_ALARM_CHARACTERS));
          else faults.push(error);
        }
      }
      // Tried again with the next attempt, once the others have had theirs.
      if (faults.length > 0) throw faults[0];
      if (alarms.length > 0) throw new JobRejection(describe(alarms, count));
      return { organisations: count };
    },
  };
}

function chosen(suites: readonly Suite[], payload: unknown): { suite: Suite; schedule: SuiteSchedule } {
  const parsed = Payload.safeParse(payload);
  if (!parsed.success) throw new JobRejection('The job was told something else than a schedule of a suite');
  const suite = suites.find(({ name }) => name === parsed.data.suite);
  const schedule = suite?.schedules.find(({ name }) => name === parsed.data.schedule);
  if (suite === undefined || schedule === undefined) {
    throw new JobRejection(`This version of the program has no schedule ${parsed.data.schedule}`);
  }
  return { suite, schedule };
}

/** Active organisations in the order of their ids; none where the suite is not. */
async function* organisations(database: ProjectDatabase, suite: Suite): AsyncGenerator<string> {
  const terms = { login: 'platform', role: 'suites_owner', settings: [['search_path', '']], readOnly: true } as const;
  let after: string | null = null;
  for (;;) {
    const seen: string | null = after;
    const rows: readonly { readonly id: string }[] = await database.transaction(
      terms,
      async (tx) => (await tx.query<{ id: string }>(ORGANISATIONS, [suite.name, seen])).rows,
    );
    yield* rows.map(({ id }) => id);
    after = rows.at(-1)?.id ?? null;
    if (rows.length < PAGE) return;
  }
}

interface RunParts {
  readonly suite: Suite;
  readonly schedule: SuiteSchedule;
  readonly useCases: UseCases;
  readonly database: ProjectDatabase;
  readonly run: JobRun;
}

async function runFor(orgId: string, { suite, schedule, useCases, database, run }: RunParts): Promise<unknown> {
  const { output } = await useCases.invoke(schedule.useCase.name, schedule.input, {
    database,
    caller: { role: suite.name, claims: {} },
    via: 'schedule',
    requestId: run.id,
    orgId,
    idempotencyKey: `schedule:${run.id}:${orgId}`,
    signal: run.signal,
    trusted: true,
  });
  return output;
}

function isRemoved(error: unknown): boolean {
  return error instanceof AshlarError && error.code === commonErrors.suiteNotInstalled.code;
}

function describe(alarms: readonly string[], all: number): string {
  const head = `${alarms.length} of ${all} organisations need a look`;
  return [head, ...alarms.slice(0, MAX_ALARMS)].join('\n');
}
