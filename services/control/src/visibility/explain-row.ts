import type { Transaction } from '@ashlar/postgres';
import { DatabaseError, escapeIdentifier } from 'pg';
import { controlErrors } from '../control-errors.ts';
import { asOwner, type OwnedDatabase } from '../meta/owned-database.ts';
import { decide } from './decide.ts';
import { evaluatePolicies } from './evaluate-policies.ts';
import type { AskedRow, Explanation } from './explanation.ts';
import { type AskedTable, readRules, type Rules } from './read-rules.ts';

export interface Question extends AskedTable {
  readonly row: AskedRow;
}

const TIMEOUT_MS = 10_000;
const API_ROLES = new Set(['anon', 'authenticated', 'service_role']);

/**
 * Why a role with these claims can, or cannot, do something to a row: each policy and each of its conditions with what
 * it comes to, evaluated as that role on the row as it is. Nothing is changed.
 *
 * @throws {AshlarError} `control.meta_object_unknown`, `control.role_not_askable`, `control.row_not_askable`.
 */
export async function explainRow(owned: OwnedDatabase, question: Question): Promise<Explanation> {
  const { caller, row } = question;
  refuseRole(caller.role);
  const { command } = question;
  // What an update leaves is held to the condition for new rows, what it takes up to the one for old ones.
  const isNew = command === 'insert' || (command === 'update' && 'values' in row);
  const { rules, found } = await owned.database.transaction(
    asOwner(owned, { readOnly: true, statementTimeoutMs: TIMEOUT_MS }),
    async (tx) => {
      const read = await readRules(tx, question, isNew);
      return { rules: read, found: 'key' in row && read.isThere ? await findRow(tx, question, row.key) : null };
    },
  );
  refuseMissing(rules, question);
  const text = 'values' in row ? { json: JSON.stringify(row.values) } : found === null ? null : { text: found };
  if (text === null) return decided(rules, { reason: 'row-missing' });
  const settled = decideWithoutPolicies(rules);
  if (settled !== null) return settled;
  const [policies = []] = await evaluatePolicies(owned.database, question, rules.policies, [text]);
  return { ...decided(rules, { reason: 'no-policy' }), policies, ...decide(policies) };
}

/** @throws {AshlarError} `control.role_not_askable`. */
export function refuseRole(role: string): void {
  if (!API_ROLES.has(role)) throw controlErrors.roleNotAskable({ role: role.slice(0, 63) });
}

/** @throws {AshlarError} `control.meta_object_unknown`. */
export function refuseMissing({ isThere }: Rules, { schema, table }: AskedTable): void {
  if (!isThere) throw controlErrors.metaObjectUnknown({ kind: 'table', name: `${schema}.${table}` });
}

/** What holds for every row, whatever its policies say; null when they decide. */
export function decideWithoutPolicies(rules: Rules): Explanation | null {
  if (rules.missing !== null) return decided(rules, { reason: 'not-granted', ...rules.missing });
  if (!rules.enabled) return decided(rules, { reason: 'no-row-security' }, true);
  if (rules.bypassedBy !== null) return decided(rules, { reason: 'bypassed', by: rules.bypassedBy }, true);
  return null;
}

function decided({ enabled, forced }: Rules, because: Explanation['because'], allowed = false): Explanation {
  return { allowed, because, rowSecurity: { enabled, forced }, policies: [] };
}

/** The row as text, read by the owner of the project, for whom policies do not hold unless the table forces them. */
async function findRow(
  tx: Transaction,
  { schema, table }: Question,
  key: Readonly<Record<string, unknown>>,
): Promise<string | null> {
  const names = Object.keys(key);
  if (names.length === 0) throw controlErrors.rowNotAskable({ reason: 'it names no column' });
  const place = `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
  const matches = names.map((name, at) => `t.${escapeIdentifier(name)}::text = $${at + 1}`);
  try {
    const { rows } = await tx.query<{ row: string }>(
      `select t::text as row from ${place} t where ${matches.join(' and ')} limit 2`,
      names.map((name) => asText(key[name])),
    );
    if (rows.length > 1) throw controlErrors.rowNotAskable({ reason: 'more than one row has these values' });
    return rows[0]?.row ?? null;
  } catch (error) {
    if (error instanceof DatabaseError) throw controlErrors.rowNotAskable({ reason: error.message }, { cause: error });
    throw error;
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
