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
const MAX_CHANGES_LENGTH = 300_000;

/**
 * Rows of the same columns are written by one statement. What that leaves out, because somebody else was faster, and all of
 * them when it fails, is tried row by row, so that one that is refused keeps no other from being saved.
 */
const EACH_GROUP = `do $each$
declare
  asked jsonb := current_setting('studio.changes')::jsonb;
  alike jsonb; done jsonb; one jsonb; found jsonb; report jsonb; reports jsonb[] := '{}';
  fault_state text; fault_message text; fault_detail text; fault_hint text; fault_column text; fault_constraint text;
begin
  for alike in select value from jsonb_array_elements(asked->'groups') loop
    done := null;
    if jsonb_array_length(alike->'rows') > 1 then
      begin
        execute alike->>'all' into done using alike->'rows';
      exception when others then
        done := null;
      end;
    end if;
    for one in select value from jsonb_array_elements(alike->'rows') loop
      begin
        found := done->(one->>0);
        if found is null then
          execute alike->>'one' into found using one;
        end if;
        if found is not null then
          report := jsonb_build_object('stored', found);
        else
          execute asked->>'look' into found using one;
          report := jsonb_build_object('theirs', found);
        end if;
      exception when others then
        get stacked diagnostics fault_state = returned_sqlstate, fault_message = message_text,
          fault_detail = pg_exception_detail, fault_hint = pg_exception_hint,
          fault_column = column_name, fault_constraint = constraint_name;
        report := jsonb_build_object('fault', jsonb_build_object('state', fault_state, 'message', fault_message,
          'detail', fault_detail, 'hint', fault_hint, 'column', fault_column, 'constraint', fault_constraint));
      end;
      reports := reports || jsonb_build_array(one->0, report);
    end loop;
  end loop;
  perform set_config('studio.reports', to_jsonb(reports)::text, true);
end $each$`;

/**
 * Scripts that save the rows, each with how many rows it is about; the last result of each holds the reports, as pairs of
 * the row's place in the script and what became of it.
 */
export function savingScripts(
  shape: TableShape,
  writes: readonly RowWrite[],
): readonly { readonly sql: string; readonly rows: number }[] {
  const scripts: { sql: string; rows: number }[] = [];
  let batch = new Batch(shape);
  const close = (): void => {
    if (batch.count > 0) scripts.push({ sql: batch.script(), rows: batch.count });
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
  count = 0;
  length = 0;
  readonly #shape: TableShape;
  readonly #groups = new Map<string, { readonly statements: Statements; readonly rows: string[] }>();

  constructor(shape: TableShape) {
    this.#shape = shape;
  }

  add(write: RowWrite): void {
    const given = columnsOf(this.#shape, write);
    const name = `${write.kind} ${given.map((column) => ident(column.name)).join(' ')}`;
    const group = this.#groups.get(name) ?? { statements: statementsOf(this.#shape, write.kind, given), rows: [] };
    this.#groups.set(name, group);
    const row = JSON.stringify([
      this.count,
      write.kind === 'insert' ? [] : write.key,
      write.kind === 'delete' ? [] : given.map((column) => write.set[column.name] ?? null),
      write.kind === 'insert' ? [] : given.map((column) => write.was[column.name] ?? null),
    ]);
    group.rows.push(row);
    this.count += 1;
    this.length += literal(row).length;
  }

  script(): string {
    const groups = Array.from(this.#groups.values(), ({ statements, rows }) => {
      const { one, all } = statements;
      return `{"one":${JSON.stringify(one)},"all":${JSON.stringify(all)},"rows":[${rows.join(',')}]}`;
    });
    const look = JSON.stringify(
      `select ${textsOf(this.#shape)} from ${qualified(this.#shape)} t where ${byKey(this.#shape, '$1')}`,
    );
    return [
      `select set_config('studio.changes', ${literal(`{"look":${look},"groups":[${groups.join(',')}]}`)}, true) is null`,
      EACH_GROUP,
      `select current_setting('studio.reports')`,
    ].join(';\n');
  }
}

/** The same write for one row, and for all of a list at once; the latter answers with what is stored, by the rows' numbers. */
interface Statements {
  readonly one: string;
  readonly all: string;
}

/** Places of what a row asks for. */
const [KEY, SET, WAS] = [1, 2, 3];
/** How a statement calls the rows it is asked to write; no column is called like that. */
const ASKED = 'from jsonb_array_elements($1) with ordinality as "asked of studio"(asked, place)';
const ASKED_ROW = '"asked of studio".asked';

function columnsOf({ columns }: TableShape, write: RowWrite): readonly ShapeColumn[] {
  const values = write.kind === 'delete' ? write.was : write.set;
  const named = columns.filter(({ name }) => Object.hasOwn(values, name));
  return write.kind === 'insert' ? named.filter(({ generated }) => !generated) : named;
}

function statementsOf(shape: TableShape, kind: RowWrite['kind'], given: readonly ShapeColumn[]): Statements {
  const stored = textsOf(shape);
  const table = qualified(shape);
  const numbered = 'with done as (';
  const together = ') select jsonb_object_agg(number, stored) from done';
  switch (kind) {
    case 'insert': {
      const into = `insert into ${table} as t`;
      if (given.length === 0) return { one: `${into} default values returning ${stored}`, all: 'select null::jsonb' };
      const names = given.map(({ name }) => ident(name)).join(', ');
      const values = (row: string): string => given.map((column, at) => valueOf(row, SET, at, column)).join(', ');
      // A row that comes back by undo has the number it had.
      const begin = `${into} (${names}) overriding system value`;
      return {
        one: `${begin} values (${values('$1')}) returning ${stored}`,
        all: insertAll(`${begin} select ${values(ASKED_ROW)} ${ASKED} order by place returning ${stored} as stored`),
      };
    }
    case 'update': {
      const set = (row: string): string =>
        given.map((column, at) => `${ident(column.name)} = ${valueOf(row, SET, at, column)}`).join(', ');
      const where = (row: string): string =>
        [
          byKey(shape, row),
          ...given.map((column, at) => `(${isAsIn(row, WAS, at, column)} or ${isAsIn(row, SET, at, column)})`),
        ].join(' and ');
      const begin = `update ${table} t set`;
      return {
        one: `${begin} ${set('$1')} where ${where('$1')} returning ${stored}`,
        all: `${numbered}${begin} ${set(ASKED_ROW)} ${ASKED} where ${where(ASKED_ROW)} returning ${ASKED_ROW}->>0 as number, ${stored} as stored${together}`,
      };
    }
    case 'delete': {
      const where = (row: string): string =>
        [byKey(shape, row), ...given.map((column, at) => isAsIn(row, WAS, at, column))].join(' and ');
      const using = ASKED.replace('from', 'using');
      const begin = `delete from ${table} t`;
      return {
        one: `${begin} where ${where('$1')} returning ${stored}`,
        all: `${numbered}${begin} ${using} where ${where(ASKED_ROW)} returning ${ASKED_ROW}->>0 as number, ${stored} as stored${together}`,
      };
    }
  }
}

/**
 * An insert does not say which of the asked rows it made: they come in the order they were asked in. A trigger that leaves
 * some out makes that untrue; the division by zero then undoes all of them.
 */
function insertAll(insert: string): string {
  return (
    `with done as (${insert}), counted as (select stored, row_number() over () as place from done) ` +
    `select jsonb_object_agg("asked of studio".asked->>0, stored) ` +
    `${ASKED} left join counted using (place) having 1 / (count(*) = count(stored))::int = 1`
  );
}

function textsOf(shape: TableShape): string {
  return `to_jsonb(array[${rowTexts(shape).join(', ')}])`;
}

function byKey({ key }: TableShape, row: string): string {
  return key.map(({ name, type }, at) => `t.${ident(name)} = (${row}->${KEY}->>${at})::${type}`).join(' and ');
}

function valueOf(row: string, part: number, at: number, { type }: ShapeColumn): string {
  return `(${row}->${part}->>${at})::${type}`;
}

/** Compared as texts, because not every type has an equality; through the type, because people spell values freely. */
function isAsIn(row: string, part: number, at: number, column: ShapeColumn): string {
  return `t.${ident(column.name)}::text is not distinct from ${valueOf(row, part, at, column)}::text`;
}
