import { ApiError } from './api-error.ts';
import { send } from './send.ts';

export type SqlView = 'reader' | 'owner' | 'anon' | 'authenticated' | 'service_role';

export interface SqlQuestion {
  /** To cancel it by. */
  readonly id: string;
  readonly sql: string;
  readonly as: SqlView;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly explain: 'plan' | 'analyze' | null;
  /** False: each statement by itself, which some want. */
  readonly transaction?: boolean;
  readonly max_rows: number;
  readonly timeout_ms: number;
}

export interface SqlResult {
  /** `SELECT`, `INSERT`, … */
  readonly command: string;
  readonly row_count: number | null;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** PostgreSQL's own texts. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** There is more than was sent. */
  readonly cut: boolean;
  readonly duration_ms: number;
}

export interface SqlNotice {
  readonly severity: string;
  readonly message: string;
}

export interface SqlError {
  /** Which one, from 0. */
  readonly statement: number;
  readonly sqlstate: string | null;
  readonly message: string;
  readonly detail: string | null;
  readonly hint: string | null;
  /** Of a character in the statement, from 1. */
  readonly position: number | null;
  /** Of the statement in what was sent, in characters from 0. */
  readonly start: number | null;
}

export interface SqlAnswer {
  readonly committed: boolean | null;
  readonly results: readonly SqlResult[];
  readonly notices: readonly SqlNotice[];
}

/** Results up to a failure, with what PostgreSQL said of it; null when the run was refused before it began. */
export function failedRun(error: unknown): (SqlAnswer & { readonly error: SqlError | null }) | null {
  if (!(error instanceof ApiError) || !Array.isArray(error.problem['results'])) return null;
  // What the API documents for a run that failed.
  return error.problem as unknown as SqlAnswer & { readonly error: SqlError | null };
}

/** Free SQL in the database of a project. */
export const sqlConsole = {
  run: (ref: string, question: SqlQuestion) =>
    send<SqlAnswer>(`/control/v1/projects/${encodeURIComponent(ref)}/sql`, { method: 'POST', body: question }),
  cancel: (ref: string, id: string) =>
    send(`/control/v1/projects/${encodeURIComponent(ref)}/sql/${id}`, { method: 'DELETE' }),
};
