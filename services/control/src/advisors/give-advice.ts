import { asOwner, type OwnedDatabase } from '../meta/owned-database.ts';
import type { Advice, Advisor } from './advice.ts';
import { performanceAdvisors } from './performance-advisors.ts';
import { securityAdvisors } from './security-advisors.ts';

export const advisors: readonly Advisor[] = [...securityAdvisors, ...performanceAdvisors];

const TIMEOUT_MS = 30_000;
/** Of one advisor. */
const MAX_FINDINGS = 500;
const ORDER = { error: 0, warning: 1, hint: 2 } as const;

/**
 * What the advisors find in a project's database, the gravest first.
 *
 * @param exposed Schemas the API exposes.
 */
export async function giveAdvice(owned: OwnedDatabase, exposed: readonly string[]): Promise<readonly Advice[]> {
  const options = asOwner(owned, { readOnly: true, isolation: 'repeatable read', statementTimeoutMs: TIMEOUT_MS });
  return owned.database.transaction(options, async (tx) => {
    const found: Advice[] = [];
    for (const { sql, ...advisor } of advisors) {
      const { rows } = await tx.query<{ object: string; detail: string | null }>(
        `select * from (${sql}) f where cardinality($1::text[]) >= 0 order by object, detail limit ${MAX_FINDINGS}`,
        [exposed],
      );
      found.push(...rows.map(({ object, detail }) => ({ ...advisor, object, detail })));
    }
    return found.toSorted((left, right) => ORDER[left.severity] - ORDER[right.severity]);
  });
}
