import type { Client } from 'pg';

/** Tables of a schema on which the project's owner may put triggers, and may be about to. */
const OPEN_TABLES_SQL = `
  select format('%I.%I', n.nspname, c.relname) as table
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = $1 and c.relkind in ('r', 'p') and has_table_privilege($2, c.oid, 'TRIGGER')
   order by c.oid`;

/** Enabled triggers of a schema whose functions stand in another one: the project's, not the service's. */
const FOREIGN_TRIGGERS_SQL = `
  select format('%I.%I', n.nspname, c.relname) as table, quote_ident(t.tgname) as trigger, t.tgenabled as mode
    from pg_trigger t
    join pg_class c on c.oid = t.tgrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_proc p on p.oid = t.tgfoid
   where n.nspname = $1 and p.pronamespace <> c.relnamespace and not t.tgisinternal and t.tgenabled <> 'D'
   order by t.oid`;

const ENABLE: Readonly<Record<string, string>> = {
  O: 'enable trigger',
  R: 'enable replica trigger',
  A: 'enable always trigger',
};

interface ForeignTrigger {
  readonly table: string;
  readonly trigger: string;
  readonly mode: string;
}

/**
 * Keeps the project's triggers on a schema from firing for the rest of the transaction: a migration may write rows, and
 * its session can become anything. None can be added meanwhile either.
 *
 * @param ownerRole The role whose triggers are meant.
 * @returns What switches them on again, to be called before the commit by who may alter those tables.
 */
export async function silenceTriggers(admin: Client, schema: string, ownerRole: string): Promise<() => Promise<void>> {
  const tables = await admin.query<{ table: string }>(OPEN_TABLES_SQL, [schema, ownerRole]);
  if (tables.rows.length === 0) return async () => undefined;
  await admin.query(
    `lock table ${tables.rows.map(({ table }) => `only ${table}`).join(', ')} in share row exclusive mode`,
  );
  const { rows: triggers } = await admin.query<ForeignTrigger>(FOREIGN_TRIGGERS_SQL, [schema]);
  for (const { table, trigger } of triggers) await admin.query(`alter table only ${table} disable trigger ${trigger}`);
  if (triggers.length === 0) return async () => undefined;
  return async () => {
    // A table with checks still to come cannot be altered.
    await admin.query('set constraints all immediate');
    for (const { table, trigger, mode } of triggers) {
      if (await isGone(admin, table, trigger)) continue;
      await admin.query(`alter table only ${table} ${ENABLE[mode]} ${trigger}`);
    }
  };
}

/** The file may have dropped the table or renamed it. */
async function isGone(admin: Client, table: string, trigger: string): Promise<boolean> {
  const { rowCount } = await admin.query(
    'select from pg_trigger where tgrelid = to_regclass($1) and quote_ident(tgname) = $2',
    [table, trigger],
  );
  return rowCount === 0;
}
