import type { ProjectDatabase } from '@ashlar/postgres';

/** Columns a role may use in one way: all of them, or those listed. */
export type UsableColumns = true | readonly string[];

export interface UsableRelation {
  readonly name: string;
  readonly select: UsableColumns;
  readonly insert: UsableColumns;
  readonly update: UsableColumns;
  readonly delete: boolean;
}

/** What of a schema a role may use: names alone, the snapshot knows the rest. */
export interface UsableObjects {
  readonly relations: readonly UsableRelation[];
  /** As `routineSignature` writes them. */
  readonly routines: readonly string[];
  readonly schemaComment: string | null;
}

const NOTHING_USABLE: UsableObjects = { relations: [], routines: [], schemaComment: null };

// Columns are asked one by one only where the table as a whole is not granted: few tables have column grants.
const columnsFor = (privilege: 'SELECT' | 'INSERT' | 'UPDATE'): string => `
  CASE WHEN has_table_privilege(c.oid, '${privilege}') THEN 'true'::json ELSE (
    SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, '${privilege}')
  ) END`;

const USABLE = `
  SELECT json_build_object(
    'relations', (
      SELECT coalesce(json_agg(json_build_object(
        'name', c.relname, 'select', ${columnsFor('SELECT')}, 'insert', ${columnsFor('INSERT')},
        'update', ${columnsFor('UPDATE')}, 'delete', has_table_privilege(c.oid, 'DELETE'))), '[]')
      FROM pg_catalog.pg_class c
      WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
        AND (has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(c.oid, 'DELETE'))),
    'routines', (
      SELECT coalesce(json_agg(p.proname || '(' || coalesce((
        SELECT string_agg(g.name, ',' ORDER BY g.place)
        FROM unnest(p.proargnames, p.proargmodes) WITH ORDINALITY AS g (name, mode, place)
        WHERE g.mode IS NULL OR g.mode IN ('i', 'b', 'v')), '') || ')'), '[]')
      FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid AND has_function_privilege(p.oid, 'EXECUTE')),
    'schemaComment', obj_description(n.oid, 'pg_namespace'))
  FROM pg_catalog.pg_namespace n WHERE n.nspname = $1 AND has_schema_privilege(n.oid, 'USAGE')`;

/** Asks PostgreSQL as the role itself, so that grants through membership and PUBLIC count. */
export async function readUsableObjects(
  database: ProjectDatabase,
  role: string,
  schema: string,
): Promise<UsableObjects> {
  const result = await database.call({
    login: 'authenticator',
    role,
    settings: [],
    readOnly: true,
    connection: 'shared',
    statement: { text: USABLE, values: [schema] },
  });
  const json = result.rows[0]?.[0];
  // The statement above builds exactly this object.
  return json == null ? NOTHING_USABLE : (JSON.parse(json) as UsableObjects);
}

/** Tells overloads apart as callers do: by the names of their arguments. */
export function routineSignature(name: string, parameters: readonly { readonly name: string }[]): string {
  return `${name}(${parameters.map((parameter) => parameter.name).join(',')})`;
}
