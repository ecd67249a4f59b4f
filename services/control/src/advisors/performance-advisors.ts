import type { Advisor } from './advice.ts';

/** Tables a project's people have made: of schemas whose owner's rights they have. */
const OWN_TABLES = `
  select c.oid, n.nspname, c.relname, c.reltuples
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and c.relowner = current_user::regrole
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

/** Below this an index is no faster than looking at every row. */
const LARGE_ROWS = 1_000;

export const performanceAdvisors: readonly Advisor[] = [
  {
    name: 'foreign-key-without-index',
    severity: 'warning',
    about: 'performance',
    says: 'Deleting or embedding a row looks through all of the table that points to it',
    remedy: 'Create an index that begins with the columns of the foreign key',
    sql: `
      select t.nspname || '.' || t.relname as object, k.conname::text as detail
      from (${OWN_TABLES}) t join pg_catalog.pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
      where not exists (
        select from pg_catalog.pg_index i
        where i.indrelid = t.oid and i.indisvalid and i.indpred is null
          and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)`,
  },
  {
    name: 'policy-calls-per-row',
    severity: 'warning',
    about: 'performance',
    says: 'A policy asks who the caller is for every row anew',
    remedy: 'Write (select auth.uid()) instead of auth.uid(): then it is asked once',
    sql: `
      select t.nspname || '.' || t.relname as object, 'policy ' || p.polname as detail
      from (${OWN_TABLES}) t join pg_catalog.pg_policy p on p.polrelid = t.oid
      cross join lateral (values
        (coalesce(pg_catalog.pg_get_expr(p.polqual, p.polrelid), '') || ' '
          || coalesce(pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), ''))) e(text)
      where regexp_replace(e.text, '\\( *SELECT +(auth\\.\\w+\\([^()]*\\)|current_setting\\([^()]*\\))[^()]*\\)', '', 'gi')
        ~* '(auth\\.(uid|jwt|role|email|org_id|org_ids|has_permission)|current_setting)\\('`,
  },
  {
    name: 'policy-column-without-index',
    severity: 'hint',
    about: 'performance',
    says: 'A policy compares a column of a large table that no index begins with',
    remedy: 'Create an index on the column',
    sql: `
      select distinct t.nspname || '.' || t.relname || '.' || a.attname as object, 'policy ' || p.polname as detail
      from (${OWN_TABLES}) t
      join pg_catalog.pg_policy p on p.polrelid = t.oid
      join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_policy'::regclass and d.objid = p.oid
        and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = t.oid and d.refobjsubid > 0
      join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
      where t.reltuples >= ${LARGE_ROWS} and p.polqual is not null
        and pg_catalog.pg_get_expr(p.polqual, p.polrelid) ~ ('\\m' || a.attname || '\\M *(=|IN)|= *\\(*' || a.attname || '\\M')
        and not exists (select from pg_catalog.pg_index i
          where i.indrelid = t.oid and i.indisvalid and i.indkey[0] = a.attnum)`,
  },
  {
    name: 'several-permissive-policies',
    severity: 'hint',
    about: 'performance',
    says: 'Several permissive policies for one role and command are all evaluated',
    remedy: 'Join them by OR in one policy',
    sql: `
      select t.nspname || '.' || t.relname as object,
        format('%s for %s: %s', c.command, r.name, string_agg(p.polname, ', ' order by p.polname)) as detail
      from (${OWN_TABLES}) t
      cross join (values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd')) c(command, code)
      cross join (values ('anon'), ('authenticated')) r(name)
      join pg_catalog.pg_policy p on p.polrelid = t.oid and p.polpermissive and p.polcmd::text in ('*', c.code)
        and exists (select from unnest(p.polroles) q(oid) where q.oid = 0 or pg_catalog.pg_get_userbyid(q.oid) = r.name)
      group by t.nspname, t.relname, c.command, r.name having count(*) > 1`,
  },
  {
    name: 'no-primary-key',
    severity: 'warning',
    about: 'performance',
    says: 'Rows of a table without a primary key cannot be told apart, neither by the API nor by realtime',
    remedy: 'Add a primary key',
    sql: `
      select t.nspname || '.' || t.relname as object, null as detail from (${OWN_TABLES}) t
      where not exists (select from pg_catalog.pg_constraint k where k.conrelid = t.oid and k.contype = 'p')`,
  },
  {
    name: 'same-index-twice',
    severity: 'warning',
    about: 'performance',
    says: 'Two indexes are the same but for their names; each write pays for both',
    remedy: 'Drop the one no constraint rests on',
    sql: `
      select t.nspname || '.' || t.relname as object, string_agg(c.relname, ', ' order by c.relname) as detail
      from (${OWN_TABLES}) t join pg_catalog.pg_index i on i.indrelid = t.oid
      join pg_catalog.pg_class c on c.oid = i.indexrelid
      group by t.nspname, t.relname, i.indkey::text, i.indclass::text, i.indoption::text, i.indcollation::text, c.relam,
        pg_catalog.pg_get_expr(i.indexprs, i.indrelid), pg_catalog.pg_get_expr(i.indpred, i.indrelid)
      having count(*) > 1`,
  },
  {
    name: 'index-never-used',
    severity: 'hint',
    about: 'performance',
    says: 'No query has used an index of a large table since statistics are kept',
    remedy: 'Drop it, if it was there for long enough to tell',
    sql: `
      select t.nspname || '.' || t.relname as object, s.indexrelname::text as detail
      from (${OWN_TABLES}) t join pg_catalog.pg_stat_all_indexes s on s.relid = t.oid
      join pg_catalog.pg_index i on i.indexrelid = s.indexrelid
      where s.idx_scan = 0 and not i.indisunique and t.reltuples >= ${LARGE_ROWS}`,
  },
  {
    name: 'deletes-not-told',
    severity: 'warning',
    about: 'realtime',
    says: 'Deleted rows are told to service keys alone: who might see them is decided on the whole old row',
    remedy: 'alter table … replica identity full',
    sql: `
      select n.nspname || '.' || c.relname as object, null as detail
      from pg_catalog.pg_publication_tables p
      join pg_catalog.pg_namespace n on n.nspname = p.schemaname
      join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
      where p.pubname = 'supabase_realtime' and c.relrowsecurity and c.relreplident <> 'f'`,
  },
  {
    name: 'updates-refused',
    severity: 'error',
    about: 'realtime',
    says: 'A published table has neither a primary key nor a replica identity: updates and deletes are refused',
    remedy: 'Add a primary key, or alter table … replica identity full',
    sql: `
      select n.nspname || '.' || c.relname as object, string_agg(p.pubname, ', ' order by p.pubname) as detail
      from pg_catalog.pg_publication_tables p
      join pg_catalog.pg_namespace n on n.nspname = p.schemaname
      join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
      where (c.relreplident = 'n' or c.relreplident = 'd' and not exists (
          select from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype = 'p'))
        and pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE')
      group by n.nspname, c.relname`,
  },
];
