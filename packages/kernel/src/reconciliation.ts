import { type Kysely, sql } from 'kysely';
import { z } from 'zod';

/** What a report names at most of each kind of drift. */
const MAX_DRIFTS = 100;

/** What something says, against what it is made of. */
export interface Drift {
  readonly check: string;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
}

export const Drift: z.ZodType<Drift, Drift> = z.object({
  check: z.string(),
  subject: z.string(),
  expected: z.string(),
  found: z.string(),
});

/** SQL by what holds: each statement answers `subject`, `expected` and `found`, as texts, of whatever differs. */
export type Checks = Readonly<Record<string, string>>;

/** Every drift these checks find in the rows of this organisation, at most a hundred of each; none is expected. */
export async function findDrifts<Tables>(db: Kysely<Tables>, checks: Checks): Promise<Drift[]> {
  const drifts: Drift[] = [];
  for (const [check, query] of Object.entries(checks)) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction is one connection.
    const { rows } = await sql<Omit<Drift, 'check'>>`${sql.raw(query)} limit ${MAX_DRIFTS}`.execute(db);
    drifts.push(...rows.map((row) => ({ check, ...row })));
  }
  return drifts;
}

/** For a schedule: what somebody should look at, or null when all is well. */
export function alarmOfDrifts({ drifts }: { readonly drifts: readonly Drift[] }): string | null {
  const [first] = drifts;
  return first === undefined ? null : `${drifts.length} drifts, the first: ${first.check} (${first.subject})`;
}
