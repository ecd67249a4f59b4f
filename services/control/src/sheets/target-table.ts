import type { Transaction } from '@ashlar/postgres';
import { westernDigits } from './formats/digits.ts';
import type { Cell } from './formats/source-row.ts';
import { tableErrors } from '../table-errors.ts';

/** A column of the table that is filled from a column of the file. */
export interface FilledColumn {
  readonly name: string;
  /** As `format_type` writes it. */
  readonly type: string;
  readonly isNotNull: boolean;
  /** Texts hold what the file says as it is; everything else is trimmed, with figures of other scripts made plain. */
  readonly isText: boolean;
  /** Which column of the file. */
  readonly source: number;
}

export interface TargetTable {
  readonly name: string;
  readonly columns: readonly FilledColumn[];
  /** Columns of the primary key. */
  readonly key: readonly string[];
  /** Whether the server can say if a text is a value of a type: from PostgreSQL 16 on. */
  readonly canCheck: boolean;
}

export interface Mapping {
  readonly source: number;
  readonly column: string;
}

interface ColumnRow extends Record<string, unknown> {
  readonly name: string;
  readonly type: string;
  readonly not_null: boolean;
  readonly is_text: boolean;
  readonly is_written: boolean;
  readonly is_key: boolean;
}

const COLUMNS = `
  select a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
    t.typcategory = 'S' as is_text, a.attgenerated = '' and a.attidentity <> 'a' as is_written,
    exists (select from pg_catalog.pg_index i where i.indrelid = a.attrelid and i.indisprimary
      and a.attnum = any (i.indkey)) as is_key
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid
  join pg_catalog.pg_type t on t.oid = a.atttypid
  where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
  order by a.attnum`;

const CAN_CHECK = `select pg_catalog.to_regproc('pg_catalog.pg_input_is_valid') is not null as can`;

/** @throws {AshlarError} `control.import_target` when there is no such table, or a column nobody can fill. */
export async function readTarget(
  tx: Transaction,
  { schema, table }: { readonly schema: string; readonly table: string },
  mapping: readonly Mapping[],
): Promise<TargetTable> {
  const { rows } = await tx.query<ColumnRow>(COLUMNS, [schema, table]);
  if (rows.length === 0) throw tableErrors.importTarget({ reason: `there is no table ${schema}.${table}` });
  const columns = mapping.map(({ source, column }): FilledColumn => {
    const found = rows.find(({ name }) => name === column);
    if (found === undefined) throw tableErrors.importTarget({ reason: `there is no column ${column}` });
    if (!found.is_written) throw tableErrors.importTarget({ reason: `the database fills in ${column} by itself` });
    return { name: column, type: found.type, isNotNull: found.not_null, isText: found.is_text, source };
  });
  const key = rows.filter((row) => row.is_key).map(({ name }) => name);
  const [found] = (await tx.query<{ can: boolean }>(CAN_CHECK)).rows;
  return { name: `${ident(schema)}.${ident(table)}`, columns, key, canCheck: found?.can === true };
}

/** What the database is given for a cell. */
export function valueFor({ isText, isNotNull }: FilledColumn, cell: Cell): Cell {
  if (isText) return cell ?? (isNotNull ? '' : null);
  const text = cell?.trim() ?? '';
  return text === '' ? null : westernDigits(text);
}

export type OnRepeated = 'refuse' | 'skip' | 'replace';

/** Adds rows given as one array of texts for each column. */
export function insertSql({ name, columns, key }: TargetTable, onRepeated: OnRepeated): string {
  const names = columns.map((column) => ident(column.name)).join(', ');
  const values = columns.map(({ type }, at) => `given.c${at}::${type}`).join(', ');
  return `insert into ${name} (${names}) select ${values} from ${givenRows(columns)} order by given.n ${conflictSql()}`;

  function conflictSql(): string {
    if (onRepeated === 'refuse') return '';
    if (onRepeated === 'skip') return 'on conflict do nothing';
    const others = columns.filter((column) => !key.includes(column.name));
    const sets = others.map((column) => `${ident(column.name)} = excluded.${ident(column.name)}`).join(', ');
    return `on conflict (${key.map(ident).join(', ')}) do ${sets === '' ? 'nothing' : `update set ${sets}`}`;
  }
}

/** Finds values that the types of their columns refuse, of rows given likewise. */
export function faultsSql({ columns }: TargetTable): string {
  const checks = columns.map(
    ({ type }, at) =>
      `select given.n, ${at} as col, (pg_catalog.pg_input_error_info(given.c${at}, ${literal(type)})).message
       from given where not pg_catalog.pg_input_is_valid(given.c${at}, ${literal(type)})`,
  );
  return `with given as materialized (select * from ${givenRows(columns)}) ${checks.join(' union all ')}`;
}

function givenRows(columns: readonly FilledColumn[]): string {
  const arrays = columns.map((_, at) => `$${at + 1}::text[]`).join(', ');
  return `unnest(${arrays}) with ordinality as given (${columns.map((_, at) => `c${at}`).join(', ')}, n)`;
}

function ident(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
