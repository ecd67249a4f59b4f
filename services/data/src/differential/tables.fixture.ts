/** Kinds of columns: which operators and values fit them. */
export type Kind =
  | 'int'
  | 'numeric'
  | 'float'
  | 'bigint'
  | 'text'
  | 'boolean'
  | 'date'
  | 'clock'
  | 'time'
  | 'enum'
  | 'jsonb'
  | 'json'
  | 'texts'
  | 'ints'
  | 'range'
  | 'dates'
  | 'uuid'
  | 'words';

export interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, Kind>>;
  /** Makes an order total, so that equal answers have one order. */
  readonly key: readonly string[];
  readonly ways: readonly Way[];
  /** Functions of the row that are read like columns. */
  readonly computed: readonly string[];
}

/** A relationship as a request names it. */
export interface Way {
  /** What a request writes before the parenthesis, a hint included. */
  readonly request: string;
  /** The target alone: the name of the member and of the path. */
  readonly word: string;
  readonly table: () => Table;
  readonly toOne: boolean;
  /** Ties alias `child` to alias `parent`; with `from` alone nothing more is needed. */
  readonly on: (child: string, parent: string) => string;
  /** Where the rows come from, when that is no table. */
  readonly from?: (parent: string) => string;
}

function way(request: string, table: () => Table, toOne: boolean, on: Way['on'], from?: Way['from']): Way {
  const word = request.split('!')[0] ?? request;
  return { request, word, table, toOne, on, ...(from === undefined ? {} : { from }) };
}

const none = (): string => 'true';
const writtenBy: Way['on'] = (c, p) => `${c}.author_id = ${p}.id`;
const authorOf: Way['on'] = (c, p) => `${c}.id = ${p}.author_id`;

export const authors: Table = {
  name: 'authors',
  columns: {
    id: 'int',
    name: 'text',
    age: 'int',
    rating: 'numeric',
    score: 'float',
    big: 'bigint',
    active: 'boolean',
    born: 'date',
    woke: 'clock',
    mood: 'enum',
    meta: 'jsonb',
    raw: 'json',
    tags: 'texts',
    marks: 'ints',
    span: 'range',
    life: 'dates',
    rank: 'int',
    nick: 'text',
    ref: 'uuid',
    doc: 'words',
    'odd Näme': 'text',
  },
  key: ['id'],
  ways: [
    way('books', () => books, false, writtenBy),
    way('books!books_author_id_fkey', () => books, false, writtenBy),
    way('profiles', () => profiles, true, writtenBy),
    way('own_books', () => ownBooks, false, writtenBy),
    way('all_books', () => allBooks, false, writtenBy),
    way(
      'cheap',
      () => books,
      false,
      none,
      (p) => `public.cheap(${p})`,
    ),
    way(
      'latest',
      () => books,
      true,
      none,
      (p) => `public.latest(${p})`,
    ),
  ],
  computed: ['shout'],
};

export const books: Table = {
  name: 'books',
  columns: {
    id: 'int',
    author_id: 'int',
    title: 'text',
    price: 'numeric',
    printed: 'time',
    mood: 'enum',
    tags: 'texts',
    span: 'range',
    meta: 'jsonb',
    rank: 'int',
    isbn: 'text',
    sequel_of: 'int',
  },
  key: ['id'],
  ways: [
    way('authors', () => authors, true, authorOf),
    way('books_author_id_fkey', () => authors, true, authorOf),
    way(
      'labels!book_labels',
      () => labels,
      false,
      (c, p) => `exists (select from book_labels j where j.book_id = ${p}.id and j.label_id = ${c}.id)`,
    ),
    way(
      'book_labels',
      () => bookLabels,
      false,
      (c, p) => `${c}.book_id = ${p}.id`,
    ),
    way(
      'books!sequel_of',
      () => books,
      false,
      (c, p) => `${c}.sequel_of = ${p}.id`,
    ),
    way(
      'sequel',
      () => books,
      true,
      (c, p) => `${c}.id = ${p}.sequel_of`,
    ),
  ],
  computed: [],
};

const labels: Table = {
  name: 'labels',
  columns: { id: 'int', word: 'text' },
  key: ['id'],
  ways: [
    way(
      'books',
      () => books,
      false,
      (c, p) => `exists (select from book_labels j where j.label_id = ${p}.id and j.book_id = ${c}.id)`,
    ),
  ],
  computed: [],
};

export const bookLabels: Table = {
  name: 'book_labels',
  columns: { book_id: 'int', label_id: 'int', note: 'text' },
  key: ['book_id', 'label_id'],
  ways: [
    way(
      'books',
      () => books,
      true,
      (c, p) => `${c}.id = ${p}.book_id`,
    ),
    way(
      'labels',
      () => labels,
      true,
      (c, p) => `${c}.id = ${p}.label_id`,
    ),
  ],
  computed: [],
};

const profiles: Table = {
  name: 'profiles',
  columns: { author_id: 'int', bio: 'text' },
  key: ['author_id'],
  ways: [way('authors', () => authors, true, authorOf)],
  computed: [],
};

/** Members may use some of its columns; anon may use nothing of it. */
export const staff: Table = {
  name: 'staff',
  columns: { id: 'int', name: 'text', pay: 'int', boss_id: 'int' },
  key: ['id'],
  ways: [
    way(
      'staff_boss_id_fkey',
      () => staff,
      true,
      (c, p) => `${c}.id = ${p}.boss_id`,
    ),
    way(
      'staff!boss_id',
      () => staff,
      false,
      (c, p) => `${c}.boss_id = ${p}.id`,
    ),
  ],
  computed: [],
};

export const ownBooks: Table = {
  name: 'own_books',
  columns: { id: 'int', author_id: 'int', title: 'text', price: 'numeric' },
  key: ['id'],
  ways: [way('authors', () => authors, true, authorOf)],
  computed: [],
};

export const allBooks: Table = {
  name: 'all_books',
  columns: { id: 'int', author_id: 'int', title: 'text', price: 'numeric' },
  key: ['id'],
  ways: [way('authors', () => authors, true, authorOf)],
  computed: [],
};

export const READABLE: readonly Table[] = [
  authors,
  authors,
  books,
  books,
  ownBooks,
  allBooks,
  staff,
  bookLabels,
  profiles,
];
