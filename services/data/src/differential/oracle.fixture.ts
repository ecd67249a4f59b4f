import type { DataApp } from '../data-app.fixture.ts';
import type { AskingCaller } from './world.fixture.ts';

export type Told<Value> = Value | { readonly code: string };

function preamble({ role, sub }: AskingCaller): string {
  const claims = JSON.stringify({ role, ...(sub === '' ? {} : { sub }) });
  return `select set_config('request.jwt.claims', '${claims}', true), set_config('search_path', 'public', true); set local role ${role}`;
}

/** The one text of each statement as PostgreSQL answers the same caller, undone afterwards. */
export async function askPostgres(
  { project: { admin } }: DataApp,
  caller: AskingCaller,
  ...statements: readonly string[]
): Promise<Told<readonly string[]>> {
  return undone(
    admin,
    `begin read only; ${preamble(caller)}; ${statements.map((sql) => `select (${sql})::text`).join('; ')}`,
    (results) => results.slice(-statements.length).map(({ rows }) => rows[0]?.[0] ?? ''),
  );
}

export interface WrittenBySql {
  /** Of each statement. */
  readonly affected: readonly number[];
  /** JSON of the rows each returned; null where none are asked for. */
  readonly rows: readonly (string | null)[];
  readonly state: string;
}

/**
 * What statements, one after the other, change and return for the same caller, undone afterwards.
 *
 * @param isReturning Each answers with one row: the rows as JSON, and their number.
 */
export async function writeInPostgres(
  { project: { admin } }: DataApp,
  caller: AskingCaller,
  statements: readonly string[],
  isReturning: boolean,
  stateSql: string,
): Promise<Told<WrittenBySql>> {
  const text = `begin; ${preamble(caller)}; ${statements.join('; ')}; reset role; set constraints all immediate; ${stateSql}`;
  return undone(admin, text, (results) => {
    const written = results.slice(-3 - statements.length, -3);
    return {
      affected: written.map(({ rows, rowCount }) => Number(isReturning ? rows[0]?.[1] : rowCount)),
      rows: written.map(({ rows }) => (isReturning ? (rows[0]?.[0] ?? null) : null)),
      state: results.at(-1)?.rows[0]?.[0] ?? '',
    };
  });
}

interface Result {
  /** Every value as PostgreSQL's text: the parser of all types leaves it as it is. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly rowCount: number | null;
}

async function undone<Value>(
  admin: DataApp['project']['admin'],
  text: string,
  read: (results: readonly Result[]) => Value,
): Promise<Told<Value>> {
  try {
    const results: unknown = await admin.query({ text, rowMode: 'array', types: { getTypeParser: () => String } });
    // Several statements in one text give several results, which the driver's types do not know.
    return read(results as readonly Result[]);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { code: String(error.code) };
    throw error;
  } finally {
    await admin.query('rollback');
  }
}

/** Published status of the SQLSTATEs random requests meet, by what the caller is. */
export function statusOf(code: string, { role }: AskingCaller): number {
  if (code === '42501') return role === 'anon' ? 401 : 403;
  if (code === '23503' || code === '23505') return 409;
  if (code === '42883' || code === '42P01') return 404;
  return code === '21000' ? 500 : 400;
}
