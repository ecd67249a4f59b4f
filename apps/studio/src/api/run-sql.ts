import { ApiError } from './api-error.ts';
import { send } from './send.ts';
import type { Caller } from './visibility.ts';

/** Whose eyes a run sees with: one that only reads, the owner of the project, or a role of the API. */
export type SqlView = 'reader' | 'owner' | Caller['role'];

export interface SqlResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** PostgreSQL's own text of each value. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly cut: boolean;
  readonly row_count: number | null;
}

export interface SqlCall {
  readonly sql: string;
  readonly as: SqlView;
  /** Of the token a role of the API would come with. */
  readonly claims?: Caller['claims'];
  readonly explain?: 'plan';
  readonly maxRows?: number;
  readonly signal?: AbortSignal;
}

/** A person has three runs at once; one is left for their other windows. */
const MAX_AT_ONCE = 2;
const MAX_TRIES = 8;
const FIRST_WAIT_MS = 60;
const waiting: (() => void)[] = [];
let running = 0;

/**
 * Runs statements in a project's database, a few runs at a time; the rest wait their turn.
 *
 * @throws {ApiError} What PostgreSQL or the control plane refused.
 */
export async function runSql(ref: string, call: SqlCall): Promise<readonly SqlResult[]> {
  if (running >= MAX_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await runWhenFree(ref, call);
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function runWhenFree(
  ref: string,
  { sql, as, claims, explain, maxRows, signal }: SqlCall,
): Promise<readonly SqlResult[]> {
  const path = `/control/v1/projects/${encodeURIComponent(ref)}/sql`;
  const body = {
    sql,
    as,
    // What somebody else would see is looked at, and whatever looking does is undone.
    ...(claims === undefined ? {} : { claims, rollback: true }),
    ...(explain === undefined ? {} : { explain }),
    ...(maxRows === undefined ? {} : { max_rows: maxRows }),
  };
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      const answer = await send<{ readonly results: readonly SqlResult[] }>(path, {
        method: 'POST',
        body,
        ...(signal === undefined ? {} : { signal }),
      });
      return answer.results;
    } catch (error) {
      // Nothing ran: other windows or people had all places.
      if (!(error instanceof ApiError) || error.code !== 'control.sql_busy' || attempt === MAX_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** attempt));
    }
  }
}
