import type { Transaction } from '@ashlar/postgres';
import type { TableChanges } from '../domain/row-change.ts';
import { webhookErrors } from '../domain/webhook-errors.ts';

const TRIGGER = 'ashlar_webhooks';
/** Whoever writes to the table for longer keeps the trigger from being made. */
const LOCK_TIMEOUT_MS = 4_000;
const LOCK_NOT_AVAILABLE = '55P03';
const REFUSALS: ReadonlySet<string> = new Set(['42501', '42809', '42P16']);

type TableName = Pick<TableChanges, 'schema' | 'table'>;

/** Held until the end of the transaction: endpoints and their triggers are changed one after the other. */
export async function lockTriggers(tx: Transaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('webhooks.table_changes'))`);
}

/**
 * Makes changes of these tables events, as the project's owner, who owns most of them and may make triggers on others.
 *
 * @throws {AshlarError} `webhooks.table_unknown`, `webhooks.table_refused`.
 */
export async function followTables(tx: Transaction, tables: readonly TableName[]): Promise<void> {
  if (tables.length === 0) return;
  await tx.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
  for (const { schema, table } of tables) {
    const { rows } = await tx.query<{ ddl: string | null; readable: boolean }>(CREATE_DDL, [schema, table, TRIGGER]);
    const name = `${schema}.${table}`;
    if (rows[0] === undefined) throw webhookErrors.tableUnknown({ table: name });
    const { ddl, readable } = rows[0];
    if (ddl === null) continue;
    // Endpoints are service_role's, and hear whole rows. Who owns the table may have made the trigger all the same.
    if (!readable) throw webhookErrors.tableRefused({ table: name, reason: 'service_role may not read it' });
    await runDdl(tx, ddl, name);
  }
}

/** Removes the triggers of tables no endpoint wants to hear of; of those the owner may not alter it stays and does nothing. */
export async function leaveTables(tx: Transaction): Promise<void> {
  const { rows } = await tx.query<{ ddl: string; name: string }>(DROP_DDL, [TRIGGER]);
  if (rows.length === 0) return;
  await tx.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
  for (const { ddl, name } of rows) await runDdl(tx, ddl, name);
}

async function runDdl(tx: Transaction, ddl: string, table: string): Promise<void> {
  try {
    await tx.query(ddl);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === LOCK_NOT_AVAILABLE) {
      throw webhookErrors.tableRefused({ table, reason: 'others write to it without a pause' }, { cause: error });
    }
    if (REFUSALS.has(code)) {
      throw webhookErrors.tableRefused({ table, reason: 'the owner may make no triggers on it' }, { cause: error });
    }
    throw error;
  }
}

/** null where the trigger is as it should be. */
const CREATE_DDL = `
  with wanted as (
    select c.oid, n.nspname, c.relname,
           array(select a.attname::text from pg_catalog.pg_index i
                   cross join lateral unnest(i.indkey::int2[]) with ordinality k(number, position)
                   join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
                  where i.indrelid = c.oid and i.indisprimary order by k.position) as key_columns
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1::text and c.relname = $2::text
  )
  select case when exists (
           select from pg_catalog.pg_trigger t
            where t.tgrelid = w.oid and t.tgname = $3::text and t.tgenabled <> 'D'
              and t.tgargs = (select string_agg(convert_to(a, 'UTF8') || '\\x00'::bytea, ''::bytea order by n)
                                from unnest(array[w.nspname::text, w.relname::text] || w.key_columns) with ordinality u(a, n)))
         then null
         else format('create or replace trigger %I after insert or update or delete on %I.%I for each row execute function webhooks.note_change(%s)',
                $3::text, w.nspname, w.relname,
                (select string_agg(quote_literal(a), ', ' order by n)
                   from unnest(array[w.nspname::text, w.relname::text] || w.key_columns) with ordinality u(a, n)))
         end as ddl,
         has_schema_privilege('service_role', w.nspname, 'USAGE')
           and has_table_privilege('service_role', w.oid, 'SELECT') as readable
    from wanted w`;

const DROP_DDL = `
  select format('drop trigger %I on %I.%I', t.tgname, n.nspname, c.relname) as ddl, n.nspname || '.' || c.relname as name
    from pg_catalog.pg_trigger t
    join pg_catalog.pg_class c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_proc p on p.oid = t.tgfoid
    join pg_catalog.pg_namespace pn on pn.oid = p.pronamespace
   where t.tgname = $1::text and t.tgparentid = 0 and pn.nspname = 'webhooks' and p.proname = 'note_change'
     and pg_catalog.pg_has_role(c.relowner, 'USAGE')
     and not exists (select from webhooks.table_changes w where w.schema_name = n.nspname and w.table_name = c.relname)`;
