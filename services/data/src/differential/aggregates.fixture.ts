import fc from 'fast-check';
import type { ReadCase } from './case.fixture.ts';
import { filterOn, type Filter } from './filters.fixture.ts';
import { authors, books, ownBooks, staff, type Table, type Way } from './tables.fixture.ts';
import { identifier } from './values.fixture.ts';

interface Part {
  readonly text: string;
  readonly name: string;
  readonly sql: (a: string) => string;
}

const GROUPED: Readonly<Record<string, readonly string[]>> = {
  authors: ['mood', 'active', 'age', 'rank', 'nick'],
  books: ['mood', 'rank', 'author_id', 'title'],
  own_books: ['author_id', 'title'],
  staff: ['name', 'boss_id'],
};
const SUMMED: Readonly<Record<string, readonly string[]>> = {
  authors: ['age', 'rating', 'big', 'id'],
  books: ['price', 'rank', 'id'],
  own_books: ['price', 'id'],
  staff: ['id', 'pay'],
};

function aggregateOf(table: Table): fc.Arbitrary<Part> {
  const made = fc
    .tuple(
      fc.constantFrom('sum', 'avg', 'count', 'max', 'min'),
      fc.constantFrom(...(SUMMED[table.name] ?? ['id'])),
      fc.constantFrom('', '', '::numeric'),
      fc.constantFrom('', '', '::text'),
      fc.boolean(),
    )
    .map(([call, column, before, after, isNamed]): Part => {
      const name = isNamed ? `${call}_${column}` : call;
      return {
        text: `${isNamed ? `${name}:` : ''}${column}${before}.${call}()${after}`,
        name,
        sql: (a) => `${call}(${a}.${identifier(column)}${before})${after}`,
      };
    });
  const counted = fc.boolean().map((isNamed): Part => ({
    text: isNamed ? 'n:count()' : 'count()',
    name: isNamed ? 'n' : 'count',
    sql: () => 'count(*)',
  }));
  return fc.oneof({ weight: 3, arbitrary: made }, { weight: 1, arbitrary: counted });
}

const groupsOf = (table: Table): fc.Arbitrary<readonly Part[]> =>
  fc
    .subarray([...(GROUPED[table.name] ?? [])], { maxLength: 2 })
    .map((names) => names.map((name): Part => ({ text: name, name, sql: (a) => `${a}.${identifier(name)}` })));

/** Groups of a table's rows and what is made of each. */
interface Grouping {
  readonly table: Table;
  readonly groups: readonly Part[];
  readonly aggregates: readonly Part[];
  readonly filters: readonly Filter[];
}

function groupingOf(table: Table): fc.Arbitrary<Grouping> {
  return fc.record({
    table: fc.constant(table),
    groups: groupsOf(table),
    aggregates: fc.uniqueArray(aggregateOf(table), { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
    filters: fc.array(filterOn(table), { maxLength: 2 }),
  });
}

const selectOf = ({ groups, aggregates }: Grouping): string =>
  [...groups, ...aggregates].map(({ text }) => text).join(',');
const whereOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;
const faultsOf = ({ filters }: Grouping): number => filters.reduce((sum, { faults }) => sum + faults, 0);

function groupedSql(grouping: Grouping, alias: string, conditions: readonly string[]): string {
  const { groups, aggregates, filters, table } = grouping;
  const columns = [...groups, ...aggregates].map(({ name, sql }) => `${sql(alias)} as ${identifier(name)}`);
  const where = whereOf([...conditions, ...filters.map(({ sql }) => `(${sql(alias)})`)]);
  const by = groups.map(({ sql }) => sql(alias)).join(', ');
  return `select ${columns.join(', ')} from public.${table.name} ${alias}${where}${by === '' ? '' : ` group by ${by} order by ${by}`}`;
}

function filterParameters(path: string, { filters, groups }: Grouping): readonly (readonly [string, string])[] {
  const order = groups.map(({ name }) => name).join(',');
  return [
    ...filters.map(({ key, value }) => [`${path}${key}`, value] as const),
    ...(order === '' ? [] : [[`${path}order`, order] as const]),
  ];
}

function caseOf(
  table: Table,
  parameters: ReadCase['request']['parameters'],
  rows: string,
  rest: Pick<ReadCase, 'offset' | 'isUnordered' | 'faults'>,
): ReadCase {
  return {
    request: { method: 'GET', path: `/${table.name}`, parameters, headers: {}, body: null },
    sql: `select coalesce(json_agg(x), '[]')::text from (${rows}) x`,
    rowsSql: `select count(*) from (${rows}) x`,
    countSql: null,
    isOneObject: false,
    ...rest,
  };
}

/** A table's own groups, in pages. */
const own: fc.Arbitrary<ReadCase> = fc
  .record({
    grouping: fc.constantFrom(authors, books, ownBooks, staff).chain(groupingOf),
    limit: fc.option(fc.integer({ min: 0, max: 6 })),
    offset: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ grouping, limit, offset }) => {
    const range: readonly (readonly [string, string])[] = [
      ...(limit === null ? [] : [['limit', String(limit)] as const]),
      ['offset', String(offset)],
    ];
    const rows = `${groupedSql(grouping, 't', [])}${limit === null ? '' : ` limit ${limit}`} offset ${offset}`;
    const parameters = [['select', selectOf(grouping)] as const, ...filterParameters('', grouping), ...range];
    return caseOf(grouping.table, parameters, rows, { offset, isUnordered: false, faults: faultsOf(grouping) });
  });

const MANY: readonly (readonly [Table, Way])[] = [authors, books].flatMap((table) =>
  table.ways
    .filter(({ toOne, from, table: target }) => !toOne && from === undefined && GROUPED[target().name] !== undefined)
    .map((way) => [table, way] as const),
);

/** Groups of the related rows of each row. */
const embedded: fc.Arbitrary<ReadCase> = fc
  .constantFrom(...MANY)
  .chain(([table, way]) => fc.tuple(fc.constant(table), fc.constant(way), groupingOf(way.table()), fc.boolean()))
  .map(([table, way, grouping, inner]) => {
    const found = groupedSql(grouping, 'c', [way.on('c', 'p')]);
    const where = inner ? ` where exists (${found})` : '';
    const rows = `select p.id, coalesce((select json_agg(y) from (${found}) y), '[]') as ${identifier(way.word)} from public.${table.name} p${where} order by p.id`;
    const select = `id,${way.request}${inner ? '!inner' : ''}(${selectOf(grouping)})`;
    const parameters = [
      ['select', select] as const,
      ['order', 'id'] as const,
      ...filterParameters(`${way.word}.`, grouping),
    ];
    return caseOf(table, parameters, rows, { offset: 0, isUnordered: false, faults: faultsOf(grouping) });
  });

/** Groups by, and aggregates of, what a to-one spread lifts. */
const lifted: fc.Arbitrary<ReadCase> = fc
  .record({
    grouping: groupingOf(books),
    lent: groupsOf(authors),
    made: fc.option(aggregateOf(authors)),
    filters: fc.array(filterOn(authors), { maxLength: 1 }),
  })
  .filter(({ lent, made }) => lent.length > 0 || made !== null)
  .map(({ grouping, lent, made, filters }) => {
    const named = lent.map(({ name, sql }, index): Part => ({ text: `s${index}:${name}`, name: `s${index}`, sql }));
    const last = made === null ? [] : [{ ...made, text: `m:${made.text.replace(/^\w+:(?!:)/, '')}`, name: 'm' }];
    const on = [`a.id = b.author_id`, ...filters.map(({ sql }) => `(${sql('a')})`)].join(' and ');
    const outputs = [
      ...[...grouping.groups, ...grouping.aggregates].map(({ name, sql }) => `${sql('b')} as ${identifier(name)}`),
      ...named.map(({ name, sql }) => `${sql('a')} as ${name}`),
      // Rows without an author lend nothing, not even a count of one.
      ...last.map(({ name, sql }) => `${sql('a').replace('count(*)', 'count(a.id)')} as ${name}`),
    ];
    const by = [...grouping.groups.map(({ sql }) => sql('b')), ...named.map(({ sql }) => sql('a'))];
    const where = whereOf(grouping.filters.map(({ sql }) => `(${sql('b')})`));
    const rows = `select ${outputs.join(', ')} from public.books b left join public.authors a on ${on}${where}${by.length === 0 ? '' : ` group by ${by.join(', ')}`}`;
    const spread = `...authors(${[...named, ...last].map(({ text }) => text).join(',')})`;
    const parameters = [
      ['select', `${selectOf(grouping)},${spread}`] as const,
      ...grouping.filters.map(({ key, value }) => [key, value] as const),
      ...filters.map(({ key, value }) => [`authors.${key}`, value] as const),
    ];
    const faults = faultsOf(grouping) + filters.reduce((sum, filter) => sum + filter.faults, 0);
    return caseOf(books, parameters, rows, { offset: 0, isUnordered: true, faults });
  });

/** Aggregates of a table, of related rows, and across a spread. */
export const aggregates: fc.Arbitrary<ReadCase> = fc.oneof(own, embedded, lifted);
