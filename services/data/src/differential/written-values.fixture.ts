import fc from 'fast-check';
import { literal } from './values.fixture.ts';

/** A value as a JSON body carries it, as a CSV body does, and as SQL. */
export interface WrittenValue {
  readonly json: string;
  readonly text: string | null;
  readonly sql: string;
  /** What a CSV body's text becomes, where that is something else: in a column of JSON a text stays a text. */
  readonly csvSql?: string;
  /** No value of its type: refused while it is read, not by a constraint. */
  readonly faulty: boolean;
}

const NULL: WrittenValue = { json: 'null', text: null, sql: 'null', faulty: false };

const asNumber = (text: string): WrittenValue => ({ json: text, text, sql: literal(text), faulty: false });
const asText = (text: string): WrittenValue => ({
  json: JSON.stringify(text),
  text,
  sql: literal(text),
  faulty: false,
});
/** A value whose JSON is no text. */
const asJson = (json: string): WrittenValue => ({
  json,
  text: json,
  sql: literal(json),
  csvSql: literal(JSON.stringify(json)),
  faulty: false,
});
const asArray = (items: readonly (string | null)[]): WrittenValue => {
  const text = `{${items.map((item) => (item === null ? 'NULL' : `"${item}"`)).join(',')}}`;
  return { json: JSON.stringify(items), text, sql: literal(text), faulty: false };
};
const wrong = (value: WrittenValue): WrittenValue => ({ ...value, faulty: true });

function rarely(good: fc.Arbitrary<WrittenValue>, ...faulty: readonly WrittenValue[]): fc.Arbitrary<WrittenValue> {
  return fc.oneof(
    { weight: 60, arbitrary: good },
    { weight: 4, arbitrary: fc.constant(NULL) },
    ...(faulty.length === 0 ? [] : [{ weight: 1, arbitrary: fc.constantFrom(...faulty.map(wrong)) }]),
  );
}

const int = (min: number, max: number): fc.Arbitrary<WrittenValue> =>
  fc
    .tuple(fc.integer({ min, max }).map(String), fc.boolean())
    .map(([text, isText]) => (isText ? asText(text) : asNumber(text)));
const text: fc.Arbitrary<WrittenValue> = fc
  .oneof(
    fc.constantFrom('x', 'Ünï', '日本', 'e"f', 'i\\j', "o'clock", '', 'a,b', '{', '👩‍🚀', 'two\nlines'),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
  )
  .filter((value) => !value.includes('\0') && value !== 'NULL')
  .map(asText);
const owner = fc
  .constantFrom('1', '1', '2', '2', '0')
  .map((digit) => asText(`00000000-0000-0000-0000-00000000000${digit}`));

/** Columns random writes may set, with values that mostly fit. */
export const WRITABLE: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<WrittenValue>>>>> = {
  books: {
    id: int(78, 140),
    author_id: rarely(int(1, 43), asText('x'), asNumber('1.5')),
    title: rarely(text),
    price: rarely(
      fc.integer({ min: -30, max: 9900 }).map((cents) => asNumber((cents / 100).toFixed(2))),
      asNumber('12345678901'),
      asText('dear'),
    ),
    printed: rarely(fc.constantFrom('2024-01-01', '2024-05-05T05:05:05.123456+03:00').map(asText), asText('soon')),
    mood: rarely(fc.constantFrom('sad', 'ok', 'happy').map(asText), asText('angry')),
    tags: rarely(fc.constantFrom([], ['a'], ['b,c', null], ['ü', 'x']).map(asArray), asText('{')),
    span: rarely(fc.constantFrom('[1,5)', 'empty', '(,3]').map(asText), asText('[5,1]')),
    meta: rarely(fc.constantFrom('{"k":1,"t":"x1"}', '[1,2,3]', '5', 'true', '{}').map(asJson)),
    rank: rarely(int(1, 9), asNumber('0'), asNumber('99999999999')),
    isbn: rarely(fc.integer({ min: 79, max: 400 }).map((number) => asText(`isbn${number}`))),
    sequel_of: rarely(int(1, 85)),
    owner: rarely(owner, asText('nobody')),
  },
  own_books: {
    id: int(78, 140),
    author_id: rarely(int(1, 43)),
    title: rarely(text),
    price: rarely(fc.integer({ min: 0, max: 9900 }).map((cents) => asNumber((cents / 100).toFixed(2)))),
    owner: rarely(owner),
  },
  all_books: {
    id: int(78, 140),
    author_id: rarely(int(1, 43)),
    title: rarely(text),
    price: rarely(fc.integer({ min: 0, max: 9900 }).map((cents) => asNumber((cents / 100).toFixed(2)))),
  },
  staff: {
    id: int(10, 30),
    name: rarely(text),
    boss_id: rarely(int(1, 17)),
    pay: rarely(int(0, 99), asText('much')),
  },
  book_labels: { book_id: int(1, 83), label_id: int(1, 7), note: rarely(text) },
};
