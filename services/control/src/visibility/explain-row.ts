import type { LocalSettings, ProjectDatabase, Transaction } from '@ashlar/postgres';
import { DatabaseError, escapeIdentifier } from 'pg';
import { controlErrors } from '../control-errors.ts';
import { asOwner, type OwnedDatabase } from '../meta/owned-database.ts';
import { decide } from './decide.ts';
import type { AskedFor, AskedRow, Command, ExplainedPolicy, Explanation, Outcome } from './explanation.ts';
import { leavesOf, splitPredicates } from './split-predicates.ts';

export interface Question {
  readonly schema: string;
  readonly table: string;
  readonly command: Command;
  readonly row: AskedRow;
  readonly caller: AskedFor;
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
  if (!API_ROLES.has(caller.role)) throw controlErrors.roleNotAskable({ role: caller.role.slice(0, 63) });
  const { rules, found } = await owned.database.transaction(
    asOwner(owned, { readOnly: true, statementTimeoutMs: TIMEOUT_MS }),
    async (tx) => {
      const read = await readRules(tx, question);
      return { rules: read, found: 'key' in row && read.isThere ? await findRow(tx, question, row.key) : null };
    },
  );
  if (!rules.isThere) {
    throw controlErrors.metaObjectUnknown({ kind: 'table', name: `${question.schema}.${question.table}` });
  }
  const plain = (because: Explanation['because'], allowed = false): Explanation => ({
    allowed,
    because,
    rowSecurity: { enabled: rules.enabled, forced: rules.forced },
    policies: [],
  });
  if ('key' in row && found === null) return plain({ reason: 'row-missing' });
  if (rules.missing !== null) return plain({ reason: 'not-granted', ...rules.missing });
  if (!rules.enabled) return plain({ reason: 'no-row-security' }, true);
  if (rules.bypassedBy !== null) return plain({ reason: 'bypassed', by: rules.bypassedBy }, true);
  const policies = await evaluate(owned.database, question, rules.policies, found);
  return { ...plain({ reason: 'no-policy' }), policies, ...decide(policies) };
}

interface Policy {
  readonly name: string;
  readonly permissive: boolean;
  readonly roles: readonly string[];
  readonly applies: boolean;
  readonly expression: string;
}

interface Rules {
  readonly isThere: boolean;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly bypassedBy: 'role' | 'owner' | null;
  readonly missing: { readonly privilege: string; readonly on: string } | null;
  readonly policies: readonly Policy[];
}

interface RulesRow extends Record<string, unknown> {
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly bypasses: boolean;
  readonly owns: boolean;
  readonly usable: boolean;
  readonly granted: boolean;
  readonly policies: readonly Policy[] | null;
}

/** A policy without a condition of its own for new rows has the one for old ones. */
const RULES = `
  select c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
    (select r.rolbypassrls or r.rolsuper from pg_catalog.pg_roles r where r.rolname = $3) as bypasses,
    pg_catalog.pg_has_role($3, c.relowner, 'USAGE') as owns,
    pg_catalog.has_schema_privilege($3, n.oid, 'USAGE') as usable,
    case when $4 = 'delete' then pg_catalog.has_table_privilege($3, c.oid, 'DELETE')
      else pg_catalog.has_any_column_privilege($3, c.oid, $4) end as granted,
    (select json_agg(json_build_object(
        'name', p.polname, 'permissive', p.polpermissive,
        'roles', (select json_agg(case when r.oid = 0 then 'public' else pg_catalog.pg_get_userbyid(r.oid) end)
                  from unnest(p.polroles) r(oid)),
        'applies', exists (select from unnest(p.polroles) r(oid)
                           where r.oid = 0 or pg_catalog.pg_has_role($3, r.oid, 'USAGE')),
        'expression', coalesce(
          case when $4 = 'insert' then coalesce(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), pg_catalog.pg_get_expr(p.polqual, p.polrelid))
            else pg_catalog.pg_get_expr(p.polqual, p.polrelid) end,
          'true')
      ) order by p.polname)
     from pg_catalog.pg_policy p
     where p.polrelid = c.oid and p.polcmd in ('*', case $4 when 'select' then 'r' when 'insert' then 'a' when 'update' then 'w' else 'd' end)
    ) as policies
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p')`;

async function readRules(tx: Transaction, { schema, table, command, caller }: Question): Promise<Rules> {
  const { rows } = await tx.query<RulesRow>(RULES, [schema, table, caller.role, command]);
  const [found] = rows;
  if (found === undefined) {
    return { isThere: false, enabled: false, forced: false, bypassedBy: null, missing: null, policies: [] };
  }
  const { enabled, forced, bypasses, owns, usable, granted, policies } = found;
  return {
    isThere: true,
    enabled,
    forced,
    bypassedBy: bypasses ? 'role' : owns && !forced ? 'owner' : null,
    missing: !usable
      ? { privilege: 'USAGE', on: `schema ${schema}` }
      : granted
        ? null
        : { privilege: command.toUpperCase(), on: `table ${schema}.${table}` },
    policies: policies ?? [],
  };
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

async function evaluate(
  database: ProjectDatabase,
  question: Question,
  policies: readonly Policy[],
  row: string | null,
): Promise<readonly ExplainedPolicy[]> {
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
    },
  );
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
  question: Question,
  expressions: readonly string[],
  row: string | null,
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
  { schema, table, row: asked }: Question,
  expressions: readonly string[],
  row: string | null,
): Promise<{ readonly values: readonly Outcome[] } | { readonly error: string }> {
  const type = `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
  // Conditions of a policy name the table's columns bare, and within sub-selects by the table's name.
  const source =
    'key' in asked
      ? `(select (($1::text)::${type}).*)`
      : `(select (pg_catalog.json_populate_record(null::${type}, $1::json)).*)`;
  const list = expressions.map((expression) => `(${expression})::boolean`).join(', ');
  const value = 'key' in asked ? row : JSON.stringify(asked.values);
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
