import fc from 'fast-check';
import type { Kind, Table } from './tables.fixture.ts';
import { identifier, literal, quoted, VALUES } from './values.fixture.ts';

/** A condition on a row called `a`: as a request writes it, and in SQL. */
export interface Condition {
  readonly key: string;
  /** Operator with quantifier or configuration. */
  readonly operator: string;
  readonly value: string;
  readonly sql: (a: string) => string;
  /** Refused by PostgreSQL before any row is looked at. */
  readonly faulty: boolean;
}

type Field = { readonly key: string; readonly sql: (a: string) => string };
type Operators = readonly (readonly [name: string, sql: string])[];

const EQUALITY: Operators = [
  ['eq', '='],
  ['neq', '<>'],
  ['isdistinct', 'is distinct from'],
];
const COMPARISONS: Operators = [...EQUALITY, ['gt', '>'], ['gte', '>='], ['lt', '<'], ['lte', '<=']];
const QUANTIFIABLE: Operators = [
  ['eq', '='],
  ['gt', '>'],
  ['gte', '>='],
  ['lt', '<'],
  ['lte', '<='],
];
const CONTAINMENTS: Operators = [
  ['cs', '@>'],
  ['cd', '<@'],
];
const OVERLAP: Operators = [['ov', '&&']];
const RANGES: Operators = [
  ...CONTAINMENTS,
  ...OVERLAP,
  ['sl', '<<'],
  ['sr', '>>'],
  ['nxr', '&<'],
  ['nxl', '&>'],
  ['adj', '-|-'],
];
const SEARCHES: Operators = [
  ['fts', 'to_tsquery'],
  ['plfts', 'plainto_tsquery'],
  ['phfts', 'phraseto_tsquery'],
  ['wfts', 'websearch_to_tsquery'],
];

function compared(field: Field, kind: Kind, operators: Operators): fc.Arbitrary<Condition> {
  return fc.tuple(fc.constantFrom(...operators), VALUES[kind]).map(([[operator, sql], { text, faulty }]) => ({
    key: field.key,
    operator,
    value: text,
    sql: (a) => `${field.sql(a)} ${sql} ${literal(text)}`,
    faulty,
  }));
}

function quantified(field: Field, kind: Kind): fc.Arbitrary<Condition> {
  const list = fc.array(VALUES[kind], { maxLength: 3 });
  return fc
    .tuple(fc.constantFrom(...QUANTIFIABLE), fc.constantFrom('any', 'all'), list)
    .map(([[operator, sql], quantifier, members]) => {
      const value = `{${members.map(({ text }) => quoted(text)).join(',')}}`;
      return {
        key: field.key,
        operator: `${operator}(${quantifier})`,
        value,
        sql: (a) => `${field.sql(a)} ${sql} ${quantifier} (${literal(value)})`,
        faulty: members.some(({ faulty }) => faulty),
      };
    });
}

function isOneOf(field: Field, ...words: readonly string[]): fc.Arbitrary<Condition> {
  return fc.constantFrom(...words).map((word) => ({
    key: field.key,
    operator: 'is',
    value: word,
    sql: (a) => `${field.sql(a)} is ${word.replace('_', ' ')}`,
    faulty: false,
  }));
}

const isNull = (field: Field): fc.Arbitrary<Condition> => isOneOf(field, 'null', 'not_null', 'NULL');

function among(field: Field, kind: Kind): fc.Arbitrary<Condition> {
  return fc.array(VALUES[kind], { maxLength: 4 }).map((members) => ({
    key: field.key,
    operator: 'in',
    value: `(${members.map(({ text }) => quoted(text)).join(',')})`,
    sql: (a) =>
      members.length === 0
        ? `${field.sql(a)} = any ('{}')`
        : `${field.sql(a)} in (${members.map(({ text }) => literal(text)).join(', ')})`,
    faulty: members.some(({ faulty }) => faulty),
  }));
}

const PATTERNS = ['*a*', 'A*', '%', '*5_*', 'Title*', '', '*本*', '_*', 'x\\_y', '👩‍🚀'];
const EXPRESSIONS = ['^A', 'o+', 'Title [1-3]$', '.', '', '^$', 'ü', '\\d', '(a|b)'];

function pattern(field: Field): fc.Arbitrary<Condition> {
  const likes = fc
    .tuple(fc.constantFrom('like', 'ilike'), fc.constantFrom(...PATTERNS))
    .map(([operator, value]): Condition => ({
      key: field.key,
      operator,
      value,
      sql: (a) => `${field.sql(a)} ${operator} ${literal(value.replaceAll('*', '%'))}`,
      faulty: false,
    }));
  const several = fc
    .tuple(fc.constantFrom('like', 'ilike'), fc.constantFrom('any', 'all'), fc.subarray(['*a*', 'T*', '%5%', '*o*']))
    .map(([operator, quantifier, patterns]): Condition => ({
      key: field.key,
      operator: `${operator}(${quantifier})`,
      value: `{${patterns.join(',')}}`,
      sql: (a) =>
        `${field.sql(a)} ${operator} ${quantifier} (array[${patterns.map((text) => literal(text.replaceAll('*', '%'))).join(', ')}]::text[])`,
      faulty: false,
    }));
  const matches = fc
    .tuple(fc.constantFrom('match', 'imatch'), fc.constantFrom(...EXPRESSIONS))
    .map(([operator, value]): Condition => ({
      key: field.key,
      operator,
      value,
      sql: (a) => `${field.sql(a)} ${operator === 'match' ? '~' : '~*'} ${literal(value)}`,
      faulty: false,
    }));
  return fc.oneof(likes, several, matches);
}

function search(field: Field, isVector: boolean): fc.Arbitrary<Condition> {
  return fc
    .tuple(
      fc.constantFrom(...SEARCHES),
      fc.constantFrom('', 'english', 'simple'),
      fc.constantFrom('fox', 'quick', 'ada', 'title'),
    )
    .map(([[operator, query], config, value]): Condition => {
      const first = config === '' ? '' : `'${config}', `;
      return {
        key: field.key,
        operator: config === '' ? operator : `${operator}(${config})`,
        value,
        sql: (a) =>
          `${isVector ? field.sql(a) : `to_tsvector(${first}${field.sql(a)})`} @@ ${query}(${first}${literal(value)})`,
        faulty: false,
      };
    });
}

const PATHS: readonly (readonly [request: string, sql: string])[] = [
  ['->>k', `->> 'k'`],
  ['->>t', `->> 't'`],
  ['->a->1->>b', `-> 'a' -> 1 ->> 'b'`],
  ['->>0', '->> 0'],
  ['->>-1', '->> -1'],
  ['->>"a b"', `->> 'a b'`],
];

function atPath(column: string): fc.Arbitrary<Condition> {
  return fc.constantFrom(...PATHS).chain(([request, sql]) => {
    const field: Field = { key: `${column}${request}`, sql: (a) => `(${a}.${identifier(column)} ${sql})` };
    return fc.oneof(compared(field, 'text', COMPARISONS), isNull(field), among(field, 'text'), pattern(field));
  });
}

function onColumn(column: string, kind: Kind): fc.Arbitrary<Condition> {
  const field: Field = { key: column, sql: (a) => `${a}.${identifier(column)}` };
  switch (kind) {
    case 'text':
      return fc.oneof(
        compared(field, kind, COMPARISONS),
        isNull(field),
        among(field, kind),
        pattern(field),
        quantified(field, kind),
        search(field, false),
      );
    case 'boolean':
      return fc.oneof(
        compared(field, kind, COMPARISONS),
        isNull(field),
        isOneOf(field, 'true', 'false', 'unknown', 'TRUE'),
      );
    case 'jsonb':
      return fc.oneof(compared(field, kind, [...CONTAINMENTS, ...COMPARISONS]), isNull(field), atPath(column));
    case 'json':
      return fc.oneof(isNull(field), atPath(column));
    case 'texts':
    case 'ints':
      return fc.oneof(compared(field, kind, [...CONTAINMENTS, ...OVERLAP, ...COMPARISONS]), isNull(field));
    case 'range':
    case 'dates':
      return fc.oneof(compared(field, kind, [...RANGES, ...RANGES, ...COMPARISONS]), isNull(field));
    case 'words':
      return fc.oneof(search(field, true), isNull(field));
    default:
      return fc.oneof(compared(field, kind, COMPARISONS), isNull(field), among(field, kind), quantified(field, kind));
  }
}

/** A condition on any column of the table, and now and then on one it does not have. */
export function conditionOn(table: Table): fc.Arbitrary<Condition> {
  const columns = fc.constantFrom(...Object.entries(table.columns)).chain(([column, kind]) => onColumn(column, kind));
  const computed = table.computed.map((name) => onColumn(name, 'text'));
  const unknown = fc.constant<Condition>({
    key: 'nothing',
    operator: 'eq',
    value: '1',
    sql: (a) => `${a}.nothing = '1'`,
    faulty: true,
  });
  return fc.oneof(
    { weight: 100, arbitrary: columns },
    ...computed.map((arbitrary) => ({ weight: 6, arbitrary })),
    // Where single columns are granted, one that is not there is answered like one that may not be used.
    ...(table.name === 'staff' ? [] : [{ weight: 1, arbitrary: unknown }]),
  );
}
