import type { DatabaseTarget, ProjectDatabase } from '@ashlar/postgres';
import { JobRejection, type JobRun, type Projects, type Task } from '@ashlar/service';
import { DatabaseError, escapeIdentifier, type Client, type QueryResult } from 'pg';
import { withProjectConnection } from '../adapters/project-connection.ts';
import { RunDetails } from '../adapters/run-details.ts';
import { SqlPayload, type FunctionPayload, type SqlRole } from '../domain/job-request.ts';

const ROLES: readonly SqlRole[] = ['anon', 'authenticated', 'service_role', 'postgres'];
const MAX_STATEMENT_MS = 3_600_000;
const MAX_ROWS = 100;
/** Class of errors of the statement itself, or of rights: another attempt ends alike. */
const WRONG_STATEMENT = '42';

export interface SqlTaskParts {
  readonly projects: Projects;
  /** Where a project's database is, with its logins; null: the project is gone. */
  readonly targetOf: (ref: string) => Promise<DatabaseTarget | null>;
}

/** Calls a function, or runs a command, in the project's database as a role the job's maker could have become. */
export function sqlTask({ projects, targetOf }: SqlTaskParts): Task {
  return {
    name: 'sql',
    async run(payload, run) {
      const wanted = SqlPayload.parse(payload);
      const role = roleOf(wanted.role, run.authority);
      const [project, target] = await Promise.all([projects.wake(run.project), targetOf(run.project)]);
      if (project === undefined || target === null) throw new JobRejection('The project is gone');
      const terms = { role, statementTimeoutMs: MAX_STATEMENT_MS, signal: run.signal };
      const work = (client: Client): Promise<QueryResult> => {
        if ('function' in wanted) return callFunction(client, wanted);
        if (role === 'postgres' || role === 'service_role') return client.query(wanted.command);
        // The login may become other API roles, and a command could say so.
        throw new JobRejection(`Commands run as service_role or postgres; as ${role} a function can be called`);
      };
      try {
        return await recorded(project.database, run, wanted, role, () =>
          withProjectConnection(target, terms, async (client) => resultOf(await work(client))),
        );
      } catch (error) {
        const isWrong = error instanceof DatabaseError && error.code?.startsWith(WRONG_STATEMENT) === true;
        throw isWrong ? new JobRejection(error.message) : error;
      }
    },
  };
}

function roleOf(wanted: SqlRole | undefined, authority: string): SqlRole {
  const most = ROLES.findIndex((role) => role === authority);
  const role = wanted ?? ROLES[most] ?? 'anon';
  if (ROLES.indexOf(role) > most) throw new JobRejection(`A job that ${authority} asked for cannot run as ${role}`);
  return role;
}

/** Values go as text and PostgreSQL reads them as the types the function declares; objects and lists go as JSON. */
async function callFunction(client: Client, { function: called, arguments: given, claims }: FunctionPayload) {
  const name = (called.includes('.') ? called : `public.${called}`).split('.').map(escapeIdentifier).join('.');
  const names = Object.keys(given);
  const list = names.map((argument, index) => `${escapeIdentifier(argument)} => $${index + 1}`).join(', ');
  const values = names.map((argument) => valueOf(given[argument]));
  await client.query('begin');
  if (claims !== undefined) {
    await client.query(`select pg_catalog.set_config('request.jwt.claims', $1, true)`, [JSON.stringify(claims)]);
  }
  const result = await client.query(`select * from ${name}(${list}) limit ${MAX_ROWS}`, values);
  await client.query('commit');
  return result;
}

function valueOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Several statements give several results; the last one counts. */
function resultOf(result: QueryResult | readonly QueryResult[]): Record<string, unknown> {
  const last = Array.isArray(result) ? result.at(-1) : (result as QueryResult);
  const rows: unknown[] = (last?.rows ?? []).slice(0, MAX_ROWS);
  const shown = { command: last?.command ?? '', rowCount: last?.rowCount ?? 0 };
  return JSON.stringify(rows).length > 32_768 ? { ...shown, rows: null } : { ...shown, rows };
}

/** Runs of schedules stand in `cron.job_run_details`. */
async function recorded<Result extends Record<string, unknown>>(
  database: ProjectDatabase,
  run: JobRun,
  payload: SqlPayload,
  role: SqlRole,
  work: () => Promise<Result>,
): Promise<Result> {
  if (run.schedule === null) return work();
  const command = 'command' in payload ? payload.command : payload.function;
  const details = new RunDetails(database, run);
  await details.begin(run.schedule.name, role, command);
  try {
    const result = await work();
    await details.end('succeeded', `${String(result['command'])} ${String(result['rowCount'])}`);
    return result;
  } catch (error) {
    await details.end('failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
}
