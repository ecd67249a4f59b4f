/** One row for each kind of object, with its objects as JSON. `$1`: names of schemas, null for all. */
export const STRUCTURE_QUERY = `
with
namespace as materialized (
  select n.oid, n.nspname, n.nspowner
  from pg_catalog.pg_namespace n
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and ($1::text[] is null or n.nspname = any ($1::text[]))
),
relation as materialized (
  select c.*, n.nspname
  from pg_catalog.pg_class c join namespace n on n.oid = c.relnamespace
),
member as materialized (
  select d.classid, d.objid from pg_catalog.pg_depend d where d.deptype = 'e'
)
select 'schemas' as kind, (select json_agg(json_build_object(
  'oid', n.oid::int8, 'name', n.nspname, 'comment', obj_description(n.oid, 'pg_namespace'),
  'owner', pg_catalog.pg_get_userbyid(n.nspowner)
) order by n.nspname) from namespace n) as items
union all
select 'tables', (select json_agg(json_build_object(
  'oid', c.oid::int8, 'schema', c.nspname, 'name', c.relname, 'comment', obj_description(c.oid, 'pg_class'),
  'kind', case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
    when 'm' then 'materialized view' when 'f' then 'foreign table' else 'sequence' end,
  'owner', pg_catalog.pg_get_userbyid(c.relowner),
  'rowSecurity', c.relrowsecurity,
  'rowSecurityForced', c.relforcerowsecurity,
  'replicaIdentity', case c.relreplident when 'd' then 'default' when 'n' then 'nothing' when 'f' then 'full' else 'index' end,
  'rows', case when c.reltuples >= 0 and c.relkind in ('r', 'p', 'm', 'f') then c.reltuples::int8 end,
  'sizeBytes', case when c.relkind in ('r', 'm', 'S') then pg_catalog.pg_table_size(c.oid) else 0 end,
  'definition', case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end,
  'ownedBy', case when c.relkind = 'S' then (
    select concat_ws('.', n.nspname, t.relname)
    from pg_catalog.pg_depend d join pg_catalog.pg_class t on t.oid = d.refobjid
    join pg_catalog.pg_namespace n on n.oid = t.relnamespace
    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid
      and d.refclassid = 'pg_catalog.pg_class'::regclass and d.deptype in ('a', 'i') limit 1
  ) end,
  'securityInvoker', coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false),
  'columns', coalesce((
    select json_agg(json_build_object(
      'name', a.attname, 'position', a.attnum,
      'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'nullable', not a.attnotnull,
      'default', case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end,
      'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' end,
      'generated', a.attgenerated <> '',
      'comment', col_description(c.oid, a.attnum)
    ) order by a.attnum)
    from pg_catalog.pg_attribute a
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and c.relkind <> 'S'
  ), '[]')
) order by c.nspname, c.relname) from relation c where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S'))
union all
select 'constraints', (select json_agg(json_build_object(
  'oid', k.oid::int8, 'name', k.conname, 'comment', obj_description(k.oid, 'pg_constraint'),
  'schema', c.nspname, 'table', c.relname,
  'kind', case k.contype when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key'
    when 'c' then 'check' else 'exclusion' end,
  'columns', coalesce((
    select json_agg(a.attname order by u.place)
    from unnest(k.conkey) with ordinality u(number, place)
    join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number
  ), '[]'),
  'definition', pg_catalog.pg_get_constraintdef(k.oid),
  'validated', k.convalidated,
  'references', case when k.contype = 'f' then (
    select json_build_object('schema', n.nspname, 'table', r.relname, 'columns', (
      select json_agg(a.attname order by u.place)
      from unnest(k.confkey) with ordinality u(number, place)
      join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number
    ))
    from pg_catalog.pg_class r join pg_catalog.pg_namespace n on n.oid = r.relnamespace where r.oid = k.confrelid
  ) end
) order by c.nspname, c.relname, k.conname)
from pg_catalog.pg_constraint k join relation c on c.oid = k.conrelid where k.contype in ('p', 'u', 'f', 'c', 'x'))
union all
select 'indexes', (select json_agg(json_build_object(
  'oid', c.oid::int8, 'name', c.relname, 'comment', obj_description(c.oid, 'pg_class'),
  'schema', c.nspname, 'table', t.relname,
  'unique', i.indisunique, 'primary', i.indisprimary, 'method', m.amname,
  'definition', pg_catalog.pg_get_indexdef(c.oid),
  'sizeBytes', case when c.relkind = 'i' then pg_catalog.pg_relation_size(c.oid) else 0 end,
  'constraint', (select k.conname from pg_catalog.pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u', 'x'))
) order by c.nspname, t.relname, c.relname)
from relation c join pg_catalog.pg_index i on i.indexrelid = c.oid
join pg_catalog.pg_class t on t.oid = i.indrelid
join pg_catalog.pg_am m on m.oid = c.relam)
union all
select 'policies', (select json_agg(json_build_object(
  'oid', p.oid::int8, 'name', p.polname, 'comment', obj_description(p.oid, 'pg_policy'),
  'schema', c.nspname, 'table', c.relname,
  'command', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
  'permissive', p.polpermissive,
  'roles', (
    select json_agg(case when r.oid = 0 then 'public' else pg_catalog.pg_get_userbyid(r.oid) end) from unnest(p.polroles) r(oid)
  ),
  'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
  'check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
) order by c.nspname, c.relname, p.polname)
from pg_catalog.pg_policy p join relation c on c.oid = p.polrelid)
union all
select 'triggers', (select json_agg(json_build_object(
  'oid', t.oid::int8, 'name', t.tgname, 'comment', obj_description(t.oid, 'pg_trigger'),
  'schema', c.nspname, 'table', c.relname,
  'enabled', case t.tgenabled when 'A' then 'always' when 'O' then 'origin' when 'R' then 'replica' else 'disabled' end,
  'definition', pg_catalog.pg_get_triggerdef(t.oid)
) order by c.nspname, c.relname, t.tgname)
from pg_catalog.pg_trigger t join relation c on c.oid = t.tgrelid where not t.tgisinternal)
union all
select 'functions', (select json_agg(json_build_object(
  'oid', p.oid::int8, 'schema', n.nspname, 'name', p.proname, 'comment', obj_description(p.oid, 'pg_proc'),
  'arguments', pg_catalog.pg_get_function_arguments(p.oid),
  'signature', pg_catalog.pg_get_function_identity_arguments(p.oid),
  'returns', pg_catalog.pg_get_function_result(p.oid),
  'language', l.lanname,
  'kind', case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' when 'w' then 'window' else 'function' end,
  'volatility', case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
  'securityDefiner', p.prosecdef,
  'definition', case when p.prokind in ('f', 'p', 'w') then pg_catalog.pg_get_functiondef(p.oid) end
) order by n.nspname, p.proname, p.oid)
from pg_catalog.pg_proc p join namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
where not exists (select from member e where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid))
union all
select 'types', (select json_agg(json_build_object(
  'oid', t.oid::int8, 'schema', n.nspname, 'name', t.typname, 'comment', obj_description(t.oid, 'pg_type'),
  'kind', case t.typtype when 'e' then 'enum' when 'd' then 'domain' when 'c' then 'composite' else 'range' end,
  'labels', coalesce((
    select json_agg(l.enumlabel order by l.enumsortorder) from pg_catalog.pg_enum l where l.enumtypid = t.oid
  ), '[]')
) order by n.nspname, t.typname)
from pg_catalog.pg_type t join namespace n on n.oid = t.typnamespace
left join pg_catalog.pg_class c on c.oid = t.typrelid
where (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c'))
  and not exists (select from member e where e.classid = 'pg_catalog.pg_type'::regclass and e.objid = t.oid))
union all
select 'extensions', (select json_agg(json_build_object(
  'oid', coalesce(e.oid, 0)::int8, 'name', a.name, 'comment', a.comment,
  'schema', n.nspname, 'version', coalesce(e.extversion, a.default_version), 'installed', e.oid is not null
) order by a.name)
from pg_catalog.pg_available_extensions a
left join pg_catalog.pg_extension e on e.extname = a.name
left join pg_catalog.pg_namespace n on n.oid = e.extnamespace)
union all
select 'roles', (select json_agg(json_build_object(
  'oid', r.oid::int8, 'name', r.rolname, 'comment', shobj_description(r.oid, 'pg_authid'),
  'canLogin', r.rolcanlogin, 'bypassesRowSecurity', r.rolbypassrls or r.rolsuper,
  'memberOf', coalesce((
    select json_agg(g.rolname order by g.rolname)
    from pg_catalog.pg_auth_members m join pg_catalog.pg_roles g on g.oid = m.roleid where m.member = r.oid
  ), '[]')
) order by r.rolname)
from pg_catalog.pg_roles r
-- The logins of other projects are nobody's business here.
where r.rolname !~ '^pg_' and (not r.rolcanlogin
  or pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CONNECT')))
union all
select 'publications', (select json_agg(json_build_object(
  'oid', p.oid::int8, 'name', p.pubname, 'comment', obj_description(p.oid, 'pg_publication'),
  'allTables', p.puballtables,
  'tables', coalesce((
    select json_agg(json_build_object('schema', t.schemaname, 'name', t.tablename) order by t.schemaname, t.tablename)
    from pg_catalog.pg_publication_tables t
    where t.pubname = p.pubname and ($1::text[] is null or t.schemaname = any ($1::text[]))
  ), '[]')
) order by p.pubname) from pg_catalog.pg_publication p)`;
