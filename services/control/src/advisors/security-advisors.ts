import type { Advisor } from './advice.ts';

/** Anonymous and signed-in callers of the API; a service key is past policies anyway. */
const CALLERS = `array['anon', 'authenticated']`;

/** Relations of exposed schemas that callers can reach at all. */
function reachable(kinds: string): string {
  return `
    select c.oid, n.nspname, c.relname, c.relkind, c.relrowsecurity, c.relowner, c.reloptions
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any ($1::text[]) and c.relkind in (${kinds})
      and exists (
        select from unnest(${CALLERS}) r(name)
        where pg_catalog.has_schema_privilege(r.name, n.oid, 'USAGE')
          and (pg_catalog.has_any_column_privilege(r.name, c.oid, 'SELECT, INSERT, UPDATE')
            or pg_catalog.has_table_privilege(r.name, c.oid, 'DELETE'))
      )`;
}

export const securityAdvisors: readonly Advisor[] = [
  {
    name: 'row-security-disabled',
    severity: 'error',
    about: 'security',
    says: 'Callers of the API reach every row of a table without row-level security',
    remedy: 'Enable row-level security and write policies, or revoke the grants of anon and authenticated',
    sql: `
      select r.nspname || '.' || r.relname as object,
        (select count(*) || ' policies are written and have no effect' from pg_catalog.pg_policy p
          where p.polrelid = r.oid having count(*) > 0) as detail
      from (${reachable(`'r', 'p'`)}) r where not r.relrowsecurity`,
  },
  {
    name: 'row-security-without-policies',
    severity: 'hint',
    about: 'security',
    says: 'Nobody but service keys sees a row of a table with row-level security and no policy',
    remedy: 'Write a policy, or revoke the grants to say that it is meant so',
    sql: `
      select r.nspname || '.' || r.relname as object, null as detail
      from (${reachable(`'r', 'p'`)}) r
      where r.relrowsecurity and not exists (select from pg_catalog.pg_policy p where p.polrelid = r.oid)`,
  },
  {
    name: 'policy-lets-all-write',
    severity: 'warning',
    about: 'security',
    says: 'A policy lets callers change rows without any condition',
    remedy: 'Say in the policy whose rows they are',
    sql: `
      select n.nspname || '.' || c.relname as object, 'policy ' || p.polname as detail
      from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = any ($1::text[]) and p.polpermissive and p.polcmd <> 'r'
        and coalesce(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), pg_catalog.pg_get_expr(p.polqual, p.polrelid)) = 'true'
        and exists (select from unnest(p.polroles) r(oid)
          where r.oid = 0 or pg_catalog.pg_get_userbyid(r.oid) = any (${CALLERS}))`,
  },
  {
    name: 'definer-view',
    severity: 'error',
    about: 'security',
    says: 'A view shows callers of the API what its owner sees, past the policies of the tables under it',
    remedy: 'alter view … set (security_invoker = true)',
    sql: `
      select r.nspname || '.' || r.relname as object, null as detail
      from (${reachable(`'v'`)}) r
      where not coalesce(r.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
        and exists (
          select from pg_catalog.pg_rewrite w
          join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
            and d.refclassid = 'pg_catalog.pg_class'::regclass
          join pg_catalog.pg_class t on t.oid = d.refobjid
          where w.ev_class = r.oid and t.oid <> r.oid and t.relkind in ('r', 'p') and t.relrowsecurity)`,
  },
  {
    name: 'materialized-view-exposed',
    severity: 'warning',
    about: 'security',
    says: 'Callers of the API read a materialized view, for which there are no policies',
    remedy: 'Move it to a schema that is not exposed, or revoke the grants',
    sql: `select r.nspname || '.' || r.relname as object, null as detail from (${reachable(`'m'`)}) r`,
  },
  {
    name: 'accounts-exposed',
    severity: 'error',
    about: 'security',
    says: 'A view gives callers of the API what stands in auth.users',
    remedy: 'Keep what others may know of a person in a table of its own',
    sql: `
      select distinct r.nspname || '.' || r.relname as object, null as detail
      from (${reachable(`'v', 'm'`)}) r
      join pg_catalog.pg_rewrite w on w.ev_class = r.oid
      join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
        and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = pg_catalog.to_regclass('auth.users')
      where not coalesce(r.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)`,
  },
  {
    name: 'definer-function-search-path',
    severity: 'warning',
    about: 'security',
    says: `A function with its owner's rights finds names by its caller's search path`,
    remedy: 'alter function … set search_path = pg_catalog, pg_temp, and name the schema of everything it uses',
    sql: `
      select n.nspname || '.' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' as object,
        null as detail
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where p.prosecdef and pg_catalog.pg_has_role(current_user, p.proowner, 'USAGE')
        and not exists (select from unnest(p.proconfig) s(setting) where s.setting like 'search_path=%')
        and not exists (select from pg_catalog.pg_depend d
          where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`,
  },
  {
    name: 'definer-function-for-everybody',
    severity: 'hint',
    about: 'security',
    says: `Anonymous callers of the API can run a function that has its owner's rights`,
    remedy: 'revoke execute … from public, anon, unless it is meant for them',
    sql: `
      select n.nspname || '.' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')' as object,
        null as detail
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where n.nspname = any ($1::text[]) and p.prosecdef
        and p.prorettype not in ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
        and pg_catalog.has_schema_privilege('anon', n.oid, 'USAGE')
        and pg_catalog.has_function_privilege('anon', p.oid, 'EXECUTE')`,
  },
  {
    name: 'extension-exposed',
    severity: 'hint',
    about: 'security',
    says: 'The functions of an extension stand in a schema the API exposes',
    remedy: 'alter extension … set schema extensions',
    sql: `
      select e.extname as object, 'schema ' || n.nspname as detail
      from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
      where n.nspname = any ($1::text[])`,
  },
];
