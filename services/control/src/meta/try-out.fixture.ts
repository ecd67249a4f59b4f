import { type Client, DatabaseError, escapeIdentifier } from 'pg';
import { STRUCTURE_QUERY } from './introspection/structure-query.ts';
import type { Structure } from './introspection/structure.ts';

/** What happened when statements were run, before they were undone. */
export interface Truth {
  /** SQLSTATE and message; the rest then says nothing. */
  readonly failure: string | null;
  /** Tables, views and sequences there were before. */
  readonly known: ReadonlySet<string>;
  /** The strongest on each of them, reading apart. */
  readonly locks: Readonly<Record<string, string>>;
  readonly rewritten: readonly string[];
  readonly created: readonly string[];
  readonly removed: readonly string[];
  /** There before. */
  readonly there: ReadonlySet<string>;
  readonly losesData: boolean;
}

/** As the owner of the project, in a transaction that is rolled back. */
export async function tryOut(admin: Client, statements: readonly string[]): Promise<Truth> {
  await admin.query(`begin; set local role postgres; set local search_path = ''`);
  try {
    const before = await look(admin);
    try {
      for (const statement of statements) await admin.query({ text: statement, values: [] });
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      return { ...NOTHING, failure: `${error.code} ${error.message}` };
    }
    const locks = await readLocks(admin);
    const after = await look(admin);
    // Policies that hold for the owner too hide rows, which are not lost for that.
    await admin.query('reset role');
    const missing = [...before.objects].filter(([key]) => !after.objects.has(key)).map(([, name]) => name);
    const fresh = [...after.objects].filter(([key]) => !before.objects.has(key)).map(([, name]) => name);
    return {
      failure: null,
      known: new Set(before.relations.values()),
      locks: Object.fromEntries(
        locks.flatMap(({ relation, mode }) => {
          const name = before.relations.get(relation);
          return name === undefined ? [] : [[name, mode] as const];
        }),
      ),
      rewritten: [...before.files]
        .filter(([oid, file]) => after.files.has(oid) && after.files.get(oid) !== file)
        .map(([oid]) => before.relations.get(oid) ?? '')
        .toSorted(),
      created: fresh.toSorted(),
      removed: missing.toSorted(),
      there: new Set(before.objects.values()),
      losesData: await losesData(admin, before),
    };
  } finally {
    await admin.query('rollback');
  }
}

const NOTHING = {
  known: new Set<string>(),
  locks: {},
  rewritten: [],
  created: [],
  removed: [],
  there: new Set<string>(),
  losesData: false,
};

interface Look {
  readonly structure: Structure;
  /** By what stays the same when a thing is renamed. */
  readonly objects: ReadonlyMap<string, string>;
  readonly relations: ReadonlyMap<number, string>;
  readonly files: ReadonlyMap<number, string>;
  /** Values of columns as text, in the order of the rows. */
  readonly values: ReadonlyMap<string, readonly (string | null)[]>;
}

async function look(admin: Client): Promise<Look> {
  const { rows } = await admin.query<{ kind: string; items: unknown[] | null }>(STRUCTURE_QUERY, [
    ['public', 'shelf', 'extra'],
  ]);
  const structure = Object.fromEntries(rows.map(({ kind, items }) => [kind, items ?? []])) as unknown as Structure;
  const objects = new Map<string, string>();
  const relations = new Map<number, string>();
  for (const { oid, name } of structure.schemas) objects.set(`schema ${oid}`, `schema ${name}`);
  for (const { oid, schema, name, kind, columns } of structure.tables) {
    relations.set(oid, `${schema}.${name}`);
    objects.set(`class ${oid}`, `${kind} ${schema}.${name}`);
    if (kind === 'table') {
      for (const column of columns)
        objects.set(`class ${oid} ${column.position}`, `column ${schema}.${name}.${column.name}`);
    }
  }
  for (const { oid, schema, table, name } of structure.constraints)
    objects.set(`constraint ${oid}`, `constraint ${schema}.${table}.${name}`);
  for (const { oid, schema, name } of structure.indexes) objects.set(`class ${oid}`, `index ${schema}.${name}`);
  for (const { oid, schema, table, name } of structure.policies)
    objects.set(`policy ${oid}`, `policy ${schema}.${table}.${name}`);
  for (const { oid, schema, table, name } of structure.triggers)
    objects.set(`trigger ${oid}`, `trigger ${schema}.${table}.${name}`);
  for (const { oid, schema, name } of structure.functions) objects.set(`function ${oid}`, `function ${schema}.${name}`);
  for (const { oid, schema, name } of structure.types) objects.set(`type ${oid}`, `type ${schema}.${name}`);
  for (const { oid, name, installed } of structure.extensions)
    if (installed) objects.set(`extension ${oid}`, `extension ${name}`);
  for (const { name, tables } of structure.publications) {
    if (name !== 'supabase_realtime') continue;
    // A member has no name of its own, and a table that is renamed stays one.
    for (const table of tables) {
      const oid = structure.tables.find((found) => found.schema === table.schema && found.name === table.name)?.oid;
      objects.set(`member ${oid}`, `publication member ${table.schema}.${table.name}`);
    }
  }
  const files = await admin.query<{ oid: number; file: string }>(
    `select oid::int8::int as oid, pg_catalog.pg_relation_filenode(oid)::text as file from pg_catalog.pg_class
     where oid = any ($1::oid[]) and relkind = 'r'`,
    [[...relations.keys()]],
  );
  const values = new Map<string, readonly (string | null)[]>();
  for (const { oid, schema, name, kind, columns } of structure.tables) {
    if (kind !== 'table') continue;
    for (const column of columns) {
      const [label, place] = [escapeIdentifier(column.name), `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`];
      const { rows: found } = await admin.query<{ value: string | null; type: string }>(
        `select ${comparable(label)} as value, pg_typeof(${label})::oid::text as type from ${place}`,
      );
      values.set(
        `${oid} ${column.position} ${found[0]?.type ?? ''}`,
        found.map(({ value }) => value),
      );
    }
  }
  return { structure, objects, relations, files: new Map(files.rows.map(({ oid, file }) => [oid, file])), values };
}

async function readLocks(admin: Client): Promise<readonly { relation: number; mode: string }[]> {
  const { rows } = await admin.query<{ relation: number; mode: string }>(
    `select distinct on (relation) relation::int8::int as relation,
        lower(regexp_replace(replace(mode, 'Lock', ''), '([a-z])([A-Z])', '\\1 \\2', 'g')) as mode
     from pg_catalog.pg_locks
     where pid = pg_catalog.pg_backend_pid() and locktype = 'relation' and mode <> 'AccessShareLock'
       and database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())
     order by relation, pg_catalog.array_position(array['RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock',
       'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'], mode) desc`,
  );
  return rows;
}

/** A label of an enum may be renamed without being another one. */
function comparable(value: string): string {
  return `coalesce((select e.oid::text from pg_catalog.pg_enum e
    where e.enumtypid = pg_typeof(${value}) and e.enumlabel = (${value})::text), (${value})::text)`;
}

/** Whether a value there was cannot be had any more, neither as it was nor by a cast back. */
async function losesData(admin: Client, before: Look): Promise<boolean> {
  for (const [key, old] of before.values) {
    const [oid = '', position = '', type = ''] = key.split(' ');
    if (old.every((value) => value === null)) continue;
    const { rows } = await admin.query<{ place: string; name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as place,
         format(case when a.atttypid = $3 then '%I' else '%I::' || $3::oid::regtype end, a.attname) as name
       from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = $2 and not a.attisdropped
       where c.oid = $1`,
      [Number(oid), Number(position), Number(type)],
    );
    const [found] = rows;
    if (found === undefined) return true;
    await admin.query('savepoint back');
    try {
      const { rows: now } = await admin.query<{ value: string | null }>(
        `select ${comparable(found.name)} as value from ${found.place}`,
      );
      if (JSON.stringify(inOrder(now.map(({ value }) => value))) !== JSON.stringify(inOrder(old))) return true;
    } catch {
      return true;
    } finally {
      await admin.query('rollback to back');
    }
  }
  return false;
}

function inOrder(values: readonly (string | null)[]): (string | null)[] {
  return values.toSorted((left, right) => String(left).localeCompare(String(right)));
}
