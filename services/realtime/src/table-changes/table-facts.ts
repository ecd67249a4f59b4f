import type { ProjectDatabase } from '@ashlar/postgres';
import { type PolicySources, claimsRead } from './claims-read.ts';
import type { ValueType } from './json-value.ts';

export interface ColumnFacts extends ValueType {
  readonly name: string;
  /** As clients are told it: `int8`, `_text`, the name of a domain. */
  readonly type: string;
  /** With schema where it needs one, to cast to. */
  readonly sqlType: string;
  /** Equal texts are equal values, and the other way round. */
  readonly hasPlainEquality: boolean;
  readonly isKey: boolean;
}

/** What one database role may see of a table. */
export interface RoleFacts {
  /** Policies do not concern it. */
  readonly bypasses: boolean;
  readonly mayUseSchema: boolean;
  /** Columns it may select, by name. */
  readonly columns: ReadonlySet<string>;
  /** Condition that rows have to meet, as SQL over the table's columns; null where no policy lets anything through. */
  readonly policy: string | null;
}

/** A table as the catalogue describes it now. */
export interface TableFacts {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** Clients may subscribe to it. */
  readonly isPublished: boolean;
  /** Changes with anything this was made from. */
  readonly fingerprint: string;
  /** Tables its policies look into, itself included. */
  readonly dependsOn: readonly number[];
  readonly columns: readonly ColumnFacts[];
  readonly keys: readonly ColumnFacts[];
  /** Claims its policies read; null for all. */
  readonly claims: ReadonlySet<string> | null;
  readonly roles: ReadonlyMap<string, RoleFacts>;
}

const STATEMENT_TIMEOUT_MS = 5_000;
/** To write a policy's expression down PostgreSQL opens its table, which somebody may have locked. */
const LOCK_TIMEOUT_MS = 500;

/**
 * What would have to be written for anything here to change: rows of the catalogue carry the transaction that wrote
 * them last. `r.oid` is a table.
 */
export const FINGERPRINT = `
  pg_catalog.concat_ws('/',
    (select pg_catalog.concat(c.xmin, '.', n.xmin) from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = r.oid),
    (select pg_catalog.string_agg(pg_catalog.concat(p.oid, '.', p.xmin), ',' order by p.oid)
       from pg_catalog.pg_policy p where p.polrelid = r.oid),
    (select pg_catalog.string_agg(pg_catalog.concat(a.attnum, '.', a.xmin), ',' order by a.attnum)
       from pg_catalog.pg_attribute a where a.attrelid = r.oid and a.attnum > 0),
    (select pg_catalog.string_agg(pg_catalog.concat(b.oid, '.', b.xmin), ',' order by b.oid)
       from pg_catalog.pg_publication_rel b where b.prrelid = r.oid),
    (select pg_catalog.string_agg(pg_catalog.concat(b.oid, '.', b.xmin), ',' order by b.oid)
       from pg_catalog.pg_publication_namespace b))`;

/**
 * Whether publication `b` is the one for clients and has table `c`, a partition through what it is part of. The view
 * `pg_publication_tables` would wait for the lock of every table there is.
 */
export const IS_PUBLISHED = `
  b.pubname = 'supabase_realtime' and (b.puballtables or exists (
    select from (select c.oid union select pg_catalog.pg_partition_ancestors(c.oid)::pg_catalog.oid) a
      join pg_catalog.pg_class ac on ac.oid = a.oid
     where exists (select from pg_catalog.pg_publication_rel m where m.prpubid = b.oid and m.prrelid = a.oid)
        or exists (select from pg_catalog.pg_publication_namespace m
                    where m.pnpubid = b.oid and m.pnnspid = ac.relnamespace)))`;

const FACTS = `
with recursive reached(root, oid) as (
  select r.oid, r.oid from pg_catalog.unnest($1::pg_catalog.oid[]) r(oid)
  union
  select reached.root, d.refobjid
    from reached
    join pg_catalog.pg_policy p on p.polrelid = reached.oid and p.polcmd in ('r', '*')
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
     and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
)
select pg_catalog.json_build_object(
  'oid', c.oid::pg_catalog.int8, 'schema', n.nspname, 'name', c.relname,
  'isPublished', exists (select from pg_catalog.pg_publication b where ${IS_PUBLISHED}),
  'fingerprint', (select pg_catalog.string_agg(pg_catalog.concat(r.oid, ':', ${FINGERPRINT}), ' ' order by r.oid)
    from reached r where r.root = c.oid),
  'dependsOn', (select pg_catalog.json_agg(r.oid::pg_catalog.int8) from reached r where r.root = c.oid),
  'columns', (select pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', a.attname, 'type', t.typname, 'sqlType', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'baseType', b.typname, 'elementType', case when b.typcategory = 'A' and b.typlen = -1 then e.typname end,
      'isDeterministic', coalesce(l.collisdeterministic, true),
      'isKey', coalesce(a.attnum = any(k.indkey::pg_catalog.int2[]), false)) order by a.attnum)
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_type t on t.oid = a.atttypid
    join pg_catalog.pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
    left join pg_catalog.pg_type e on e.oid = b.typelem
    left join pg_catalog.pg_collation l on l.oid = a.attcollation
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
  'expressions', (select coalesce(pg_catalog.json_agg(pg_catalog.pg_get_expr(p.polqual, p.polrelid)), '[]')
    from reached r join pg_catalog.pg_policy p on p.polrelid = r.oid and p.polcmd in ('r', '*')
    where r.root = c.oid and p.polqual is not null),
  'functions', (select coalesce(pg_catalog.json_agg(distinct pg_catalog.concat(fn.nspname, '.', f.proname)), '[]')
    from reached r join pg_catalog.pg_policy p on p.polrelid = r.oid and p.polcmd in ('r', '*')
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
     and d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
    join pg_catalog.pg_proc f on f.oid = d.refobjid join pg_catalog.pg_namespace fn on fn.oid = f.pronamespace
    where r.root = c.oid),
  'isOpaque', exists (select from reached r join pg_catalog.pg_class o on o.oid = r.oid
      where r.root = c.oid and o.relkind not in ('r', 'p', 'm'))
    or exists (select from reached r join pg_catalog.pg_policy p on p.polrelid = r.oid and p.polcmd in ('r', '*')
      join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
      where r.root = c.oid and d.refclassid not in
        ('pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass)
        and not (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass and exists (
          select from pg_catalog.pg_type t where t.oid = d.refobjid and t.typtype = 'e'))),
  'roles', (select pg_catalog.json_agg(pg_catalog.json_build_object(
      'role', u.rolname,
      'bypasses', not c.relrowsecurity or u.rolbypassrls or u.rolsuper
        or (pg_catalog.pg_has_role(u.oid, c.relowner, 'USAGE') and not c.relforcerowsecurity),
      'mayUseSchema', pg_catalog.has_schema_privilege(u.oid, n.oid, 'USAGE'),
      'columns', (select coalesce(pg_catalog.json_agg(a.attname), '[]') from pg_catalog.pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          and pg_catalog.has_column_privilege(u.oid, c.oid, a.attnum, 'SELECT')),
      'policies', (select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
          'permissive', p.polpermissive, 'expression', pg_catalog.pg_get_expr(p.polqual, p.polrelid))), '[]')
        from pg_catalog.pg_policy p
        where p.polrelid = c.oid and p.polcmd in ('r', '*') and p.polqual is not null
          and exists (select from pg_catalog.unnest(p.polroles) g(oid)
            where g.oid = 0 or pg_catalog.pg_has_role(u.oid, nullif(g.oid, 0), 'USAGE')))))
    from pg_catalog.pg_roles u where u.rolname = any($2::pg_catalog.name[])))
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_index k on k.indrelid = c.oid and k.indisprimary
where c.oid = any($1::pg_catalog.oid[])`;

interface RawFacts extends PolicySources {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly isPublished: boolean;
  readonly fingerprint: string;
  readonly dependsOn: readonly number[];
  readonly columns: readonly (Omit<ColumnFacts, 'hasPlainEquality'> & { readonly isDeterministic: boolean })[];
  readonly roles: readonly RawRole[] | null;
}

interface RawRole {
  readonly role: string;
  readonly bypasses: boolean;
  readonly mayUseSchema: boolean;
  readonly columns: readonly string[];
  readonly policies: readonly { readonly permissive: boolean; readonly expression: string }[];
}

/** Types whose values have one text each. */
const PLAIN: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'oid', 'uuid', 'bool', 'text', 'varchar']);

/** The catalogue's answer for those of the tables that are still there. */
export async function readTableFacts(
  database: ProjectDatabase,
  oids: readonly number[],
  roles: readonly string[],
): Promise<readonly TableFacts[]> {
  // The service's own login: its empty search path makes expressions name everything in full.
  const { rows } = await database.call({
    login: 'service',
    role: 'realtime',
    settings: [['lock_timeout', String(LOCK_TIMEOUT_MS)]],
    readOnly: true,
    connection: 'own',
    background: true,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    statement: { text: FACTS, values: [`{${oids.join(',')}}`, arrayLiteral(roles)] },
  });
  // What the query above builds.
  return rows.map(([json]) => toFacts(JSON.parse(json ?? '{}') as RawFacts));
}

function toFacts(raw: RawFacts): TableFacts {
  const columns = (raw.columns ?? []).map(({ isDeterministic, ...column }): ColumnFacts => {
    return { ...column, hasPlainEquality: isDeterministic && PLAIN.has(column.baseType) };
  });
  const { oid, schema, name, isPublished, fingerprint, dependsOn } = raw;
  return {
    oid,
    schema,
    name,
    isPublished,
    fingerprint,
    dependsOn,
    columns,
    keys: columns.filter(({ isKey }) => isKey),
    claims: claimsRead(raw),
    roles: new Map((raw.roles ?? []).map((role) => [role.role, toRole(role)])),
  };
}

function toRole({ bypasses, mayUseSchema, columns, policies }: RawRole): RoleFacts {
  const permissive = policies.filter((policy) => policy.permissive).map(({ expression }) => `(${expression})`);
  const restrictive = policies.filter((policy) => !policy.permissive).map(({ expression }) => `(${expression})`);
  const policy = permissive.length === 0 ? null : [`(${permissive.join(' or ')})`, ...restrictive].join(' and ');
  return { bypasses, mayUseSchema, columns: new Set(columns), policy };
}

/** The elements in PostgreSQL's text form of an array. */
export function arrayLiteral(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : quoted(value))).join(',')}}`;
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
