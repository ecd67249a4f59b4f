import { READER_ROLE } from '../cluster/roles.ts';
import type { ProjectDatabase } from '../session/call.ts';

const TIMEOUT_MS = 30_000;
/** Two who come first wait for each other. */
const LOCK_KEY = '5417322011';

/** Whether the reader is given what the owner makes from now on: that is done last, once. */
const IS_ADMITTED = `
  select exists (
    select from pg_catalog.pg_default_acl d, pg_catalog.aclexplode(d.defaclacl) a
    where d.defaclrole = $1::pg_catalog.regrole and d.defaclnamespace = 0 and d.defaclobjtype = 'r'
      and a.grantee = '${READER_ROLE}'::pg_catalog.regrole
  ) as admitted`;

/** Statements of recorded migrations may hold what was seeded, passwords included. */
const GRANTS = `
  select pg_catalog.format('grant usage on schema %I to ${READER_ROLE}', n.nspname) as grant
  from pg_catalog.pg_namespace n
  where n.nspowner = $1::pg_catalog.regrole and n.nspname <> 'supabase_migrations'
  union all
  select pg_catalog.format('grant select on table %I.%I to ${READER_ROLE}', n.nspname, c.relname)
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspowner = $1::pg_catalog.regrole and n.nspname <> 'supabase_migrations'
    and c.relowner = $1::pg_catalog.regrole and c.relkind in ('r', 'p', 'v', 'm', 'f')`;

/**
 * Lets the reader of the console see what the project's owner made and will make: tables and views in schemas the owner
 * owns, hence none of the platform's. It is done by the owner, once; what the owner revokes afterwards stays revoked.
 */
export async function admitReader(database: ProjectDatabase, ownerRole: string): Promise<void> {
  const options = {
    login: 'owner',
    role: ownerRole,
    settings: [['search_path', '']],
    statementTimeoutMs: TIMEOUT_MS,
  } as const;
  await database.transaction(options, async (tx) => {
    const isAdmitted = async (): Promise<boolean> =>
      (await tx.query<{ admitted: boolean }>(IS_ADMITTED, [ownerRole])).rows[0]?.admitted === true;
    if (await isAdmitted()) return;
    await tx.query('select pg_catalog.pg_advisory_xact_lock($1)', [LOCK_KEY]);
    if (await isAdmitted()) return;
    const { rows } = await tx.query<{ grant: string }>(GRANTS, [ownerRole]);
    for (const { grant } of rows) await tx.query(grant);
    await tx.query(`alter default privileges grant usage on schemas to ${READER_ROLE}`);
    await tx.query(`alter default privileges grant select on tables to ${READER_ROLE}`);
  });
}
