import type { LogChange, LogCommit } from '@ashlar/postgres';

/** A change of one row, as clients may be told of it. */
export type RowChange = Exclude<LogChange, { readonly kind: 'truncate' }>;

/** A committed change with its place in the order of commits. */
export interface LoggedChange {
  /** Counts the changes this process heard of; without holes. */
  readonly seq: number;
  readonly change: RowChange;
  readonly commit: LogCommit;
  /** Which change of its transaction it is, from 0. */
  readonly ordinal: number;
  /** Letters of its values: what it weighs in a buffer. */
  readonly size: number;
}

export type ChangeEvent = 'INSERT' | 'UPDATE' | 'DELETE';

const EVENT: Readonly<Record<RowChange['kind'], ChangeEvent>> = {
  insert: 'INSERT',
  update: 'UPDATE',
  delete: 'DELETE',
};

export function eventOf({ change }: LoggedChange): ChangeEvent {
  return EVENT[change.kind];
}

/** Values of the row a change left behind, or of the row that is gone, by column name; large untouched ones are undefined. */
export function valuesOf({ change }: LoggedChange): ReadonlyMap<string, string | null | undefined> {
  const { columns } = change.relation;
  if (change.kind === 'delete') return oldValuesOf(change);
  const before = change.kind === 'update' && change.old?.whole === true ? change.old.row : null;
  return new Map(
    columns.map(({ name }, index) => [name, change.row[index] ?? missing(change.row[index], before, index)]),
  );
}

/** What is known of the row before: all of it, or its key. */
export function oldValuesOf(change: RowChange): ReadonlyMap<string, string | null | undefined> {
  if (change.kind === 'insert' || change.old === null) return new Map();
  const { row, whole } = change.old;
  return new Map(
    change.relation.columns.flatMap(({ name, isKey }, index) => (whole || isKey ? [[name, row[index]] as const] : [])),
  );
}

function missing(
  value: string | null | undefined,
  before: readonly (string | null | undefined)[] | null,
  index: number,
): string | null | undefined {
  return value === undefined && before !== null ? before[index] : value;
}
