import type { Transaction } from '@ashlar/postgres';
import { DatabaseError, escapeIdentifier } from 'pg';
import { controlErrors } from '../control-errors.ts';
import { asOwner, type OwnedDatabase } from '../meta/owned-database.ts';
import { decide } from './decide.ts';
import { evaluatePolicies } from './evaluate-policies.ts';
import { decideWithoutPolicies, refuseMissing, refuseRole } from './explain-row.ts';
import type { Explanation } from './explanation.ts';
import { type AskedTable, readRules } from './read-rules.ts';

/** Rows that are there, and what somebody may do to them. */
export interface QuestionOfRows extends AskedTable {
  /** How many, at most. */
  readonly limit: number;
}

export interface ExplainedRow extends Explanation {
  /** Each value as text, cut to what a list shows. */
  readonly values: Readonly<Record<string, string | null>>;
}

const TIMEOUT_MS = 10_000;
const MAX_VALUE_CHARACTERS = 120;

/**
 * The first rows of a table, each with whether a role with these claims may do something to it, and why: as if a policy
 * that is being written were there already, when one is given. Nothing is changed and nothing is locked.
 *
 * @throws {AshlarError} `control.meta_object_unknown`, `control.role_not_askable`, `control.row_not_askable`.
 */
export async function explainRows(owned: OwnedDatabase, question: QuestionOfRows): Promise<readonly ExplainedRow[]> {
  refuseRole(question.caller.role);
  const { rules, rows } = await owned.database.transaction(
    asOwner(owned, { readOnly: true, statementTimeoutMs: TIMEOUT_MS }),
    async (tx) => {
      const read = await readRules(tx, question, false);
      return { rules: read, rows: read.isThere ? await readRows(tx, question) : [] };
    },
  );
  refuseMissing(rules, question);
  const settled = decideWithoutPolicies(rules);
  if (settled !== null) return rows.map(({ values }) => ({ values, ...settled }));
  const texts = rows.map(({ text }) => ({ text }));
  const evaluated = await evaluatePolicies(owned.database, question, rules.policies, texts);
  const rowSecurity = { enabled: rules.enabled, forced: rules.forced };
  return rows.map(({ values }, at) => {
    const policies = evaluated[at] ?? [];
    return { values, rowSecurity, policies, ...decide(policies) };
  });
}

interface ReadRow extends Record<string, unknown> {
  readonly text: string;
  readonly values: ExplainedRow['values'];
}

/** In the order of the primary key, where there is one, so that they are the same ones each time. */
async function readRows(tx: Transaction, { schema, table, limit }: QuestionOfRows): Promise<readonly ReadRow[]> {
  const place = `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
  const { rows: key } = await tx.query<{ name: string }>(
    `select a.attname as name from pg_catalog.pg_index i
       cross join unnest(i.indkey::int2[]) with ordinality k(attnum, at)
       join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
     where i.indrelid = $1::pg_catalog.regclass and i.indisprimary order by k.at`,
    [place],
  );
  const order = key.length === 0 ? '' : ` order by ${key.map(({ name }) => `t.${escapeIdentifier(name)}`).join(', ')}`;
  try {
    const { rows } = await tx.query<ReadRow>(
      `select r.text, (select pg_catalog.jsonb_object_agg(e.key, pg_catalog.left(e.value, ${MAX_VALUE_CHARACTERS}))
                       from pg_catalog.jsonb_each_text(r.json) e) as values
       from (select t::text as text, pg_catalog.to_jsonb(t) as json from ${place} t${order} limit $1) r`,
      [limit],
    );
    return rows.map(({ text, values }) => ({ text, values: values ?? {} }));
  } catch (error) {
    if (error instanceof DatabaseError) throw controlErrors.rowNotAskable({ reason: error.message }, { cause: error });
    throw error;
  }
}
