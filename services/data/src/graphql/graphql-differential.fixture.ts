import fc from 'fast-check';
import { type Column, READABLE, type Relation, type Table } from './graphql-tables.fixture.ts';

/**
 * Random operations over the world of the REST comparison, each written twice: as a document for the service and as
 * plain SQL. The SQL is made of correlated subqueries and answers in the same form.
 */
export interface GraphqlPair {
  readonly query: string;
  /** One value: the JSON of `data`. */
  readonly sql: string;
  /** Asks for what some role has no field for. */
  readonly isHiddenFrom: readonly string[];
}

const SQL_OPERATORS: Readonly<Record<string, string>> = {
  eq: '=',
  neq: '<>',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  like: 'like',
  ilike: 'ilike',
  startsWith: '^@',
  regex: '~',
  contains: '@>',
  containedBy: '<@',
  overlaps: '&&',
};

/** A piece of a document, and SQL as a function of the alias it speaks of. */
export interface Piece {
  readonly graphql: string;
  readonly sql: (alias: string) => string;
}

function comparison(table: Table): fc.Arbitrary<Piece> {
  return fc
    .constantFrom(...Object.entries(table.columns).filter(([, { operators }]) => operators.length > 0))
    .chain(([name, { operand, operators }]) =>
      fc.oneof(
        {
          weight: 1,
          arbitrary: fc.boolean().map((isNull): Piece => ({
            graphql: `{${name}: {is: ${isNull ? 'NULL' : 'NOT_NULL'}}}`,
            sql: (a) => `${a}.${name} is ${isNull ? '' : 'not '}null`,
          })),
        },
        {
          weight: 5,
          arbitrary: fc
            .tuple(fc.constantFrom(...operators), fc.array(operand, { minLength: 1, maxLength: 3 }))
            .map(([operator, values]): Piece => {
              const [first = ['null', 'null']] = values;
              if (operator !== 'in') {
                return {
                  graphql: `{${name}: {${operator}: ${first[0]}}}`,
                  sql: (a) => `${a}.${name} ${SQL_OPERATORS[operator] ?? ''} ${first[1]}`,
                };
              }
              return {
                graphql: `{${name}: {in: [${values.map(([value]) => value).join(', ')}]}}`,
                sql: (a) => `${a}.${name} in (${values.map(([, value]) => value).join(', ')})`,
              };
            }),
        },
      ),
    );
}

export function filter(table: Table, depth: number): fc.Arbitrary<Piece> {
  if (depth === 0) return comparison(table);
  const inner = filter(table, depth - 1);
  return fc.oneof(
    { weight: 4, arbitrary: comparison(table) },
    {
      weight: 1,
      arbitrary: inner.map((piece): Piece => ({
        graphql: `{not: ${piece.graphql}}`,
        sql: (a) => `not (${piece.sql(a)})`,
      })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(inner, { minLength: 1, maxLength: 3 }))
        .map(([kind, pieces]): Piece => ({
          graphql: `{${kind}: [${pieces.map(({ graphql }) => graphql).join(', ')}]}`,
          sql: (a) => `(${pieces.map(({ sql }) => sql(a)).join(` ${kind} `)})`,
        })),
    },
  );
}

function order(table: Table): fc.Arbitrary<Piece> {
  const ordered = Object.entries(table.columns).flatMap(([name, { isOrdered }]) => (isOrdered ? [name] : []));
  const direction = fc.constantFrom('AscNullsFirst', 'AscNullsLast', 'DescNullsFirst', 'DescNullsLast');
  return fc
    .uniqueArray(fc.tuple(fc.constantFrom(...ordered), direction), { maxLength: 2, selector: ([name]) => name })
    .map((terms): Piece => ({
      graphql: `[${terms.map(([name, way]) => `{${name}: ${way}}`).join(', ')}]`,
      sql: (a) =>
        [
          ...terms.map(([name, way]) => `${a}.${name} ${way.replace(/^(Asc|Desc)Nulls(.*)$/, '$1 nulls $2')}`),
          `${a}.${table.key.replaceAll('$', a)}`,
        ].join(', '),
    }));
}

/** Fields of a row; SQL gives the arguments of `json_build_object`. */
function node(table: Table, depth: number): fc.Arbitrary<Piece> {
  const columns = fc.subarray(Object.keys(table.columns), { minLength: 1 });
  const relations = depth === 0 ? fc.constant([]) : fc.subarray([...table.relations]);
  return fc.tuple(columns, relations).chain(([names, ways]) =>
    fc.tuple(...ways.map((way) => related(way, depth - 1))).map((pieces): Piece => ({
      graphql: [...names, ...pieces.map(({ graphql }) => graphql)].join(' '),
      sql: (a) =>
        [
          ...names.map((name) => `'${name}', ${table.columns[name]?.shown?.(`${a}.${name}`) ?? `${a}.${name}`}`),
          ...pieces.map(({ sql }) => sql(a)),
        ].join(', '),
    })),
  );
}

function related({ field, table, many, on }: Relation, depth: number): fc.Arbitrary<Piece> {
  const target = table();
  if (many) return collection(target, field, on, depth);
  return node(target, depth).map((fields): Piece => ({
    graphql: `${field} { ${fields.graphql} }`,
    sql: (a) =>
      `'${field}', (select json_build_object(${fields.sql(`${a}x`)}) from ${target.name} ${a}x where ${on(`${a}x`, a)})`,
  }));
}

/** Members of a connection beside its rows: how many there are, what they add up to, what lies around the page. */
function around(table: Table): fc.Arbitrary<readonly Around[]> {
  const all: readonly Around[] = [
    { graphql: 'pageInfo { hasNextPage hasPreviousPage }', kind: 'page' },
    ...(table.isCounted ? [{ graphql: 'totalCount', kind: 'count' } as const] : []),
    ...table.summed.map((column) => ({
      graphql: `${column}: aggregate { count sum { ${column} } max { ${column} } }`,
      kind: column,
    })),
  ];
  return fc.subarray([...all]);
}

interface Around {
  readonly graphql: string;
  readonly kind: string;
}

function aroundSql({ kind }: Around, from: string, column: Column | undefined, page: Page): string {
  if (kind === 'count') return `'totalCount', (select count(*) from ${from} q)`;
  if (kind !== 'page') {
    const shown = column?.shown?.(`max(q.${kind})`) ?? `max(q.${kind})`;
    return `'${kind}', (select json_build_object('count', count(*), 'sum', json_build_object('${kind}', sum(q.${kind})::text), 'max', json_build_object('${kind}', ${shown})) from ${from} q)`;
  }
  const [before, after] = page.isLast
    ? [`total > ${page.size}`, 'false']
    : [`least(total, ${page.offset}) > 0`, `total > ${page.offset + page.size}`];
  return `'pageInfo', (select json_build_object('hasNextPage', ${after}, 'hasPreviousPage', ${before}) from (select count(*) as total from ${from} q) c)`;
}

interface Page {
  readonly size: number;
  readonly offset: number;
  readonly isLast: boolean;
}

function collection(
  table: Table,
  field: string,
  on: (child: string, parent: string) => string,
  depth: number,
): fc.Arbitrary<Piece> {
  const page = fc.record({
    size: fc.integer({ min: 1, max: 8 }),
    offset: fc.integer({ min: 0, max: 3 }),
    isLast: fc.boolean(),
  });
  return fc
    .tuple(filter(table, 2), order(table), page, node(table, depth), around(table))
    .map(([where, by, pages, fields, beside]): Piece => {
      const { size, offset, isLast } = pages;
      const range = isLast ? `last: ${size}` : `first: ${size}, offset: ${offset}`;
      const more = beside.map(({ graphql }) => ` ${graphql}`).join('');
      return {
        graphql: `${field}(${range}, filter: ${where.graphql}, orderBy: ${by.graphql}) { edges { node { ${fields.graphql} } }${more} }`,
        sql: (a) => {
          const [row, every] = [`${a}y`, `${a}z`];
          const kept = `from ${table.name} ${every} where (${on(every, a)}) and (${where.sql(every)})`;
          const columns = Object.entries(table.columns).flatMap(([name, { operators }]) =>
            operators.length === 0 ? [] : [`${every}.${name}`],
          );
          const numbered = `select ${columns.join(', ')}, row_number() over (order by ${by.sql(every)}) as place, count(*) over () as total ${kept}`;
          const shown = isLast ? `place > total - ${size}` : `place > ${offset} and place <= ${offset + size}`;
          const rows = `select * from (${numbered}) n where ${shown}`;
          const edges = `(select coalesce(json_agg(json_build_object('node', json_build_object(${fields.sql(row)})) order by place), '[]') from (${rows}) ${row})`;
          const others = beside.map((member) =>
            aroundSql(member, `(select ${columns.join(', ')} ${kept})`, table.columns[member.kind], pages),
          );
          return `'${field}', json_build_object(${["'edges'", edges].join(', ')}${others.map((other) => `, ${other}`).join('')})`;
        },
      };
    });
}

function byKey(table: Table, depth: number): fc.Arbitrary<Piece> {
  return fc.tuple(fc.integer({ min: 1, max: 90 }), node(table, depth)).map(([id, fields]): Piece => ({
    graphql: `${table.name}ByPk(id: ${id}) { ${fields.graphql} }`,
    sql: (a) =>
      `'${table.name}ByPk', (select json_build_object(${fields.sql(`${a}x`)}) from ${table.name} ${a}x where ${a}x.id = ${id})`,
  }));
}

/** One collection or one row by its key. */
export const operations: fc.Arbitrary<GraphqlPair> = fc
  .constantFrom(...READABLE)
  .chain((table) => {
    const pages = collection(table, `${table.name}Collection`, () => 'true', 2);
    const root =
      table.key === 'id' ? fc.oneof({ weight: 5, arbitrary: pages }, { weight: 1, arbitrary: byKey(table, 1) }) : pages;
    return fc.tuple(root, fc.constant(table.isHiddenFrom));
  })
  .map(([{ graphql, sql }, isHiddenFrom]) => ({
    query: `{ ${graphql} }`,
    sql: `json_build_object(${sql('a')})`,
    isHiddenFrom,
  }));
