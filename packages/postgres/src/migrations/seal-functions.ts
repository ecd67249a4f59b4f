import { type Client, escapeIdentifier } from 'pg';
import type { SchemaOwner } from './schema-owner.ts';

/**
 * Functions of ours that look nowhere but in `pg_catalog`. A path that does not name `pg_temp` begins with it for types
 * and tables: whoever has a temporary domain called `text` gets its check run by every function that speaks of a `text`,
 * with that function's rights.
 */
const OPEN_FUNCTIONS_SQL = `
  select pg_catalog.pg_get_userbyid(p.proowner)::pg_catalog.text as owner,
         pg_catalog.format('alter routine %s set search_path = pg_catalog, pg_temp', p.oid::pg_catalog.regprocedure) as ddl
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
   where 'search_path=""' = any (p.proconfig) and pg_catalog.pg_has_role(p.proowner, 'MEMBER')
     and (n.nspname = any ($1::pg_catalog.name[]) or p.proowner = current_user::pg_catalog.regrole
       or pg_catalog.pg_get_userbyid(p.proowner) = any ($2::pg_catalog.name[]))
   order by p.oid`;

/**
 * Puts the caller's temporary types last for every function in these owners' schemas, and for those of theirs and of the
 * migrating login elsewhere. The project's own functions stay as they are.
 */
export async function sealFunctions(admin: Client, owners: readonly SchemaOwner[]): Promise<void> {
  const { rows } = await admin.query<{ owner: string; ddl: string }>(OPEN_FUNCTIONS_SQL, [
    owners.map(({ schema }) => schema),
    owners.map(({ owner }) => owner),
  ]);
  if (rows.length === 0) return;
  const statements = rows.map(({ owner, ddl }) => `set local role ${escapeIdentifier(owner)}; ${ddl}`);
  await admin.query(`begin; ${statements.join('; ')}; commit`);
}
