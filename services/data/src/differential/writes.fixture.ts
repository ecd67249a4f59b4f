import fc from 'fast-check';
import type { SentRequest } from './case.fixture.ts';
import { type Filter, filterOn } from './filters.fixture.ts';
import { allBooks, bookLabels, books, ownBooks, staff, type Table } from './tables.fixture.ts';
import { identifier } from './values.fixture.ts';
import { WRITABLE, type WrittenValue } from './written-values.fixture.ts';

/** One write, written twice. */
export interface WriteCase {
  readonly request: SentRequest;
  /** The statement; with `isReturning` a query of its rows as JSON and their number. */
  readonly sql: string;
  readonly isReturning: boolean;
  readonly isOneObject: boolean;
  readonly isCounted: boolean;
  readonly isUndone: boolean;
  /** An upsert that updates: nothing new is told by another status. */
  readonly isMerge: boolean;
  readonly maxAffected: number | null;
  /** What the service finds before PostgreSQL is asked. */
  readonly refused: string | null;
  readonly faults: number;
}

type Row = Readonly<Record<string, WrittenValue>>;

/** How the answer is asked for: the same for every verb. */
interface Manner {
  readonly returned: 'representation' | 'minimal' | null;
  readonly isOneObject: boolean;
  readonly isCounted: boolean;
  readonly isUndone: boolean;
  readonly shown: 'star' | 'columns' | 'embed';
}

const manner: fc.Arbitrary<Manner> = fc.record({
  returned: fc.constantFrom('representation', 'representation', 'minimal', null),
  isOneObject: fc.integer({ min: 0, max: 7 }).map((number) => number === 0),
  isCounted: fc.boolean(),
  isUndone: fc.boolean(),
  shown: fc.constantFrom('star', 'columns', 'columns', 'embed'),
});

const TABLES: readonly Table[] = [books, books, books, ownBooks, allBooks, staff, bookLabels];

/** Columns shown and, for SQL, the expression of an embed. */
function returning(
  { shown }: Manner,
  table: Table,
): { readonly select: string; readonly columns: readonly string[]; readonly embed: string } {
  const own = table.name === 'staff' ? ['id', 'name'] : Object.keys(WRITABLE[table.name] ?? {}).slice(0, 4);
  if (shown === 'star') return { select: '*', columns: [], embed: '' };
  if (shown === 'columns' || table.columns['author_id'] === undefined)
    return { select: own.join(','), columns: own, embed: '' };
  return {
    select: `${own.join(',')},authors(name)`,
    columns: own,
    embed: ', (select row_to_json(y) from (select a.name from public.authors a where a.id = w.author_id) y) as authors',
  };
}

interface Action {
  readonly method: SentRequest['method'];
  readonly table: Table;
  /** The statement on alias `d`, without what it returns. */
  readonly statement: string;
  readonly parameters: readonly (readonly [string, string])[];
  readonly preferences: readonly string[];
  readonly body: string | null;
  readonly contentType: string;
  readonly isMerge: boolean;
  readonly maxAffected: number | null;
  readonly refused: string | null;
  readonly faults: number;
}

function caseOf(action: Action, how: Manner): WriteCase {
  const { table, method, statement, parameters, body, isMerge, maxAffected, refused, faults } = action;
  const isReturning = how.returned === 'representation';
  const isOneObject = isReturning && how.isOneObject;
  const { select, columns, embed } = returning(how, table);
  const order = table.key.join(',');
  const returned = columns.length === 0 ? 'd.*' : columns.map((name) => `d.${identifier(name)}`).join(', ');
  const shownRows = `select ${columns.length === 0 ? 'w.*' : columns.map((name) => `w.${identifier(name)}`).join(', ')}${embed} from w order by ${order}`;
  const json = isOneObject ? '(json_agg(x) -> 0)' : `coalesce(json_agg(x), '[]')`;
  const preferences = [
    ...action.preferences,
    ...(how.returned === null ? [] : [`return=${how.returned}`]),
    ...(how.isCounted ? ['count=exact'] : []),
    ...(how.isUndone ? ['tx=rollback'] : []),
    ...(maxAffected === null ? [] : ['handling=strict', `max-affected=${maxAffected}`]),
  ];
  return {
    request: {
      method,
      path: `/${table.name}`,
      parameters: [...parameters, ...(isReturning ? [['select', select] as const, ['order', order] as const] : [])],
      headers: {
        ...(preferences.length === 0 ? {} : { prefer: preferences.join(', ') }),
        ...(isOneObject ? { accept: 'application/vnd.pgrst.object+json' } : {}),
        ...(body === null ? {} : { 'content-type': action.contentType }),
      },
      body,
    },
    sql: isReturning
      ? `with w as (${statement} returning ${returned}) select ${json}::text, count(*)::text from (${shownRows}) x`
      : statement,
    isReturning,
    isOneObject,
    isCounted: how.isCounted,
    isUndone: how.isUndone,
    isMerge,
    maxAffected,
    refused,
    faults,
  };
}

const faultsIn = (row: Row): number => Object.values(row).filter(({ faulty }) => faulty).length;
const objectOf = (row: Row): string =>
  `{${Object.entries(row)
    .map(([name, { json }]) => `${JSON.stringify(name)}:${json}`)
    .join(',')}}`;
const plain = { contentType: 'application/json', isMerge: false, maxAffected: null, refused: null, preferences: [] };

function valuesOf(table: Table): Readonly<Record<string, fc.Arbitrary<WrittenValue>>> {
  return WRITABLE[table.name] ?? {};
}

function csvField(text: string | null): string {
  return text === null ? 'NULL' : `"${text.replaceAll('"', '""')}"`;
}

function csvOf(names: readonly string[], rows: readonly Row[]): string {
  return [names, ...rows.map((row) => names.map((name) => csvField(row[name]?.text ?? null)))]
    .map((line) => line.join(','))
    .join('\n');
}

const sqlOf = (value: WrittenValue | undefined, form: string): string | undefined =>
  form === 'csv' ? (value?.csvSql ?? value?.sql) : value?.sql;

type Conflict = 'none' | 'merge-duplicates' | 'ignore-duplicates';

const insert: fc.Arbitrary<Action> = fc
  .record({
    table: fc.constantFrom(...TABLES),
    conflict: fc.constantFrom<Conflict>('none', 'none', 'merge-duplicates', 'ignore-duplicates'),
    form: fc.constantFrom('object', 'array', 'array', 'columns', 'defaults', 'csv', 'unknown'),
    byOther: fc.boolean(),
    count: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ table, form, count, ...rest }) => {
    const writable = valuesOf(table);
    const optional = Object.keys(writable).filter((name) => !table.key.includes(name));
    const isView = table === ownBooks || table === allBooks;
    return fc
      .tuple(
        isView ? fc.constant(optional) : fc.subarray(optional),
        fc.array(fc.record(writable), { minLength: count, maxLength: count }),
        fc.array(fc.subarray(optional), { minLength: count, maxLength: count }),
      )
      .map(([chosen, rows, absent]) => {
        const names = [...table.key, ...chosen];
        const mayMiss = (form === 'columns' || form === 'defaults') && !isView;
        const full = form === 'object' ? rows.slice(0, 1) : rows;
        const sent = full.map((row, index): Row =>
          Object.fromEntries(
            names
              .filter((name) => !mayMiss || !(absent[index] ?? []).includes(name))
              .flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])),
          ),
        );
        return insertOf(table, names, sent, form, rest);
      });
  });

function insertOf(
  table: Table,
  names: readonly string[],
  rows: readonly Row[],
  form: string,
  { conflict, byOther }: { readonly conflict: Conflict; readonly byOther: boolean },
): Action {
  const missing = form === 'defaults' ? 'default' : 'null';
  const lines = rows.map((row) => `(${names.map((name) => sqlOf(row[name], form) ?? missing).join(', ')})`);
  // Written as VALUES, literals take their columns' types; a list of several rows finds its types by itself.
  const isByIsbn = byOther && table === books && names.includes('isbn');
  const target = isByIsbn ? ['isbn'] : table.key;
  const isView = table === ownBooks || table === allBooks;
  const resolution = isView && !isByIsbn ? 'none' : conflict;
  const changes = names.map((name) => `${identifier(name)} = excluded.${identifier(name)}`).join(', ');
  const onConflict =
    resolution === 'none'
      ? ''
      : ` on conflict (${target.join(', ')}) do ${resolution === 'merge-duplicates' ? `update set ${changes}` : 'nothing'}`;
  const isUnknown = form === 'unknown' && table !== staff;
  const objects = rows.map((row) =>
    objectOf(isUnknown ? { ...row, nothing: { json: '1', text: '1', sql: '', faulty: false } } : row),
  );
  const listed = form === 'columns' || form === 'defaults';
  return {
    ...plain,
    method: 'POST',
    table,
    statement: `insert into public.${table.name} as d (${names.map(identifier).join(', ')}) values ${lines.join(', ')}${onConflict}`,
    parameters: [
      ...(listed ? [['columns', names.map((name) => `"${name}"`).join(',')] as const] : []),
      ...(isByIsbn && resolution !== 'none' ? [['on_conflict', 'isbn'] as const] : []),
    ],
    preferences: [
      ...(resolution === 'none' ? [] : [`resolution=${resolution}`]),
      ...(form === 'defaults' ? ['missing=default'] : []),
    ],
    body: form === 'csv' ? csvOf(names, rows) : form === 'object' ? (objects[0] ?? '{}') : `[${objects.join(',')}]`,
    contentType: form === 'csv' ? 'text/csv' : 'application/json',
    isMerge: resolution === 'merge-duplicates',
    refused: isUnknown ? 'PGRST204' : null,
    faults: rows.reduce((sum, row) => sum + faultsIn(row), 0),
  };
}

const bound = fc.option(fc.integer({ min: 0, max: 3 }), { freq: 2 });

function filtersOn(table: Table): fc.Arbitrary<readonly Filter[]> {
  const byKey = fc.integer({ min: 1, max: 30 }).map((from): Filter => {
    const key = table.key[0] ?? 'id';
    return { key, value: `lt.${from}`, sql: (a) => `${a}.${key} < ${from}`, faults: 0 };
  });
  return fc
    .tuple(fc.oneof(fc.constant([]), fc.array(filterOn(table), { maxLength: 2 })), byKey)
    .map(([filters, own]) => (filters.length === 0 ? [own] : filters));
}

const whereOf = (filters: readonly Filter[]): string => filters.map(({ sql }) => `(${sql('d')})`).join(' and ');
const faultsOf = (filters: readonly Filter[]): number => filters.reduce((sum, { faults }) => sum + faults, 0);
const asParameters = (filters: readonly Filter[]): [string, string][] => filters.map(({ key, value }) => [key, value]);

const update: fc.Arbitrary<Action> = fc.constantFrom(...TABLES).chain((table) => {
  const writable = valuesOf(table);
  const names = fc.subarray(Object.keys(writable), { minLength: 1, maxLength: 3 });
  return fc
    .record({
      filters: filtersOn(table),
      row: fc.record(writable),
      chosen: names,
      maxAffected: bound,
      isListed: fc.boolean(),
      extra: fc.boolean(),
    })
    .map(({ filters, row, chosen, maxAffected, isListed, extra }): Action => {
      const set = Object.fromEntries(chosen.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));
      const changes = Object.entries(set).map(([name, { sql }]) => `${identifier(name)} = ${sql}`);
      // A key beside those listed is ignored.
      const sent = isListed && extra ? { ...set, beside: { json: '1', text: '1', sql: '', faulty: false } } : set;
      return {
        ...plain,
        method: 'PATCH',
        table,
        statement: `update public.${table.name} d set ${changes.join(', ')} where ${whereOf(filters)}`,
        parameters: [...asParameters(filters), ...(isListed ? [['columns', chosen.join(',')] as const] : [])],
        body: objectOf(sent),
        maxAffected,
        faults: faultsOf(filters) + faultsIn(set),
      };
    });
});

const remove: fc.Arbitrary<Action> = fc.constantFrom(...TABLES).chain((table) =>
  fc.record({ filters: filtersOn(table), maxAffected: bound }).map(({ filters, maxAffected }): Action => ({
    ...plain,
    method: 'DELETE',
    table,
    statement: `delete from public.${table.name} d where ${whereOf(filters)}`,
    parameters: asParameters(filters),
    body: null,
    maxAffected,
    faults: faultsOf(filters),
  })),
);

const put: fc.Arbitrary<Action> = fc
  .record({ row: fc.record(valuesOf(books)), other: fc.integer({ min: 0, max: 9 }) })
  .map(({ row, other }): Action => {
    const id = row['id']?.text ?? '1';
    const names = Object.keys(row);
    const changes = names.map((name) => `${identifier(name)} = excluded.${identifier(name)}`).join(', ');
    const values = Object.values(row).map(({ sql }) => sql);
    return {
      ...plain,
      method: 'PUT',
      table: books,
      statement: `insert into public.books as d (${names.map(identifier).join(', ')}) values (${values.join(', ')}) on conflict (id) do update set ${changes}`,
      parameters: [['id', `eq.${other === 0 ? '999' : id}`]],
      body: objectOf(row),
      isMerge: true,
      refused: other === 0 ? 'PGRST115' : null,
      faults: faultsIn(row),
    };
  });

/** Inserts, upserts, updates, deletes and single-row puts, with every preference that changes what they do. */
export const writes: fc.Arbitrary<WriteCase> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: insert },
      { weight: 3, arbitrary: update },
      { weight: 2, arbitrary: remove },
      { weight: 1, arbitrary: put },
    ),
    manner,
  )
  .map(([action, how]) => caseOf(action, how));
