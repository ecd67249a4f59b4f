import fc from 'fast-check';

/**
 * Random operations over the schema of the REST comparison, each written twice: as a document for the service and as
 * plain SQL. The SQL is made of correlated subqueries and answers in the same form.
 */
export interface GraphqlPair {
  readonly query: string;
  /** One value: the JSON of the field `found`. */
  readonly sql: string;
}

interface Table {
  readonly name: string;
  /** Fields with the operands their filters take, written for GraphQL and for SQL. */
  readonly columns: Readonly<Record<string, Column>>;
  readonly relations: readonly Relation[];
}

interface Column {
  readonly operand: fc.Arbitrary<readonly [graphql: string, sql: string]>;
  readonly operators: readonly string[];
  /** What the scalar shows, when that is not PostgreSQL's own JSON. */
  readonly shown?: (column: string) => string;
  readonly isOrdered: boolean;
}

interface Relation {
  readonly field: string;
  readonly table: () => Table;
  readonly many: boolean;
  readonly on: (child: string, parent: string) => string;
}

const ORDERED = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'in'];
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

const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const asText = (text: string): readonly [string, string] => [JSON.stringify(text), sqlText(text)];

const int: Column = {
  operand: fc.integer({ min: -5, max: 70 }).map((value) => [String(value), String(value)] as const),
  operators: ORDERED,
  isOrdered: true,
};
const numeric: Column = {
  operand: fc.constantFrom('1', '3.3333333333333333', '-2.5', '60', '1e1', 'NaN').map(asText),
  operators: ORDERED,
  shown: (column) => `${column}::text`,
  isOrdered: true,
};
const text: Column = {
  operand: fc
    .oneof(
      fc.constantFrom('Ada', 'bob', 'C,d', 'e"f', 'i\\j', 'Ünï', '', '50%', 'x_y', 'null', '%i%', 'Title 3', 'word2'),
      fc.string({ maxLength: 5 }).filter((value) => !value.includes('\0')),
    )
    .map(asText),
  operators: [...ORDERED, 'startsWith', 'like', 'ilike'],
  isOrdered: true,
};
const boolean: Column = {
  operand: fc.constantFrom('true', 'false').map((value) => [value, value] as const),
  operators: ['eq'],
  isOrdered: true,
};
const date: Column = {
  operand: fc.constantFrom('2001-01-01', '2003-05-05').map(asText),
  operators: ORDERED,
  isOrdered: true,
};
const time: Column = {
  operand: fc.constantFrom('2024-02-01T00:00:00Z', '2024-03-05T10:00:00+02:00').map(asText),
  operators: ORDERED,
  isOrdered: true,
};
const mood: Column = {
  operand: fc.constantFrom('sad', 'ok', 'happy').map((value) => [value, sqlText(value)] as const),
  operators: ['eq', 'neq', 'in'],
  isOrdered: true,
};
const json: Column = {
  operand: fc.constantFrom('[1, 2]', '{"k": null}', '{}', '{"t": "x1"}').map(asText),
  operators: ['eq', 'neq', 'contains', 'containedBy'],
  shown: (column) => `${column}::text`,
  isOrdered: false,
};
const list: Column = {
  operand: fc
    .constantFrom(['a'], ['a', 'b,c'], [], ['x', 'a', 'q'])
    .map((items) => [JSON.stringify(items), `array[${items.map(sqlText).join(', ')}]::text[]`] as const),
  operators: ['eq', 'contains', 'containedBy', 'overlaps'],
  isOrdered: false,
};

const authors: Table = {
  name: 'authors',
  columns: {
    id: int,
    name: text,
    age: int,
    rating: numeric,
    active: boolean,
    born: date,
    mood,
    meta: json,
    tags: list,
  },
  relations: [
    { field: 'booksCollection', table: () => books, many: true, on: (c, p) => `${c}.author_id = ${p}.id` },
    { field: 'profiles', table: () => profiles, many: false, on: (c, p) => `${c}.author_id = ${p}.id` },
  ],
};
const books: Table = {
  name: 'books',
  columns: { id: int, author_id: int, title: text, price: numeric, printed: time },
  relations: [{ field: 'author', table: () => authors, many: false, on: (c, p) => `${c}.id = ${p}.author_id` }],
};
const profiles: Table = {
  name: 'profiles',
  columns: { author_id: int, bio: text },
  relations: [{ field: 'author', table: () => authors, many: false, on: (c, p) => `${c}.id = ${p}.author_id` }],
};

/** A piece of a document, and SQL as a function of the alias it speaks of. */
interface Piece {
  readonly graphql: string;
  readonly sql: (alias: string) => string;
}

function comparison(table: Table): fc.Arbitrary<Piece> {
  return fc.constantFrom(...Object.entries(table.columns)).chain(([name, { operand, operators }]) =>
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

function filter(table: Table, depth: number): fc.Arbitrary<Piece> {
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
  const key = table.name === 'profiles' ? 'author_id' : 'id';
  return fc
    .uniqueArray(fc.tuple(fc.constantFrom(...ordered), direction), { maxLength: 2, selector: ([name]) => name })
    .map((terms): Piece => ({
      graphql: `[${terms.map(([name, way]) => `{${name}: ${way}}`).join(', ')}]`,
      sql: (a) =>
        [
          ...terms.map(([name, way]) => `${a}.${name} ${way.replace(/^(Asc|Desc)Nulls(.*)$/, '$1 nulls $2')}`),
          `${a}.${key}`,
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

function collection(
  table: Table,
  field: string,
  on: (child: string, parent: string) => string,
  depth: number,
): fc.Arbitrary<Piece> {
  const page = fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 3 }), fc.boolean());
  return fc
    .tuple(filter(table, 2), order(table), page, node(table, depth))
    .map(([where, by, [size, offset, isLast], fields]): Piece => {
      const range = isLast ? `last: ${size}` : `first: ${size}, offset: ${offset}`;
      return {
        graphql: `${field}(${range}, filter: ${where.graphql}, orderBy: ${by.graphql}) { edges { node { ${fields.graphql} } } }`,
        sql: (a) => {
          const [row, every] = [`${a}y`, `${a}z`];
          const numbered = `select ${every}.*, row_number() over (order by ${by.sql(every)}) as place, count(*) over () as total from ${table.name} ${every} where (${on(every, a)}) and (${where.sql(every)})`;
          const kept = isLast ? `place > total - ${size}` : `place > ${offset} and place <= ${offset + size}`;
          return `'${field}', json_build_object('edges', (select coalesce(json_agg(json_build_object('node', json_build_object(${fields.sql(row)})) order by place), '[]') from (${numbered}) ${row} where ${kept}))`;
        },
      };
    });
}

export const operations: fc.Arbitrary<GraphqlPair> = fc
  .constantFrom(authors, books, profiles)
  .chain((table) => collection(table, `${table.name}Collection`, () => 'true', 2))
  .map(({ graphql, sql }) => ({ query: `{ ${graphql} }`, sql: `json_build_object(${sql('a')})` }));
