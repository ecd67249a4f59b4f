import fc from 'fast-check';
import type { Kind } from './tables.fixture.ts';

/** A value's text; a faulty one is no value of its kind, and must be refused. */
export interface Value {
  readonly text: string;
  readonly faulty: boolean;
}

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string): string => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
/** As lists and logic trees write a value, and as PostgreSQL's arrays do. */
export const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const right = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

function values(good: fc.Arbitrary<string>, ...wrong: readonly string[]): fc.Arbitrary<Value> {
  const fine = good.map((text): Value => ({ text, faulty: false }));
  if (wrong.length === 0) return fine;
  const faulty = fc.constantFrom(...wrong).map((text): Value => ({ text, faulty: true }));
  return fc.oneof({ weight: 40, arbitrary: fine }, { weight: 1, arbitrary: faulty });
}

const anyText = fc.string({ unit: 'grapheme', maxLength: 6 }).filter((text) => !text.includes('\0'));

export const VALUES: Readonly<Record<Kind, fc.Arbitrary<Value>>> = {
  int: values(fc.integer({ min: -5, max: 85 }).map(String), 'x', '', '99999999999', '1.5'),
  numeric: values(right('1', '3.3333333333333333', '-2.5', '60', '1e1', 'NaN', '0.00'), 'many'),
  float: values(right('0.125', '1e-3', 'Infinity', '4', '2.5'), '1e999'),
  bigint: values(right('9007199254740993', '9007199254741000', '5', '-1'), '9'.repeat(40)),
  text: values(
    fc.oneof(
      right('Ada', 'bob', 'C,d', 'e"f', 'g(h)', 'i\\j', 'Ünï', '', '50%', 'x_y', 'null', '日本 語', '👩‍🚀', 'Title 3'),
      right('{a}', 'a.b', "o'clock", '"', '(', ')', ' ', '\\', '*', '$1', 'nick2'),
      anyText,
    ),
  ),
  boolean: values(right('true', 'false', 't', 'off'), 'maybe'),
  date: values(right('2001-01-01', '2003-05-05', 'infinity'), 'yesterdayish', '2001-02-30'),
  clock: values(right('06:30', '12:00:00'), '25:00'),
  time: values(right('2024-02-01', '2024-03-05T10:00:00+02:00', 'infinity'), 'soon'),
  enum: values(right('sad', 'ok', 'happy'), 'angry', ''),
  jsonb: values(right('[1, 2]', '{"k": null}', '{}', '{"t":"x1"}', '"three"', 'null', '3'), 'broken', '{'),
  json: values(right('{}', '1')),
  texts: values(right('{}', '{a,"b,c"}', '{x,NULL,a}', '{a}', '{"b,c"}', '{ü}'), '{', 'a'),
  ints: values(right('{}', '{1}', '{1,2}', '{NULL}'), '{x}'),
  range: values(right('[1,5)', 'empty', '(,7]', '[20,)', '[3,3]', '[12,30)'), '[5,1]', '7'),
  dates: values(right('[2000-01-11,2000-02-01)', '[2000-03-01,)', 'empty'), '[x,)'),
  uuid: values(right('00000000-0000-0000-0000-000000000012', '00000000-0000-0000-0000-0000000000ff'), 'x'),
  words: values(right('x')),
};

/** Kinds with an equality and an order of their own. */
export const ORDERED: ReadonlySet<Kind> = new Set<Kind>([
  'int',
  'numeric',
  'float',
  'bigint',
  'text',
  'boolean',
  'date',
  'clock',
  'time',
  'enum',
  'jsonb',
  'texts',
  'ints',
  'range',
  'dates',
  'uuid',
]);
