/**
 * The catalogue in one statement and one round trip. Each row is a section: what it is about, and its content as
 * JSON made by the server; a view's section is its rewrite rule as the server stores it. It must run with an empty
 * `search_path`, so that every type outside `pg_catalog` is printed with its schema.
 *
 * Columns come as one array per property and relation: on 44,000 columns that took the server 170 ms, one JSON array
 * per column 450 ms. All domains outside the system are among the types, so bases and elements are one step away: a
 * recursive query for them is planned for millions of rows, and preparing its hash tables took 50 ms. Names of time
 * zones are asked for apart, because the server reads a folder of files for them.
 */
export const CATALOGUE_QUERY = `
with
namespace as materialized (
  select n.oid, n.nspname
  from pg_catalog.pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
),
relation as materialized (
  select c.oid, c.relname, c.relkind, c.reltype, c.relrowsecurity, n.nspname
  from pg_catalog.pg_class c
  join namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
),
relation_columns as (
  select
    a.attrelid,
    json_build_object(
      'names', array_agg(a.attname order by a.attnum),
      'positions', array_agg(a.attnum order by a.attnum),
      'types', array_agg(a.atttypid::int8 order by a.attnum),
      'modifiers', array_agg(a.atttypmod order by a.attnum),
      'notNull', array_agg(a.attnotnull order by a.attnum),
      'identity', array_agg(a.attidentity order by a.attnum),
      'generated', array_agg(a.attgenerated <> '' order by a.attnum),
      'defaults', json_object_agg(a.attnum, pg_catalog.pg_get_expr(d.adbin, d.adrelid)) filter (where d.oid is not null)
    ) as columns
  from pg_catalog.pg_attribute a
  join relation r on r.oid = a.attrelid
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped
  group by a.attrelid
),
routine as materialized (
  select
    p.*, n.nspname,
    coalesce(p.proallargtypes, p.proargtypes::oid[]) as argument_types
  from pg_catalog.pg_proc p
  join namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_type t on t.oid = p.prorettype
  where p.prokind = 'f'
    and not ('internal'::regtype = any (p.proargtypes))
    and not (t.typtype = 'p' and (t.typname in ('trigger', 'event_trigger', 'internal') or t.typname like '%handler'))
),
composite_attribute as (
  select c.reltype, a.attname, a.attnum, a.atttypid
  from pg_catalog.pg_class c
  join namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid
  where c.relkind = 'c' and a.attnum > 0 and not a.attisdropped
),
mentioned_type as (
  select a.atttypid as oid from pg_catalog.pg_attribute a join relation r on r.oid = a.attrelid
  where a.attnum > 0 and not a.attisdropped
  union
  select unnest(r.argument_types) from routine r
  union
  select r.prorettype from routine r
  union
  select a.atttypid from composite_attribute a
  union
  select t.oid from pg_catalog.pg_type t join namespace n on n.oid = t.typnamespace
  left join pg_catalog.pg_class c on c.oid = t.typrelid
  where t.typtype in ('e', 'd') or c.relkind = 'c'
),
used_type as (
  select m.oid from mentioned_type m
  union
  select part.oid
  from mentioned_type m
  join pg_catalog.pg_type t on t.oid = m.oid
  cross join lateral (values (t.typelem), (t.typbasetype)) as part (oid)
  where part.oid <> 0
)
select 'schemas', null, json_agg(n.nspname order by n.nspname)::text from namespace n
union all
select 'bypassRoles', null, json_agg(a.rolname)::text from pg_catalog.pg_roles a where a.rolbypassrls or a.rolsuper
union all
select 'relations', null, json_agg(json_build_object(
  'oid', r.oid::int8,
  'schema', r.nspname,
  'name', r.relname,
  'kind', r.relkind,
  'rowType', r.reltype::int8,
  'rowSecurity', r.relrowsecurity,
  'events', case
    when r.relkind in ('r', 'p') then 28
    when r.relkind in ('v', 'f') then pg_catalog.pg_relation_is_updatable(r.oid, true)
    else 0
  end,
  'updateTrigger', r.relkind = 'v' and exists (
    select from pg_catalog.pg_trigger t where t.tgrelid = r.oid and t.tgtype & 64 <> 0 and t.tgtype & 16 <> 0
  ),
  'columns', c.columns
))::text
from relation r left join relation_columns c on c.attrelid = r.oid
union all
select 'comments', null, json_agg(json_build_object(
  'relation', r.oid::int8, 'position', d.objsubid, 'text', d.description
))::text
from relation r
join pg_catalog.pg_description d on d.objoid = r.oid and d.classoid = 'pg_catalog.pg_class'::regclass
union all
select 'identitySequences', null, json_agg(json_build_object(
  'relation', d.refobjid::int8, 'position', d.refobjsubid, 'sequence', format('%I.%I', n.nspname, s.relname)
))::text
from pg_catalog.pg_depend d
join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
join namespace n on n.oid = s.relnamespace
where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
  and d.deptype = 'i' and d.refobjsubid > 0
union all
select 'types', null, json_agg(json_build_object(
  'oid', t.oid::int8,
  'spelling', pg_catalog.format_type(t.oid, -1),
  'schema', n.nspname,
  'name', t.typname,
  'kind', t.typtype,
  'category', t.typcategory,
  'base', t.typbasetype::int8,
  'baseModifier', t.typtypmod,
  'notNull', t.typnotnull,
  'default', pg_catalog.pg_get_expr(t.typdefaultbin, 0),
  'labels', (
    select json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid
  ),
  'attributes', (
    select json_agg(json_build_object('name', a.attname, 'type', a.atttypid::int8) order by a.attnum)
    from composite_attribute a where a.reltype = t.oid
  )
))::text
from used_type u
join pg_catalog.pg_type t on t.oid = u.oid
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
union all
select 'modifiedTypes', null, json_agg(json_build_object(
  'type', m.atttypid::int8,
  'modifier', m.atttypmod,
  'spelling', pg_catalog.format_type(m.atttypid, m.atttypmod)
))::text
from (
  select distinct a.atttypid, a.atttypmod
  from pg_catalog.pg_attribute a join relation r on r.oid = a.attrelid
  where a.attnum > 0 and not a.attisdropped and a.atttypmod <> -1
) m
union all
select 'keys', null, json_agg(json_build_object(
  'relation', k.conrelid::int8, 'primary', k.contype = 'p', 'positions', k.conkey
))::text
from pg_catalog.pg_constraint k join relation r on r.oid = k.conrelid
where k.contype in ('p', 'u')
union all
select 'foreignKeys', null, json_agg(json_build_object(
  'constraint', k.conname, 'origin', k.conrelid::int8, 'target', k.confrelid::int8,
  'originPositions', k.conkey, 'targetPositions', k.confkey
))::text
from pg_catalog.pg_constraint k
join relation o on o.oid = k.conrelid
join relation t on t.oid = k.confrelid
where k.contype = 'f' and k.conparentid = 0
union all
select 'routines', null, json_agg(json_build_object(
  'schema', r.nspname,
  'name', r.proname,
  'argumentNames', r.proargnames,
  'argumentModes', r.proargmodes,
  'argumentTypes', r.argument_types::int8[],
  'defaults', r.pronargdefaults,
  'returns', r.prorettype::int8,
  'returnsSet', r.proretset,
  'estimatedRows', r.prorows,
  'volatility', r.provolatile,
  'settings', r.proconfig,
  'comment', d.description
) order by r.oid)::text
from routine r
left join pg_catalog.pg_description d on d.objoid = r.oid and d.classoid = 'pg_catalog.pg_proc'::regclass
union all
select 'roleSettings', null, json_agg(json_build_object(
  'role', a.rolname, 'global', s.setdatabase = 0, 'name', g.name, 'value', substr(c.text, length(g.name) + 2)
) order by s.setdatabase, c.ordinality)::text
from pg_catalog.pg_db_role_setting s
join pg_catalog.pg_roles a on a.oid = s.setrole
cross join lateral unnest(s.setconfig) with ordinality as c (text, ordinality)
cross join lateral (select split_part(c.text, '=', 1) as name) g
left join pg_catalog.pg_settings p on p.name = g.name
where (s.setdatabase = 0 or s.setdatabase = (select oid from pg_catalog.pg_database where datname = current_database()))
  and (p.name is null or p.context = 'user' or has_parameter_privilege(session_user, p.name, 'SET'))
union all
select 'viewRule', r.oid::text, w.ev_action::text
from relation r
join pg_catalog.pg_rewrite w on w.ev_class = r.oid and w.rulename = '_RETURN'
where r.relkind in ('v', 'm')
`;

export const TIMEZONES_QUERY = 'select name from pg_catalog.pg_timezone_names';
