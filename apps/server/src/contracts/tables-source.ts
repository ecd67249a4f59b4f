import type { Suite } from '@ashlar/kernel';

export interface Column {
  readonly table: string;
  readonly column: string;
  /** As PostgreSQL calls it, arrays by their items; of a domain its base. */
  readonly type: string;
  readonly isArray: boolean;
  readonly isNullable: boolean;
  readonly isView: boolean;
  /** Filled in when nothing is given; `always`: nobody may give it. */
  readonly filled: 'no' | 'default' | 'always';
  /** Labels of an enum, or what a check admits. */
  readonly values: readonly string[] | null;
}

/** Every column of a schema's tables and views. `$1` is the schema. */
export const COLUMNS = `
  select c.relname as "table", a.attname as "column", c.relkind in ('v', 'm') as "isView",
         not a.attnotnull as "isNullable", t.typcategory = 'A' as "isArray",
         coalesce(base.typname, item.typname, t.typname) as type,
         case when a.attgenerated <> '' or a.attidentity = 'a' then 'always'
              when a.atthasdef or a.attidentity <> '' then 'default' else 'no' end as filled,
         coalesce(
           (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
           (select array_agg(m[1]) from pg_constraint k, regexp_matches(pg_get_constraintdef(k.oid), '''([^'']*)''::text', 'g') m
             where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]
               and pg_get_constraintdef(k.oid) ~ '^CHECK \\(\\(\\(?\\w+ = ANY \\(ARRAY\\[[^]]*\\]\\)\\)\\)?$')
         ) as values
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    left join pg_type item on item.oid = t.typelem and t.typcategory = 'A'
    left join pg_type base on base.oid = t.typbasetype and t.typtype = 'd'
   where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
   order by c.relname collate "C", a.attnum`;

/** As the connections of suites read them. */
const TYPES: Readonly<Record<string, string>> = {
  bool: 'boolean',
  date: 'string',
  float4: 'number',
  float8: 'number',
  int2: 'number',
  int4: 'number',
  int8: 'bigint',
  json: 'unknown',
  jsonb: 'unknown',
  timestamp: 'Date',
  timestamptz: 'Date',
};

/** The Kysely types of a suite's migrated schema, as PostgreSQL tells of it. */
export function tablesSource({ name, schema }: Pick<Suite, 'name' | 'schema'>, columns: readonly Column[]): string {
  const title = `${(name[0] ?? '').toUpperCase()}${name.slice(1)}Schema`;
  const tables = Map.groupBy(columns, ({ table }) => table);
  const members = [...tables].map(([table, own]) => `  '${schema}.${table}': {\n${own.map(member).join('\n')}\n  };`);
  const body = members.join('\n');
  const used = ['ColumnType', 'Generated', 'GeneratedAlways'].filter((one) => new RegExp(`\\b${one}<`).test(body));
  return [
    `// Made from the schema after all its migrations; apps/server/src/contracts/suite-tables.pg.test.ts says how.`,
    ...(used.length === 0 ? [] : [`import type { ${used.join(', ')} } from 'kysely';\n`]),
    `/** What PostgreSQL says of the schema \`${schema}\`; tables.ts says more of it, and is held to it. */`,
    `export interface ${title} {`,
    body,
    '}\n',
  ].join('\n');
}

function member(column: Column): string {
  const named = column.values?.map((value) => `'${value.replaceAll(/['\\]/g, '\\$&')}'`).join(' | ');
  const base = named ?? TYPES[column.type] ?? 'string';
  const list = column.isArray ? `${base.includes('|') ? `(${base})` : base}[]` : base;
  // PostgreSQL promises nothing of a view's columns.
  const read = column.isNullable && list !== 'unknown' ? `${list} | null` : list;
  return `    ${column.column}: ${written(column, read)};`;
}

function written({ isView, filled, type }: Column, read: string): string {
  if (isView) return `ColumnType<${read}, never, never>`;
  if (filled === 'always') return `GeneratedAlways<${read}>`;
  if (type === 'json' || type === 'jsonb') {
    return `ColumnType<unknown, string${filled === 'default' ? ' | undefined' : ''}, string>`;
  }
  return filled === 'default' ? `Generated<${read}>` : read;
}
