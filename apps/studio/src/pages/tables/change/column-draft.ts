import type { Operation } from '../../../api/structure.ts';
import type { Structure } from '../../../api/structure-types.ts';

/** A column as it is being described. */
export interface ColumnDraft {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  /** An SQL expression; empty for none. */
  readonly default: string;
  readonly nullable: boolean;
  readonly isKey: boolean;
  readonly unique: boolean;
  /** The database counts it up. */
  readonly isNumbered: boolean;
  /** `schema.table.column` of the key it points to, as `targetsOf` names it; null for none. */
  readonly target: string | null;
}

export interface Target {
  readonly id: string;
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

const MAX_NAME_BYTES = 63;
let made = 0;

export function newColumn(given: Partial<ColumnDraft> = {}): ColumnDraft {
  made += 1;
  return {
    id: made,
    name: '',
    type: 'text',
    default: '',
    nullable: true,
    isKey: false,
    unique: false,
    isNumbered: false,
    target: null,
    ...given,
  };
}

/** What nearly every table begins with. */
export function firstColumns(): readonly ColumnDraft[] {
  return [
    newColumn({ name: 'id', type: 'bigint', nullable: false, isKey: true, isNumbered: true }),
    newColumn({ name: 'name' }),
    newColumn({ name: 'created_at', type: 'timestamptz', default: 'now()', nullable: false }),
  ];
}

export function isName(name: string): boolean {
  const { length } = new TextEncoder().encode(name.trim());
  return length > 0 && length <= MAX_NAME_BYTES;
}

/** Columns a foreign key may point to: primary keys of one column. */
export function targetsOf({ constraints, tables }: Structure, schemas: readonly string[]): readonly Target[] {
  return constraints.flatMap(({ kind, schema, table, columns: [column, ...more] }) => {
    if (kind !== 'primary key' || column === undefined || more.length > 0 || !schemas.includes(schema)) return [];
    const found = tables.find((one) => one.schema === schema && one.name === table);
    const type = found?.columns.find(({ name }) => name === column)?.type;
    return type === undefined ? [] : [{ id: `${schema}.${table}.${column}`, schema, table, column, type }];
  });
}

/** The column as the operations describe one. */
export function columnInput(column: ColumnDraft): Readonly<Record<string, unknown>> {
  const value = column.default.trim();
  return {
    name: column.name.trim(),
    type: column.type.trim(),
    nullable: column.nullable && !column.isKey,
    unique: column.unique && !column.isKey,
    ...(column.isNumbered ? { identity: 'by default' } : {}),
    ...(value === '' || column.isNumbered ? {} : { default: value }),
  };
}

/** The foreign key of the column, if it has one. */
export function foreignKeyOf(
  place: { readonly schema: string; readonly table: string },
  column: ColumnDraft,
  targets: readonly Target[],
): Operation | null {
  const target = targets.find(({ id }) => id === column.target);
  if (target === undefined) return null;
  const references = { schema: target.schema, table: target.table, columns: [target.column] };
  return { operation: 'add-foreign-key', input: { ...place, columns: [column.name.trim()], references } };
}
