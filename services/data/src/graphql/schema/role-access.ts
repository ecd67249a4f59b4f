import { CATALOGUE_SETTINGS, type ProjectDatabase } from '@ashlar/postgres';

/** What one role may do with a relation; a null list of columns stands for all of them. */
interface RelationAccess {
  readonly schema: string;
  readonly name: string;
  readonly select: readonly string[] | null;
  readonly insert: readonly string[] | null;
  readonly update: readonly string[] | null;
  readonly delete: boolean;
}

/** What the catalogue says beyond the snapshot: the role's privileges, and comments on what the snapshot has none of. */
export interface RoleAccess {
  readonly relations: readonly RelationAccess[];
  /** Functions the role may call, overloaded ones left out. */
  readonly functions: readonly { readonly schema: string; readonly name: string }[];
  readonly schemaComments: Readonly<Record<string, string>>;
  readonly constraintComments: readonly {
    readonly schema: string;
    readonly relation: string;
    readonly name: string;
    readonly comment: string;
  }[];
  /** By the type's spelling outside of every search path. */
  readonly typeComments: Readonly<Record<string, string>>;
}

/** Privileges on a relation hold for its columns, so they are asked for one by one only without those. */
const ACCESS_QUERY = `
with namespace as materialized (
  select n.oid, n.nspname
  from pg_catalog.pg_namespace n
  where n.nspname = any ($1::text[]) and has_schema_privilege(n.oid, 'USAGE')
),
relation as materialized (
  select c.oid, c.relname, n.nspname
  from pg_catalog.pg_class c join namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
)
select json_build_object(
  'relations', (
    select coalesce(json_agg(json_build_object(
      'schema', r.nspname, 'name', r.relname,
      'select', case when not has_table_privilege(r.oid, 'SELECT') then s.columns end,
      'insert', case when not has_table_privilege(r.oid, 'INSERT') then i.columns end,
      'update', case when not has_table_privilege(r.oid, 'UPDATE') then u.columns end,
      'delete', has_table_privilege(r.oid, 'DELETE')
    )), '[]')
    from relation r
    cross join lateral (select ${columnsWith('SELECT')} as columns) s
    cross join lateral (select ${columnsWith('INSERT')} as columns) i
    cross join lateral (select ${columnsWith('UPDATE')} as columns) u
  ),
  'functions', (
    select coalesce(json_agg(json_build_object('schema', f.nspname, 'name', f.proname)), '[]')
    from (
      select n.nspname, p.proname
      from pg_catalog.pg_proc p join namespace n on n.oid = p.pronamespace
      group by n.nspname, p.proname
      having count(*) = 1 and bool_and(has_function_privilege(p.oid, 'EXECUTE'))
    ) f
  ),
  'schemaComments', (
    select coalesce(json_object_agg(n.nspname, d.description), '{}')
    from namespace n
    join pg_catalog.pg_description d on d.objoid = n.oid and d.classoid = 'pg_catalog.pg_namespace'::regclass
  ),
  'constraintComments', (
    select coalesce(json_agg(json_build_object(
      'schema', r.nspname, 'relation', r.relname, 'name', k.conname, 'comment', d.description
    )), '[]')
    from pg_catalog.pg_constraint k
    join relation r on r.oid = k.conrelid
    join pg_catalog.pg_description d on d.objoid = k.oid and d.classoid = 'pg_catalog.pg_constraint'::regclass
    where k.contype = 'f'
  ),
  'typeComments', (
    select coalesce(json_object_agg(pg_catalog.format_type(t.oid, -1), d.description), '{}')
    from pg_catalog.pg_type t
    join pg_catalog.pg_description d on d.objoid = t.oid and d.classoid = 'pg_catalog.pg_type'::regclass
    where t.typtype = 'e'
  )
)::text
`;

function columnsWith(privilege: 'SELECT' | 'INSERT' | 'UPDATE'): string {
  return `(
      select coalesce(json_agg(a.attname), '[]')
      from pg_catalog.pg_attribute a
      where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
        and has_column_privilege(r.oid, a.attnum, '${privilege}')
    )`;
}

/** A catalogue of thousands of tables takes a fraction of a second; what takes this long is stuck. */
const READ_TIMEOUT_MS = 30_000;

/** Reads, as the role itself, what it may see of these schemas. */
export async function readRoleAccess(
  database: ProjectDatabase,
  role: string,
  schemas: readonly string[],
): Promise<RoleAccess> {
  const list = `{${schemas.map((schema) => `"${schema.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
  const result = await database.call({
    login: 'authenticator',
    role,
    settings: CATALOGUE_SETTINGS,
    readOnly: true,
    statementTimeoutMs: READ_TIMEOUT_MS,
    statement: { text: ACCESS_QUERY, values: [list] },
    connection: 'own',
  });
  // The query above builds exactly these members; the database tests hold the two together.
  return JSON.parse(result.rows[0]?.[0] ?? '{}') as RoleAccess;
}
