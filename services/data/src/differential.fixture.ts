import fc from 'fast-check';

/**
 * Random requests, each written twice: as a query string for the service and as plain SQL for PostgreSQL. The SQL is
 * made of correlated subqueries, not of the joins the service compiles, so that an error would not be shared.
 */
export interface Pair {
  readonly method: 'GET' | 'PATCH' | 'DELETE' | 'POST';
  readonly path: string;
  /** Decoded parameters, in order. */
  readonly parameters: readonly (readonly [string, string])[];
  readonly body: string | null;
  /** One value: the JSON the service must answer. */
  readonly sql: string;
  /** One value: the rows there are without a range; null where no count is asked for. */
  readonly countSql: string | null;
}

export const DIFFERENTIAL_SCHEMA = `
  create type mood as enum ('sad', 'ok', 'happy');
  create table authors (
    id int primary key, name text, age int, rating numeric, active boolean, born date, mood mood,
    meta jsonb, tags text[], owner uuid);
  create table books (
    id int primary key, author_id int references authors, title text, price numeric(10, 2), printed timestamptz, owner uuid);
  create table labels (id int primary key, word text);
  create table book_labels (
    book_id int references books, label_id int references labels, primary key (book_id, label_id));
  create table profiles (author_id int primary key references authors, bio text);
  insert into authors select g, (array['Ada', 'bob', 'C,d', 'e"f', 'g(h)', 'i\\j', 'Ünï', '', null, '50%', 'x_y', 'null'])[1 + g % 12],
    nullif(g % 9, 0) * 7, case when g % 5 > 0 then g / 3.0 end, (array[true, false, null])[1 + g % 3],
    date '2000-01-01' + g * 37, (array['sad', 'ok', 'happy', null]::mood[])[1 + g % 4],
    case g % 4 when 0 then null when 1 then jsonb_build_object('k', g, 't', 'x' || g % 3) when 2 then '{"k": null, "a": [1, {"b": "c"}]}' else '[1, 2]' end,
    case g % 4 when 0 then null when 1 then '{}' when 2 then array['a', 'b,c'] else array['x', null, 'a'] end,
    ('00000000-0000-0000-0000-00000000000' || g % 3)::uuid
    from generate_series(1, 40) g;
  insert into books select g, nullif(g % 23, 0), 'Title ' || g % 13, g * 1.25, timestamptz '2024-01-01 00:00+00' + g * interval '31 hours',
    ('00000000-0000-0000-0000-00000000000' || g % 3)::uuid from generate_series(1, 90) g;
  insert into labels select g, 'word' || g from generate_series(1, 6) g;
  insert into book_labels select b, l from generate_series(1, 90) b, generate_series(1, 6) l where (b * l) % 7 = 1;
  insert into profiles select g, 'bio ' || g from generate_series(2, 40, 2) g;
  alter table authors enable row level security;
  alter table books enable row level security;
  create policy own on authors to authenticated using (owner = (current_setting('request.jwt.claims', true)::json ->> 'sub')::uuid);
  create policy adults on authors to anon using (age > 20);
  create policy own on books to authenticated using (owner = (current_setting('request.jwt.claims', true)::json ->> 'sub')::uuid or price > 60);
  create policy cheap on books for select to anon using (price < 70);
`;

type ColumnKind = 'int' | 'numeric' | 'text' | 'boolean' | 'date' | 'enum' | 'time' | 'json' | 'array';

interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnKind>>;
  readonly embeds: readonly Way[];
}

interface Way {
  /** As the request names it. */
  readonly word: string;
  readonly table: () => Table;
  readonly toOne: boolean;
  /** Ties alias `c` (child) to alias `p` (parent). */
  readonly on: (child: string, parent: string) => string;
}

const authors: Table = {
  name: 'authors',
  columns: {
    id: 'int',
    name: 'text',
    age: 'int',
    rating: 'numeric',
    active: 'boolean',
    born: 'date',
    mood: 'enum',
    meta: 'json',
    tags: 'array',
  },
  embeds: [
    { word: 'books', table: () => books, toOne: false, on: (c, p) => `${c}.author_id = ${p}.id` },
    { word: 'profiles', table: () => profiles, toOne: true, on: (c, p) => `${c}.author_id = ${p}.id` },
  ],
};
const books: Table = {
  name: 'books',
  columns: { id: 'int', author_id: 'int', title: 'text', price: 'numeric', printed: 'time' },
  embeds: [
    { word: 'authors', table: () => authors, toOne: true, on: (c, p) => `${c}.id = ${p}.author_id` },
    { word: 'books_author_id_fkey', table: () => authors, toOne: true, on: (c, p) => `${c}.id = ${p}.author_id` },
    {
      word: 'labels',
      table: () => labels,
      toOne: false,
      on: (c, p) => `exists (select from book_labels j where j.book_id = ${p}.id and j.label_id = ${c}.id)`,
    },
  ],
};
const labels: Table = { name: 'labels', columns: { id: 'int', word: 'text' }, embeds: [] };
const profiles: Table = { name: 'profiles', columns: { author_id: 'int', bio: 'text' }, embeds: [] };

/** A condition on a row called `a`. */
interface Condition {
  readonly key: string;
  /** Operator and value, the value bare. */
  readonly operator: string;
  readonly value: string;
  readonly sql: (a: string) => string;
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const listed = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Mostly values of the kind; a wrong one must be refused on both sides. */
function mostly(right: fc.Arbitrary<string>, ...wrong: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 20, arbitrary: right }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });
}

const VALUES: Readonly<Record<ColumnKind, fc.Arbitrary<string>>> = {
  int: mostly(fc.integer({ min: -5, max: 70 }).map(String), 'x', '', '99999999999'),
  numeric: fc.constantFrom('1', '3.3333333333333333', '-2.5', '60', '1e1', 'NaN'),
  text: fc.oneof(
    fc.constantFrom('Ada', 'bob', 'C,d', 'e"f', 'g(h)', 'i\\j', 'Ünï', '', '50%', 'x_y', 'null', 'Title 3', 'word2'),
    fc.string({ maxLength: 6 }).filter((text) => !text.includes('\0')),
  ),
  boolean: mostly(fc.constantFrom('true', 'false', 't'), 'maybe'),
  date: mostly(fc.constantFrom('2001-01-01', '2003-05-05'), 'yesterdayish'),
  enum: mostly(fc.constantFrom('sad', 'ok', 'happy'), 'angry'),
  time: fc.constantFrom('2024-02-01', '2024-03-05T10:00:00+02:00'),
  json: mostly(fc.constantFrom('[1, 2]', '{"k": null}', '{}'), 'broken'),
  array: mostly(fc.constantFrom('{}', '{a,"b,c"}', '{x,NULL,a}'), '{'),
};

const COMPARISONS = [
  ['eq', '='],
  ['neq', '<>'],
  ['gt', '>'],
  ['gte', '>='],
  ['lt', '<'],
  ['lte', '<='],
  ['isdistinct', 'is distinct from'],
] as const;
const PATTERNS = [
  ['like', 'like'],
  ['ilike', 'ilike'],
] as const;
const CONTAINMENTS = [
  ['cs', '@>'],
  ['cd', '<@'],
] as const;

function condition(column: string, kind: ColumnKind): fc.Arbitrary<Condition> {
  const make = (operator: string, value: string, sql: (a: string) => string): Condition => ({
    key: column,
    operator,
    value,
    sql,
  });
  const field = (a: string): string => `${a}.${column}`;
  const compare = fc
    .tuple(fc.constantFrom(...COMPARISONS), VALUES[kind])
    .map(([[name, sql], value]) => make(name, value, (a) => `${field(a)} ${sql} ${quote(value)}`));
  const isNull = fc
    .constantFrom('null', 'not_null')
    .map((word) => make('is', word, (a) => `${field(a)} is ${word.replace('_', ' ')}`));
  const among = fc.array(VALUES[kind], { maxLength: 4 }).map((values) =>
    make('in', `(${values.map(listed).join(',')})`, (a) => {
      const items = values.map((value) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);
      return `${field(a)} = any (${quote(`{${items.join(',')}}`)})`;
    }),
  );
  const pattern = fc
    .tuple(fc.constantFrom(...PATTERNS), fc.constantFrom('*a*', 'A*', '%', '*5_*', 'Title*', ''))
    .map(([[name, sql], value]) => make(name, value, (a) => `${field(a)} ${sql} ${quote(value.replaceAll('*', '%'))}`));
  const contain = fc
    .tuple(fc.constantFrom(...CONTAINMENTS), VALUES[kind])
    .map(([[name, sql], value]) => make(name, value, (a) => `${field(a)} ${sql} ${quote(value)}`));
  const truth = fc
    .constantFrom('true', 'false', 'unknown')
    .map((word) => make('is', word, (a) => `${field(a)} is ${word}`));
  const path = fc
    .tuple(fc.constantFrom('k', 't', 'a'), fc.constantFrom('x1', '5', 'null'))
    .map(([key, value]): Condition => ({
      key: `${column}->>${key}`,
      operator: 'eq',
      value,
      sql: (a) => `${field(a)} ->> ${quote(key)} = ${quote(value)}`,
    }));
  if (kind === 'text') return fc.oneof(compare, isNull, among, pattern);
  if (kind === 'boolean') return fc.oneof(compare, truth, isNull);
  if (kind === 'json') return fc.oneof(contain, isNull, path, compare);
  if (kind === 'array') return fc.oneof(contain, isNull, compare);
  return fc.oneof(compare, isNull, among);
}

function anyCondition(table: Table): fc.Arbitrary<Condition & { readonly negated: boolean }> {
  const own = fc.constantFrom(...Object.entries(table.columns)).chain(([column, kind]) => condition(column, kind));
  return fc.tuple(own, fc.boolean()).map(([made, negated]) => ({ ...made, negated }));
}

/** One parameter, and what it means. */
interface Filter {
  readonly key: string;
  readonly value: string;
  readonly sql: (a: string) => string;
}

function plainFilter(table: Table): fc.Arbitrary<Filter> {
  return anyCondition(table).map(({ key, operator, value, sql, negated }) => ({
    key,
    value: `${negated ? 'not.' : ''}${operator}.${value}`,
    sql: (a) => (negated ? `not (${sql(a)})` : sql(a)),
  }));
}

interface Node {
  readonly text: string;
  readonly sql: (a: string) => string;
}

function logicNode(table: Table, depth: number): fc.Arbitrary<Node> {
  const leaf = anyCondition(table).map(({ key, operator, value, sql, negated }): Node => {
    const bare = operator === 'in' || operator === 'is' ? value : listed(value);
    return {
      text: `${key}.${negated ? 'not.' : ''}${operator}.${bare}`,
      sql: (a) => (negated ? `not (${sql(a)})` : sql(a)),
    };
  });
  return depth === 0
    ? leaf
    : fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: logicGroup(table, depth) });
}

function logicGroup(
  table: Table,
  depth: number,
): fc.Arbitrary<Node & { readonly word: string; readonly list: string }> {
  return fc
    .tuple(
      fc.constantFrom('and', 'or'),
      fc.boolean(),
      fc.array(logicNode(table, depth - 1), { minLength: 1, maxLength: 3 }),
    )
    .map(([kind, negated, nodes]) => {
      const word = negated ? `not.${kind}` : kind;
      const list = `(${nodes.map(({ text }) => text).join(',')})`;
      const sql = (a: string): string =>
        `${negated ? 'not ' : ''}(${nodes.map((node) => `(${node.sql(a)})`).join(` ${kind} `)})`;
      return { word, list, text: `${word}${list}`, sql };
    });
}

function filterOf(table: Table): fc.Arbitrary<Filter> {
  const tree = logicGroup(table, 2).map(({ word, list, sql }) => ({ key: word, value: list, sql }));
  return fc.oneof({ weight: 4, arbitrary: plainFilter(table) }, { weight: 1, arbitrary: tree });
}

/** A level of a read: what it selects, from which rows, in which order. */
interface Level {
  readonly table: Table;
  readonly columns: readonly string[];
  readonly embeds: readonly { readonly way: Way; readonly level: Level; readonly inner: boolean }[];
  readonly filters: readonly Filter[];
  readonly order: { readonly column: string; readonly descending: boolean } | null;
  readonly limit: number | null;
  readonly offset: number | null;
}

function levelOf(table: Table, depth: number): fc.Arbitrary<Level> {
  const names = Object.keys(table.columns);
  const embeds: fc.Arbitrary<Level['embeds']> =
    depth === 0 || table.embeds.length === 0
      ? fc.constant([])
      : fc
          .uniqueArray(fc.constantFrom(...table.embeds), { maxLength: 2 })
          .chain((ways) =>
            fc.tuple(
              ...ways.map((way) =>
                fc.record({ way: fc.constant(way), level: levelOf(way.table(), depth - 1), inner: fc.boolean() }),
              ),
            ),
          );
  return fc.record({
    table: fc.constant(table),
    columns: fc.oneof(fc.constant(['*']), fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 })),
    embeds,
    filters: fc.array(filterOf(table), { maxLength: depth === 0 ? 1 : 2 }),
    order: fc.option(fc.record({ column: fc.constantFrom(...names), descending: fc.boolean() })),
    limit: fc.option(fc.integer({ min: 0, max: 12 })),
    offset: fc.option(fc.integer({ min: 0, max: 3 })),
  });
}

/** The key that makes an order total: equal answers need one order. */
function keyOf(table: Table): string {
  return table.columns['id'] === undefined ? 'author_id' : 'id';
}

function selectText({ columns, embeds }: Level): string {
  return [
    ...columns,
    ...embeds.map(({ way, level, inner }) => `${way.word}${inner ? '!inner' : ''}(${selectText(level)})`),
  ].join(',');
}

function parametersOf(level: Level, path: string, toOne: boolean): [string, string][] {
  const key = keyOf(level.table);
  const terms = [
    ...(level.order === null ? [] : [`${level.order.column}.${level.order.descending ? 'desc' : 'asc'}`]),
    key,
  ];
  return [
    ...level.filters.map(({ key: name, value }): [string, string] => [`${path}${name}`, value]),
    ...(toOne ? [] : ([[`${path}order`, terms.join(',')]] as [string, string][])),
    ...(toOne || level.limit === null ? [] : ([[`${path}limit`, String(level.limit)]] as [string, string][])),
    ...(toOne || level.offset === null ? [] : ([[`${path}offset`, String(level.offset)]] as [string, string][])),
    ...level.embeds.flatMap(({ way, level: inner }) => parametersOf(inner, `${path}${way.word}.`, way.toOne)),
  ];
}

let aliases = 0;

function conditionsSql(level: Level, alias: string): readonly string[] {
  const inner = level.embeds.flatMap(({ way, level: child, inner: isInner }) =>
    isInner ? [`exists (${rowsSql(child, way, alias)})`] : [],
  );
  return [...level.filters.map(({ sql }) => `(${sql(alias)})`), ...inner];
}

/** The rows of a level as a SELECT; of an embed, those of one parent. */
function rowsSql(level: Level, way: Way | null, parent: string): string {
  const alias = `t${(aliases += 1)}`;
  const outputs = [
    ...level.columns.map((column) => `${alias}.${column}`),
    ...level.embeds.map(({ way: to, level: child }) => {
      const rows = rowsSql(child, to, alias);
      const json = to.toOne
        ? `(select row_to_json(x) from (${rows}) x)`
        : `coalesce((select json_agg(x) from (${rows}) x), '[]')`;
      return `${json} as "${to.word}"`;
    }),
  ];
  const where = [...(way === null ? [] : [way.on(alias, parent)]), ...conditionsSql(level, alias)];
  const order =
    level.order === null ? '' : `${alias}.${level.order.column} ${level.order.descending ? 'desc' : 'asc'}, `;
  const range = way?.toOne === true ? '' : ` order by ${order}${alias}.${keyOf(level.table)}${rangeSql(level)}`;
  const conditions = where.length === 0 ? '' : ` where ${where.join(' and ')}`;
  return `select ${outputs.join(', ')} from public.${level.table.name} ${alias}${conditions}${range}`;
}

function rangeSql({ limit, offset }: Level): string {
  return `${limit === null ? '' : ` limit ${limit}`}${offset === null ? '' : ` offset ${offset}`}`;
}

export const reads: fc.Arbitrary<Pair> = fc.constantFrom(authors, books).chain((table) =>
  levelOf(table, 2).map((level): Pair => {
    aliases = 0;
    const where = conditionsSql(level, 't');
    const conditions = where.length === 0 ? '' : ` where ${where.join(' and ')}`;
    return {
      method: 'GET',
      path: `/${table.name}`,
      parameters: [['select', selectText(level)], ...parametersOf(level, '', false)],
      body: null,
      sql: `select coalesce(json_agg(x), '[]') from (${rowsSql(level, null, '')}) x`,
      countSql: `select count(*) from public.${table.name} t${conditions}`,
    };
  }),
);

const newPrice = fc.integer({ min: 0, max: 9999 }).map((cents) => (cents / 100).toFixed(2));

function returned(action: string): string {
  const rows = 'select id, title, price from w order by id';
  return `with w as (${action} returning id, title, price) select coalesce(json_agg(x), '[]') from (${rows}) x`;
}

/** Writes to books; both sides are rolled back. */
export const writes: fc.Arbitrary<Pair> = fc
  .record({
    kind: fc.constantFrom('PATCH' as const, 'DELETE' as const, 'POST' as const),
    filters: fc.array(filterOf(books), { minLength: 1, maxLength: 2 }),
    price: newPrice,
    title: VALUES.text,
    id: fc.integer({ min: 1, max: 120 }),
  })
  .map(({ kind, filters, price, title, id }): Pair => {
    const where = filters.map(({ sql }) => `(${sql('books')})`).join(' and ');
    const parameters: [string, string][] = [
      ['select', 'id,title,price'],
      ['order', 'id'],
    ];
    const filtered: [string, string][] = [
      ...filters.map(({ key, value }): [string, string] => [key, value]),
      ...parameters,
    ];
    const common = { method: kind, path: '/books', countSql: null };
    if (kind === 'DELETE') {
      return { ...common, parameters: filtered, body: null, sql: returned(`delete from public.books where ${where}`) };
    }
    if (kind === 'PATCH') {
      const sql = returned(`update public.books set price = ${price}, title = ${quote(title)} where ${where}`);
      return { ...common, parameters: filtered, body: `{"price":${price},"title":${JSON.stringify(title)}}`, sql };
    }
    const values = `values (${id}, ${quote(title)}, ${price}, '00000000-0000-0000-0000-000000000001')`;
    return {
      ...common,
      parameters,
      body: `{"id":${id},"title":${JSON.stringify(title)},"price":${price},"owner":"00000000-0000-0000-0000-000000000001"}`,
      sql: returned(`insert into public.books (id, title, price, owner) ${values}`),
    };
  });
