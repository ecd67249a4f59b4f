import fc from 'fast-check';
import { WRITABLE, type WrittenValue } from '../differential/written-values.fixture.ts';
import { filter, type Piece } from './graphql-differential.fixture.ts';
import { books, staff, type Table } from './graphql-tables.fixture.ts';

/** One or two mutations of a request, each written twice. */
export interface GraphqlWrite {
  readonly query: string;
  readonly statements: readonly string[];
  /** Rows each may touch; null where there is no bound. */
  readonly bounds: readonly (number | null)[];
  readonly isHiddenFrom: readonly string[];
}

interface Target {
  readonly table: Table;
  /** Columns that may be set, and how their values stand in a document. */
  readonly columns: Readonly<Record<string, (value: WrittenValue) => string>>;
  /** What is read of the changed rows, with its SQL. */
  readonly records: readonly (readonly [field: string, sql: string])[];
  readonly key: string;
}

const bare = ({ text }: WrittenValue): string => text ?? 'null';
const asString = ({ text }: WrittenValue): string => (text === null ? 'null' : JSON.stringify(text));
const asList = ({ json }: WrittenValue): string => json;

const TARGETS: readonly Target[] = [
  {
    table: books,
    columns: {
      author_id: bare,
      title: asString,
      price: asString,
      printed: asString,
      mood: bare,
      tags: asList,
      span: asString,
      meta: asString,
      isbn: asString,
      sequel_of: bare,
      owner: asString,
    },
    records: [
      ['id', 'id'],
      ['title', 'title'],
      ['price', 'price::text'],
      ['tags', 'tags'],
      ['meta', 'meta::text'],
      ['mood', 'mood'],
    ],
    key: 'id',
  },
  {
    table: staff,
    columns: { name: asString, boss_id: bare },
    records: [
      ['id', 'id'],
      ['name', 'name'],
    ],
    key: 'id',
  },
];

interface Mutation {
  readonly graphql: string;
  readonly sql: string;
  readonly bound: number | null;
}

function valuesOf({ table }: Target, names: readonly string[]): fc.Arbitrary<readonly WrittenValue[]> {
  const writable = WRITABLE[table.name] ?? {};
  const drawn = names.map((name) =>
    (writable[name] ?? fc.constant<WrittenValue>({ json: 'null', text: null, sql: 'null', faulty: false })).filter(
      ({ faulty }) => !faulty,
    ),
  );
  return fc.tuple(...drawn);
}

const isSet = (name: string, chosen: readonly string[]): boolean => name === 'id' || chosen.includes(name);

function inserts(target: Target): fc.Arbitrary<Mutation> {
  const { table, columns } = target;
  const names = ['id', ...Object.keys(columns)];
  const object = fc.tuple(valuesOf(target, names), fc.subarray(names.slice(1)));
  return fc.array(object, { minLength: 1, maxLength: 3 }).map((objects): Mutation => {
    const documents = objects.map(([values, chosen]) => {
      const fields = names.flatMap((name, index) => {
        const value = values[index];
        return value === undefined || !isSet(name, chosen) ? [] : [`${name}: ${(columns[name] ?? bare)(value)}`];
      });
      return `{${fields.join(', ')}}`;
    });
    const rows = objects.map(
      ([values, chosen]) =>
        `(${names.map((name, index) => (isSet(name, chosen) ? (values[index]?.sql ?? 'null') : 'default')).join(', ')})`,
    );
    return {
      graphql: `insertInto${table.name}Collection(objects: [${documents.join(', ')}])`,
      sql: `insert into public.${table.name} as d (${names.join(', ')}) values ${rows.join(', ')}`,
      bound: null,
    };
  });
}

/** The bound is one unless it is said. */
const bounds = fc.option(fc.integer({ min: 1, max: 6 }), { freq: 4 });
const boundText = (bound: number | null): string => (bound === null ? '' : `, atMost: ${bound}`);

/** Random filters find many rows; with the key between bounds they often find few. */
function narrow({ table, key }: Target): fc.Arbitrary<Piece> {
  return fc.tuple(filter(table, 2), fc.integer({ min: 0, max: 90 })).map(([piece, from]) => ({
    graphql: `{and: [${piece.graphql}, {${key}: {gt: ${from}}}, {${key}: {lt: ${from + 6}}}]}`,
    sql: (a) => `(${piece.sql(a)}) and ${a}.${key} > ${from} and ${a}.${key} < ${from + 6}`,
  }));
}

function updates(target: Target): fc.Arbitrary<Mutation> {
  const { table, columns } = target;
  return fc
    .subarray(Object.keys(columns), { minLength: 1, maxLength: 2 })
    .chain((names) => fc.tuple(fc.constant(names), valuesOf(target, names), narrow(target), bounds))
    .map(([names, values, where, bound]): Mutation => {
      const pairs = names.flatMap((name, index) => {
        const value = values[index];
        return value === undefined ? [] : [{ name, value }];
      });
      const set = pairs.map(({ name, value }) => `${name}: ${(columns[name] ?? bare)(value)}`).join(', ');
      return {
        graphql: `update${table.name}Collection(set: {${set}}, filter: ${where.graphql}${boundText(bound)})`,
        sql: `update public.${table.name} d set ${pairs.map(({ name, value }) => `${name} = ${value.sql}`).join(', ')} where ${where.sql('d')}`,
        bound: bound ?? 1,
      };
    });
}

function deletes(target: Target): fc.Arbitrary<Mutation> {
  return fc.tuple(narrow(target), bounds).map(([where, bound]): Mutation => ({
    graphql: `deleteFrom${target.table.name}Collection(filter: ${where.graphql}${boundText(bound)})`,
    sql: `delete from public.${target.table.name} d where ${where.sql('d')}`,
    bound: bound ?? 1,
  }));
}

function returning({ graphql, sql, bound }: Mutation, { records, key }: Target, alias: string): Mutation {
  const names = records.map(([name]) => name);
  const shown = records.map(([name, value]) => `'${name}', w.${value}`).join(', ');
  return {
    graphql: `${alias}: ${graphql} { affectedCount records { ${names.join(' ')} } }`,
    sql: `with w as (${sql} returning ${names.map((name) => `d.${name}`).join(', ')}) select coalesce(json_agg(json_build_object(${shown}) order by ${key}), '[]')::text, count(*)::text from w`,
    bound,
  };
}

/** Inserts, updates and deletes with the rows they touch; of two, the second sees what the first has done. */
export const graphqlWrites: fc.Arbitrary<GraphqlWrite> = fc
  .array(
    fc
      .constantFrom(...TARGETS, ...TARGETS.slice(0, 1))
      .chain((target) =>
        fc.oneof(inserts(target), updates(target), deletes(target)).map((mutation) => ({ mutation, target })),
      ),
    { minLength: 1, maxLength: 2 },
  )
  .map((drawn) => {
    const mutations = drawn.map(({ mutation, target }, index) => returning(mutation, target, `m${index}`));
    return {
      query: `mutation { ${mutations.map(({ graphql }) => graphql).join(' ')} }`,
      statements: mutations.map(({ sql }) => sql),
      bounds: mutations.map(({ bound }) => bound),
      isHiddenFrom: [...new Set(drawn.flatMap(({ target }) => target.table.isHiddenFrom))],
    };
  });
