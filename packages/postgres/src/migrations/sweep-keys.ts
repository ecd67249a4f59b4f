import type { ProjectDatabase } from '../session/call.ts';

/** Rows of one statement: it takes milliseconds and holds nobody up. */
const MAX_SWEPT = 10_000;
/** Statements of one sweep; what is left goes with the next. */
const MAX_STATEMENTS = 20;
const TIMEOUT_MS = 10_000;

/** Where answers of keyed requests are kept, and whose they are: the data API's, and those of suites. */
const SWEEPS = [
  { role: 'events_owner', sweep: 'ashlar.sweep_keys' },
  { role: 'suites_owner', sweep: 'suites.sweep_answers' },
] as const;

/**
 * Forgets idempotency keys older than a day, a bounded number of them. Due every hour.
 *
 * @returns How many were forgotten.
 */
export async function sweepKeys(database: ProjectDatabase): Promise<number> {
  let swept = 0;
  for (const { role, sweep } of SWEEPS) {
    for (let statements = 1; statements <= MAX_STATEMENTS; statements += 1) {
      const rows = await sweepOnce(database, role, sweep);
      swept += rows;
      if (rows < MAX_SWEPT) break;
    }
  }
  return swept;
}

function sweepOnce(database: ProjectDatabase, role: string, sweep: string): Promise<number> {
  return database.transaction({ login: 'platform', role, statementTimeoutMs: TIMEOUT_MS }, async (tx) => {
    const { rows: found } = await tx.query<{ is: boolean }>('select to_regprocedure($1) is not null as "is"', [
      `${sweep}(integer)`,
    ]);
    if (found[0]?.is !== true) return 0;
    // bigint comes as text.
    const { rows } = await tx.query<{ swept: string }>(`select ${sweep}($1) as swept`, [MAX_SWEPT]);
    return Number(rows[0]?.swept ?? 0);
  });
}
