export const OPERATIONS = ['insert', 'update', 'delete'] as const;
export type Operation = (typeof OPERATIONS)[number];

export const OPERATORS = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'in', 'is_null', 'not_null', 'changed'] as const;

/** What a column has to be for a change to be told. */
export interface Condition {
  readonly column: string;
  readonly operator: (typeof OPERATORS)[number];
  /** Nothing for `is_null`, `not_null` and `changed`, a list for `in`. */
  readonly value?: unknown;
}

/** The changes of a table an endpoint is told of. */
export interface TableChanges {
  readonly schema: string;
  readonly table: string;
  readonly operations: readonly Operation[];
  /** All of them must hold: of the new row, or of a deleted row. */
  readonly conditions: readonly Condition[];
}

type Row = Readonly<Record<string, unknown>>;

/** What an event of a changed row carries. */
export interface RowChange {
  readonly schema: string;
  readonly table: string;
  readonly operation: Operation;
  readonly record: Row | null;
  readonly old_record: Row | null;
}

/** Types of the events that tell of changed rows; only the database emits them. */
export const ROW_CHANGE_TYPES = 'webhooks.row.';

export function wantsChange(wanted: TableChanges, change: RowChange): boolean {
  return (
    wanted.schema === change.schema &&
    wanted.table === change.table &&
    wanted.operations.includes(change.operation) &&
    wanted.conditions.every((condition) => holds(condition, change))
  );
}

function holds({ column, operator, value }: Condition, { record, old_record: old }: RowChange): boolean {
  const found = (record ?? old)?.[column] ?? null;
  switch (operator) {
    case 'eq':
      return compare(found, value) === 0;
    case 'neq':
      return compare(found, value) !== 0;
    case 'gt':
      return (compare(found, value) ?? 0) > 0;
    case 'gte':
      return (compare(found, value) ?? -1) >= 0;
    case 'lt':
      return (compare(found, value) ?? 0) < 0;
    case 'lte':
      return (compare(found, value) ?? 1) <= 0;
    case 'in':
      return Array.isArray(value) && value.some((one) => compare(found, one) === 0);
    case 'is_null':
      return found === null;
    case 'not_null':
      return found !== null;
    case 'changed':
      // A row that came or went has changed in all its columns.
      return record === null || old === null || JSON.stringify(record[column]) !== JSON.stringify(old[column]);
  }
}

/** Below, at or above zero; null when they cannot be compared, as with SQL's null. */
function compare(found: unknown, wanted: unknown): number | null {
  if (found === null || wanted === null || wanted === undefined) return null;
  if (typeof found === 'number' && Number.isFinite(Number(wanted)) && wanted !== '') return found - Number(wanted);
  if (typeof found === 'boolean' || typeof wanted === 'boolean') return asText(found) === asText(wanted) ? 0 : null;
  const [left, right] = [asText(found), asText(wanted)];
  return left === right ? 0 : left < right ? -1 : 1;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
