import type { Transaction } from '@ashlar/postgres';
import type { AskedFor, Command } from './explanation.ts';

/** A policy as it would be: it stands in for one of its name, or beside the others. */
export interface DraftPolicy {
  readonly name: string;
  readonly command: Command | 'all';
  readonly permissive: boolean;
  readonly roles: readonly string[];
  /** SQL; null for none. */
  readonly using: string | null;
  readonly check: string | null;
}

/** Somebody who wants to do something to rows of a table. */
export interface AskedTable {
  readonly schema: string;
  readonly table: string;
  readonly command: Command;
  readonly caller: AskedFor;
  readonly draft?: DraftPolicy | undefined;
}

export interface Policy {
  readonly name: string;
  readonly permissive: boolean;
  readonly roles: readonly string[];
  readonly applies: boolean;
  readonly expression: string;
}

export interface Rules {
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

/** A policy without a condition of its own for new rows has the one for old ones. `$5`: whether it is a new one. */
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
          case when $5 then coalesce(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), pg_catalog.pg_get_expr(p.polqual, p.polrelid))
            else pg_catalog.pg_get_expr(p.polqual, p.polrelid) end,
          'true')
      ) order by p.polname)
     from pg_catalog.pg_policy p
     where p.polrelid = c.oid and p.polcmd in ('*', case $4 when 'select' then 'r' when 'insert' then 'a' when 'update' then 'w' else 'd' end)
    ) as policies
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p')`;

export async function readRules(
  tx: Transaction,
  { schema, table, command, caller, draft }: AskedTable,
  isNew: boolean,
): Promise<Rules> {
  const { rows } = await tx.query<RulesRow>(RULES, [schema, table, caller.role, command, isNew]);
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
    policies: await withDraft(tx, policies ?? [], { command, caller, draft }, isNew),
  };
}

async function withDraft(
  tx: Transaction,
  policies: readonly Policy[],
  { command, caller, draft }: Pick<AskedTable, 'command' | 'caller' | 'draft'>,
  isNew: boolean,
): Promise<readonly Policy[]> {
  if (draft === undefined) return policies;
  const others = policies.filter(({ name }) => name !== draft.name);
  if (draft.command !== 'all' && draft.command !== command) return others;
  const { rows } = await tx.query<{ applies: boolean }>(
    `select 'public' = any($2) or exists (select from pg_catalog.pg_roles r
       where r.rolname = any($2) and pg_catalog.pg_has_role($1, r.oid, 'USAGE')) as applies`,
    [caller.role, draft.roles],
  );
  const { name, permissive, roles, using, check } = draft;
  const expression = (isNew ? (check ?? using) : using) ?? 'true';
  return [...others, { name, permissive, roles, applies: rows[0]?.applies === true, expression }];
}
