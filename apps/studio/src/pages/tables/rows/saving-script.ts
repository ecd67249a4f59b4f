import type { CellValue } from '@ashlar/ui/grid';
import { ident, literal, qualified } from './quote.ts';
import { rowTexts } from './row-query.ts';
import type { ShapeColumn, TableShape } from './table-shape.ts';

/** One row to be written. `was` is what the person saw: when it is that no more, nothing is written. */
export type RowWrite =
  | {
      readonly kind: 'update';
      readonly key: readonly string[];
      readonly set: Readonly<Record<string, CellValue>>;
      readonly was: Readonly<Record<string, CellValue>>;
    }
  | { readonly kind: 'insert'; readonly set: Readonly<Record<string, CellValue>> }
  | { readonly kind: 'delete'; readonly key: readonly string[]; readonly was: Readonly<Record<string, CellValue>> };

/** What became of one row. */
export interface RowReport {
  /** The row as it is stored now; of a deleted row, as it was. */
  readonly stored?: readonly (string | null)[];
  /** Somebody else was faster: the row as they left it, and null when they removed it. */
  readonly theirs?: readonly (string | null)[] | null;
  readonly fault?: {
    readonly state: string;
    readonly message: string;
    readonly detail: string;
    readonly hint: string;
    readonly column: string;
    readonly constraint: string;
  };
}

/** Longer scripts are several runs; the server takes 500,000 characters and one megabyte. */
const MAX_CHANGES_LENGTH = 150_000;

/** Each row is tried by itself, so that one that is refused keeps no other from being saved. */
const EACH_ROW = `do $each$
declare
  asked jsonb := current_setting('studio.changes')::jsonb;
  one jsonb; found jsonb; report jsonb; reports jsonb[] := '{}';
  fault_state text; fault_message text; fault_detail text; fault_hint text; fault_column text; fault_constraint text;
begin
  for one in select value from jsonb_array_elements(asked->'rows') loop
    begin
      found := null;
      execute asked->'statements'->>((one->>0)::int) into found using one->1;
      if found is not null then
        report := jsonb_build_object('stored', found);
      else
        execute asked->>'look' into found using one->1;
        report := jsonb_build_object('theirs', found);
      end if;
    exception when others then
      get stacked diagnostics fault_state = returned_sqlstate, fault_message = message_text,
        fault_detail = pg_exception_detail, fault_hint = pg_exception_hint,
        fault_column = column_name, fault_constraint = constraint_name;
      report := jsonb_build_object('fault', jsonb_build_object('state', fault_state, 'message', fault_message,
        'detail', fault_detail, 'hint', fault_hint, 'column', fault_column, 'constraint', fault_constraint));
    end;
    reports := reports || report;
  end loop;
  perform set_config('studio.reports', to_jsonb(reports)::text, true);
end $each$`;

/** Scripts that save the rows, each with how many rows it is about; the last result of each holds the reports. */
export function savingScripts(
  shape: TableShape,
  writes: readonly RowWrite[],
): readonly { readonly sql: string; readonly rows: number }[] {
  const scripts: { sql: string; rows: number }[] = [];
  let batch = new Batch(shape);
  const close = (): void => {
    if (batch.rows.length > 0) scripts.push({ sql: batch.script(), rows: batch.rows.length });
    batch = new Batch(shape);
  };
  for (const write of writes) {
    batch.add(write);
    if (batch.length > MAX_CHANGES_LENGTH) close();
  }
  close();
  return scripts;
}

/** Rows that are written by one run; rows of the same columns share a statement. */
class Batch {
  readonly rows: string[] = [];
  length = 0;
  readonly #shape: TableShape;
  readonly #statements = new Map<string, number>();

  constructor(shape: TableShape) {
    this.#shape = shape;
  }

  add(write: RowWrite): void {
    const sql = statementOf(this.#shape, write);
    const at = this.#statements.get(sql) ?? this.#statements.size;
    this.#statements.set(sql, at);
    const { kind: _kind, ...values } = write;
    const row = JSON.stringify([at, values]);
    this.rows.push(row);
    this.length += row.length;
  }

  script(): string {
    const statements = JSON.stringify([...this.#statements.keys()]);
    const look = JSON.stringify(
      `select ${textsOf(this.#shape)} from ${qualified(this.#shape)} t where ${byKey(this.#shape)}`,
    );
    const changes = `{"statements":${statements},"look":${look},"rows":[${this.rows.join(',')}]}`;
    return [
      `select set_config('studio.changes', ${literal(changes)}, true) is null`,
      EACH_ROW,
      `select current_setting('studio.reports')`,
    ].join(';\n');
  }
}

function statementOf(shape: TableShape, write: RowWrite): string {
  const { columns } = shape;
  const named = (values: Readonly<Record<string, CellValue>>): readonly ShapeColumn[] =>
    columns.filter(({ name }) => Object.hasOwn(values, name));
  const returning = `returning ${textsOf(shape)}`;
  switch (write.kind) {
    case 'insert': {
      const given = named(write.set).filter(({ generated }) => !generated);
      const into = `insert into ${qualified(shape)} as t`;
      if (given.length === 0) return `${into} default values ${returning}`;
      // A row that comes back by undo has the number it had.
      return (
        `${into} (${given.map(({ name }) => ident(name)).join(', ')}) overriding system value ` +
        `values (${given.map((column) => valueOf('set', column)).join(', ')}) ${returning}`
      );
    }
    case 'update': {
      const given = named(write.set);
      const set = given.map((column) => `${ident(column.name)} = ${valueOf('set', column)}`);
      const seen = given.map((column) => `(${isAsIn('was', column)} or ${isAsIn('set', column)})`);
      return `update ${qualified(shape)} t set ${set.join(', ')} where ${[byKey(shape), ...seen].join(' and ')} ${returning}`;
    }
    case 'delete': {
      const seen = named(write.was).map((column) => isAsIn('was', column));
      return `delete from ${qualified(shape)} t where ${[byKey(shape), ...seen].join(' and ')} ${returning}`;
    }
  }
}

function textsOf(shape: TableShape): string {
  return `to_jsonb(array[${rowTexts(shape).join(', ')}])`;
}

function byKey({ key }: TableShape): string {
  return key.map(({ name, type }, at) => `t.${ident(name)} = ($1->'key'->>${at})::${type}`).join(' and ');
}

function valueOf(part: 'set' | 'was', { name, type }: ShapeColumn): string {
  return `($1->'${part}'->>${literal(name)})::${type}`;
}

/** Compared as texts, because not every type has an equality; through the type, because people spell values freely. */
function isAsIn(part: 'set' | 'was', column: ShapeColumn): string {
  return `t.${ident(column.name)}::text is not distinct from ${valueOf(part, column)}::text`;
}
