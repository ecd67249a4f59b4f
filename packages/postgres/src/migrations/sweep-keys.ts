import type { ProjectDatabase } from '../session/call.ts';

/** Rows of one statement: it takes milliseconds and holds nobody up. */
const MAX_SWEPT = 10_000;
/** Statements of one sweep; what is left goes with the next. */
const MAX_STATEMENTS = 20;
const TIMEOUT_MS = 10_000;

/**
 * Forgets idempotency keys older than a day, a bounded number of them. Due every hour.
 *
 * @returns How many were forgotten.
 */
export async function sweepKeys(database: ProjectDatabase): Promise<number> {
  let swept = 0;
  for (let statements = 1; statements <= MAX_STATEMENTS; statements += 1) {
    const rows = await sweepOnce(database);
    swept += rows;
    if (rows < MAX_SWEPT) break;
  }
  return swept;
}

function sweepOnce(database: ProjectDatabase): Promise<number> {
  return database.transaction(
    { login: 'platform', role: 'events_owner', statementTimeoutMs: TIMEOUT_MS },
    async (tx) => {
      // bigint comes as text.
      const { rows } = await tx.query<{ swept: string }>('select ashlar.sweep_keys($1) as swept', [MAX_SWEPT]);
      return Number(rows[0]?.swept ?? 0);
    },
  );
}
