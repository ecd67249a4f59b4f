import { type Field, fieldTypeOf, type FieldType, foreignKeyType } from '@ashlar/ui/grid';
import type { Caller } from '../../../api/visibility.ts';
import type { ColumnInfo, ConstraintInfo, Structure, TableInfo } from '../../../api/structure-types.ts';

/** A column that points into another table. */
export interface Pointer {
  readonly schema: string;
  readonly name: string;
  /** The column it points to. */
  readonly column: string;
  /** The column of the other table that tells people which row it is; null when only its key does. */
  readonly label: string | null;
}

export interface ShapeColumn extends ColumnInfo {
  readonly fieldType: FieldType;
  readonly pointer: Pointer | null;
  readonly isKey: boolean;
}

/** What reading and writing the rows of a table has to know of it. */
export interface TableShape {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly ShapeColumn[];
  /** Columns of the primary key, in its order; empty when there is none. */
  readonly key: readonly ShapeColumn[];
  readonly constraints: readonly ConstraintInfo[];
  readonly info: TableInfo;
  /** Through whose eyes its rows are read; those of who administers the project when it is left out. */
  readonly seenBy?: Caller;
}

/** The table as a caller of the API sees it, who may see nothing of the tables it points to. */
export function seenAs(shape: TableShape, seenBy: Caller): TableShape {
  const columns = shape.columns.map((column): ShapeColumn => ({ ...column, pointer: null }));
  return { ...shape, columns, seenBy };
}

/** Columns people recognise a row by, the likeliest first. */
const TELLING = ['name', 'title', 'label', 'email', 'username', 'slug', 'code', 'subject', 'description'];
const TEXTS = /^(text|character varying|character|citext|varchar)/;

export function findTable({ tables }: Structure, schema: string, name: string): TableInfo | undefined {
  return tables.find((table) => table.schema === schema && table.name === name);
}

export function shapeOf(structure: Structure, info: TableInfo): TableShape {
  const { schema, name } = info;
  const constraints = structure.constraints.filter((one) => one.schema === schema && one.table === name);
  const keyNames = constraints.find(({ kind }) => kind === 'primary key')?.columns ?? [];
  const columns = info.columns.map((column): ShapeColumn => {
    const pointer = pointerOf(structure, constraints, column.name);
    const type = fieldTypeOf(column.type, labelsOf(structure, column.type));
    return {
      ...column,
      pointer,
      fieldType: pointer === null ? type : foreignKeyType(type),
      isKey: keyNames.includes(column.name),
    };
  });
  const key = keyNames.flatMap((keyName) => columns.filter((column) => column.name === keyName));
  return { schema, name, columns, key, constraints, info };
}

/** Whether its rows can be told apart, and written. */
export function isWritable({ info, key }: TableShape): boolean {
  return (info.kind === 'table' || info.kind === 'partitioned table') && key.length > 0;
}

export function fieldOf({
  name,
  fieldType,
  nullable,
  generated,
  identity,
  type,
  isKey,
  ...column
}: ShapeColumn): Field {
  // NULL in a column with a default is refused by the database, which then says so; only a new row may leave it out.
  return {
    id: name,
    label: name,
    type: fieldType,
    isNullable: nullable,
    isReadonly: generated || identity === 'always',
    hint: `${shortType(type)}${isKey ? ' · PK' : ''}${column.pointer === null ? '' : ` → ${column.pointer.name}`}`,
    width: column.pointer === null ? widthFor(type) : 200,
  };
}

/** As people write it. */
export function shortType(type: string): string {
  return type
    .replace(/^public\./, '')
    .replace('timestamp with time zone', 'timestamptz')
    .replace('timestamp without time zone', 'timestamp')
    .replace('time without time zone', 'time')
    .replace('character varying', 'varchar');
}

function widthFor(type: string): number {
  if (/^(boolean|smallint|integer|bigint)$/.test(type)) return 124;
  if (type === 'uuid') return 280;
  if (/^(timestamp|date|time)/.test(type)) return 210;
  return /^(text|json)/.test(type) ? 220 : 150;
}

function labelsOf({ types }: Structure, type: string): readonly string[] | undefined {
  const bare = type.replace(/\[\]$/, '').replaceAll('"', '');
  return types.find(({ kind, schema, name }) => kind === 'enum' && (bare === name || bare === `${schema}.${name}`))
    ?.labels;
}

function pointerOf(structure: Structure, constraints: readonly ConstraintInfo[], column: string): Pointer | null {
  const found = constraints.find(
    ({ kind, columns }) => kind === 'foreign key' && columns.length === 1 && columns[0] === column,
  )?.references;
  const target = found && findTable(structure, found.schema, found.table);
  const pointed = found?.columns[0];
  if (target === undefined || target === null || pointed === undefined) return null;
  return { schema: target.schema, name: target.name, column: pointed, label: tellingColumn(target, pointed) };
}

function tellingColumn({ columns }: TableInfo, key: string): string | null {
  const texts = columns.filter(({ type, name }) => TEXTS.test(type) && name !== key).map(({ name }) => name);
  return TELLING.find((name) => texts.includes(name)) ?? texts[0] ?? null;
}
