import { formatPosition } from './change-buffer.ts';
import { jsonOf } from './json-value.ts';
import { eventOf, type LoggedChange, oldValuesOf, valuesOf } from './logged-change.ts';
import type { ColumnFacts, RoleFacts, TableFacts } from './table-facts.ts';

export const FAULTS = {
  noKey: 'Error 400: Bad Request, no primary key',
  unauthorized: 'Error 401: Unauthorized',
  tooLarge: 'Error 413: Payload Too Large',
  undecided: 'Error 500: Internal Server Error, a policy or filter failed',
} as const;

/** Letters of a row from which on its large values are left out, and what counts as large then. */
const MAX_ROW_LETTERS = 1024 * 1024;
const LARGE_VALUE_LETTERS = 64;

/** What a group is told of a change, as JSON text. One for everybody who wants the same columns. */
export class ChangeMessage {
  readonly #table: TableFacts;
  readonly #role: RoleFacts;
  readonly #change: LoggedChange;
  readonly #fault: string | null;
  readonly #texts = new Map<string, string>();

  /** @param fault Instead of the row: why nothing can be said of it. */
  constructor(table: TableFacts, role: RoleFacts, change: LoggedChange, fault: string | null) {
    this.#table = table;
    this.#role = role;
    this.#change = change;
    this.#fault = fault;
  }

  /** @param wanted Columns besides the key; null for all. */
  data(wanted: ReadonlySet<string> | null): string {
    const key = wanted === null ? '' : JSON.stringify([...wanted]);
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const text = this.#write(wanted);
    this.#texts.set(key, text);
    return text;
  }

  get position(): string {
    return formatPosition(this.#change);
  }

  #write(wanted: ReadonlySet<string> | null): string {
    const { schema, name } = this.#table;
    const event = eventOf(this.#change);
    const head =
      `"schema":${JSON.stringify(schema)},"table":${JSON.stringify(name)},` +
      `"commit_timestamp":${JSON.stringify(this.#change.commit.commitAt.toISOString())},"type":"${event}"`;
    if (this.#fault !== null) {
      const rows = [...(event === 'DELETE' ? [] : ['"record":{}']), ...(event === 'INSERT' ? [] : ['"old_record":{}'])];
      return `{${head},"columns":[],${rows.join(',')},"errors":${JSON.stringify([this.#fault])}}`;
    }
    const isTooLarge = this.#change.size > MAX_ROW_LETTERS;
    const columns = this.#columns(wanted);
    const rows = [
      ...(event === 'DELETE' ? [] : [`"record":${record(columns, valuesOf(this.#change), isTooLarge)}`]),
      ...(event === 'INSERT' ? [] : [`"old_record":${this.#oldRecord(columns, isTooLarge)}`]),
    ];
    const names = columns.map(
      ({ name: column, type }) => `{"name":${JSON.stringify(column)},"type":${JSON.stringify(type)}}`,
    );
    const errors = isTooLarge ? JSON.stringify([FAULTS.tooLarge]) : 'null';
    return `{${head},"columns":[${names.join(',')}],${rows.join(',')},"errors":${errors}}`;
  }

  /** Columns the table has, the log told of and the role may read. */
  #columns(wanted: ReadonlySet<string> | null): readonly ColumnFacts[] {
    const logged = new Set(this.#change.change.relation.columns.map(({ name }) => name));
    return this.#table.columns.filter(
      ({ name, isKey }) =>
        logged.has(name) && this.#role.columns.has(name) && (wanted === null || isKey || wanted.has(name)),
    );
  }

  /** Whom policies concern is told which row it was, and not what was in it. */
  #oldRecord(columns: readonly ColumnFacts[], isTooLarge: boolean): string {
    const shown = this.#role.bypasses ? columns : columns.filter(({ isKey }) => isKey);
    return record(shown, oldValuesOf(this.#change.change), isTooLarge);
  }
}

function record(
  columns: readonly ColumnFacts[],
  values: ReadonlyMap<string, string | null | undefined>,
  isTooLarge: boolean,
): string {
  const members = columns.flatMap((column) => {
    const value = values.get(column.name);
    if (value === undefined || (isTooLarge && (value?.length ?? 0) > LARGE_VALUE_LETTERS)) return [];
    return [`${JSON.stringify(column.name)}:${jsonOf(value, column)}`];
  });
  return `{${members.join(',')}}`;
}
