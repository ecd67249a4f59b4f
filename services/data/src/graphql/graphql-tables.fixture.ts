import fc from 'fast-check';

/** What random operations may ask of a table, and how its values stand in a document and in SQL. */
export interface Table {
  readonly name: string;
  /** Fields with the operands their filters take, written for GraphQL and for SQL. */
  readonly columns: Readonly<Record<string, Column>>;
  readonly relations: readonly Relation[];
  /** Makes an order total. */
  readonly key: string;
  readonly isCounted: boolean;
  /** Numeric columns with aggregates; none where they are not enabled. */
  readonly summed: readonly string[];
  readonly isHiddenFrom: readonly string[];
}

export interface Column {
  readonly operand: fc.Arbitrary<readonly [graphql: string, sql: string]>;
  readonly operators: readonly string[];
  /** What the scalar shows, when that is not PostgreSQL's own JSON. */
  readonly shown?: (column: string) => string;
  readonly isOrdered: boolean;
}

export interface Relation {
  readonly field: string;
  readonly table: () => Table;
  readonly many: boolean;
  readonly on: (child: string, parent: string) => string;
}

const ORDERED = ['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'in'];
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

const bigint: Column = {
  operand: fc.constantFrom('9007199254740993', '9007199254741000', '5', '-1').map(asText),
  operators: ORDERED,
  shown: (column) => `${column}::text`,
  isOrdered: true,
};
const float: Column = {
  operand: fc.constantFrom('0.125', '4.0', '2.5', '-1').map((value) => [value, value] as const),
  operators: ORDERED,
  isOrdered: true,
};
const clock: Column = {
  operand: fc.constantFrom('06:30:00', '12:00').map(asText),
  operators: ORDERED,
  isOrdered: true,
};
const uuid: Column = {
  operand: fc.constantFrom('00000000-0000-0000-0000-000000000012', '00000000-0000-0000-0000-0000000000ff').map(asText),
  operators: ['eq', 'neq', 'in'],
  isOrdered: true,
};
const opaque: Column = {
  operand: fc.constantFrom('[12,22)', 'empty', '(,7)').map(asText),
  operators: ['eq'],
  shown: (column) => `${column}::text`,
  isOrdered: false,
};
const calculated: Column = {
  operand: text.operand,
  operators: [],
  shown: (column) => `left(${column.replace('.initial', '.name')}, 1)`,
  isOrdered: false,
};

const nobody: readonly string[] = [];
const written = { key: 'id', isCounted: true, summed: ['price', 'id'], isHiddenFrom: nobody };

const authors: Table = {
  name: 'authors',
  columns: {
    id: int,
    name: text,
    age: int,
    rating: numeric,
    score: float,
    big: bigint,
    active: boolean,
    born: date,
    woke: clock,
    mood,
    meta: json,
    tags: list,
    span: opaque,
    ref: uuid,
    initial: calculated,
  },
  relations: [
    { field: 'booksCollection', table: () => books, many: true, on: (c, p) => `${c}.author_id = ${p}.id` },
    { field: 'profiles', table: () => profiles, many: false, on: (c, p) => `${c}.author_id = ${p}.id` },
  ],
  key: 'id',
  isCounted: true,
  summed: [],
  isHiddenFrom: nobody,
};
export const books: Table = {
  name: 'books',
  columns: {
    id: int,
    author_id: int,
    title: text,
    price: numeric,
    printed: time,
    mood,
    tags: list,
    span: opaque,
    isbn: text,
  },
  relations: [
    { field: 'author', table: () => authors, many: false, on: (c, p) => `${c}.id = ${p}.author_id` },
    { field: 'book_labelsCollection', table: () => bookLabels, many: true, on: (c, p) => `${c}.book_id = ${p}.id` },
  ],
  ...written,
};
const profiles: Table = {
  name: 'profiles',
  columns: { author_id: int, bio: text },
  relations: [{ field: 'author', table: () => authors, many: false, on: (c, p) => `${c}.id = ${p}.author_id` }],
  key: 'author_id',
  isCounted: false,
  summed: [],
  isHiddenFrom: nobody,
};
const bookLabels: Table = {
  name: 'book_labels',
  columns: { book_id: int, label_id: int, note: text },
  relations: [
    { field: 'book', table: () => books, many: false, on: (c, p) => `${c}.id = ${p}.book_id` },
    { field: 'label', table: () => labels, many: false, on: (c, p) => `${c}.id = ${p}.label_id` },
  ],
  key: 'book_id, $.label_id',
  isCounted: false,
  summed: [],
  isHiddenFrom: nobody,
};
const labels: Table = {
  name: 'labels',
  columns: { id: int, word: text },
  relations: [
    { field: 'book_labelsCollection', table: () => bookLabels, many: true, on: (c, p) => `${c}.label_id = ${p}.id` },
  ],
  key: 'id',
  isCounted: false,
  summed: [],
  isHiddenFrom: nobody,
};
/** A view that asks as its reader. */
const ownBooks: Table = {
  name: 'own_books',
  columns: { id: int, author_id: int, title: text, price: numeric },
  relations: [],
  key: 'id',
  isCounted: false,
  summed: [],
  isHiddenFrom: nobody,
};
/** Columns of it are granted to members; anon has no field for it at all. */
export const staff: Table = {
  name: 'staff',
  columns: { id: int, name: text, boss_id: int },
  relations: [{ field: 'boss', table: () => staff, many: false, on: (c, p) => `${c}.id = ${p}.boss_id` }],
  key: 'id',
  isCounted: true,
  summed: ['id', 'boss_id'],
  isHiddenFrom: ['anon'],
};

export const READABLE: readonly Table[] = [
  authors,
  authors,
  books,
  books,
  profiles,
  bookLabels,
  labels,
  ownBooks,
  staff,
];
