import type { LocalSettings, ProjectDatabase, Transaction } from '@ashlar/postgres';
import { DatabaseError, escapeIdentifier } from 'pg';
import type { AskedFor, ExplainedPolicy, Outcome } from './explanation.ts';
import type { AskedTable, Policy } from './read-rules.ts';
import { leavesOf, splitPredicates } from './split-predicates.ts';

/** How long all conditions together may take. */
const TIMEOUT_MS = 10_000;

/** A row as PostgreSQL's text of it; or as JSON, the values it would have. */
export type RowText = { readonly text: string } | { readonly json: string };

/** What each policy comes to for each row, as the caller sees the database. @returns In the order of the rows. */
export async function evaluatePolicies(
  database: ProjectDatabase,
  question: AskedTable,
  policies: readonly Policy[],
  rows: readonly RowText[],
): Promise<readonly (readonly ExplainedPolicy[])[]> {
  const { caller } = question;
  return database.transaction(
    {
      login: 'authenticator',
      role: caller.role,
      settings: settingsOf(caller),
      readOnly: true,
      rollback: true,
      statementTimeoutMs: TIMEOUT_MS,
    },
    async (tx) => {
      const all: ExplainedPolicy[][] = [];
      for (const row of rows) all.push(await evaluateRow(tx, question, policies, row));
      return all;
    },
  );
}

async function evaluateRow(
  tx: Transaction,
  question: AskedTable,
  policies: readonly Policy[],
  row: RowText,
): Promise<ExplainedPolicy[]> {
  const explained: ExplainedPolicy[] = [];
  for (const policy of policies) {
    const structure = splitPredicates(policy.expression);
    const conditions = policy.applies ? leavesOf(structure) : [];
    const [outcome = null, ...parts] = policy.applies
      ? await outcomes(tx, question, [policy.expression, ...conditions], row)
      : [];
    explained.push({
      ...policy,
      outcome,
      structure,
      predicates: conditions.map((expression, at) => ({ expression, outcome: parts[at] ?? 'null' })),
    });
  }
  return explained;
}

function settingsOf({ role, claims, settings = [] }: AskedFor): LocalSettings {
  const { sub } = claims;
  return [
    ['request.jwt.claims', JSON.stringify({ ...claims, role })],
    ['request.jwt.claim.sub', typeof sub === 'string' ? sub : ''],
    ['request.jwt.claim.role', role],
    ['request.headers', '{}'],
    ...settings,
  ];
}

/** All at once, and when one raises each by itself, to tell which. */
async function outcomes(
  tx: Transaction,
  question: AskedTable,
  expressions: readonly string[],
  row: RowText,
): Promise<readonly Outcome[]> {
  const together = await attempt(tx, question, expressions, row);
  if (!('error' in together)) return together.values;
  const each: Outcome[] = [];
  for (const expression of expressions) {
    const alone = await attempt(tx, question, [expression], row);
    each.push('error' in alone ? alone : (alone.values[0] ?? 'null'));
  }
  return each;
}

async function attempt(
  tx: Transaction,
  { schema, table }: AskedTable,
  expressions: readonly string[],
  row: RowText,
): Promise<{ readonly values: readonly Outcome[] } | { readonly error: string }> {
  const type = `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
  // Conditions of a policy name the table's columns bare, and within sub-selects by the table's name.
  const source =
    'text' in row
      ? `(select (($1::text)::${type}).*)`
      : `(select (pg_catalog.json_populate_record(null::${type}, $1::json)).*)`;
  const list = expressions.map((expression) => `(${expression})::boolean`).join(', ');
  const value = 'text' in row ? row.text : row.json;
  await tx.query('savepoint policy');
  try {
    const { rows } = await tx.query<{ found: (boolean | null)[] }>(
      `select array[${list}] as found from ${source} as ${escapeIdentifier(table)}`,
      [value],
    );
    const found = rows[0]?.found ?? [];
    return { values: found.map((outcome) => (outcome === null ? 'null' : outcome ? 'true' : 'false')) };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return { error: error.message };
  } finally {
    await tx.query('rollback to savepoint policy');
  }
}
