import { addressType } from './address.ts';
import { arrayType } from './array.ts';
import { booleanType } from './boolean.ts';
import { byteaType } from './bytea.ts';
import { dateType } from './date.ts';
import { enumType } from './enum.ts';
import type { FieldType } from './field-type.ts';
import { geometricType } from './geometric.ts';
import { integerType } from './integer.ts';
import { intervalType } from './interval.ts';
import { jsonType } from './json.ts';
import { numericType } from './numeric.ts';
import { rangeType } from './range.ts';
import { textType } from './text.ts';
import { timeType } from './time.ts';
import { timestampType } from './timestamp.ts';
import { uuidType } from './uuid.ts';

const integers = { smallint: integerType('smallint'), integer: integerType('integer'), bigint: integerType('bigint') };
const timestamp = timestampType('timestamp');
const timestamptz = timestampType('timestamptz');

/** By the names `format_type` and `pg_type` have for them. */
const BY_NAME = new Map<string, FieldType>([
  ...['smallint', 'int2', 'smallserial'].map((name) => [name, integers.smallint] as const),
  ...['integer', 'int4', 'int', 'serial'].map((name) => [name, integers.integer] as const),
  ...['bigint', 'int8', 'bigserial'].map((name) => [name, integers.bigint] as const),
  ...['numeric', 'decimal', 'real', 'float4', 'double precision', 'float8', 'money'].map(
    (name) => [name, numericType(name)] as const,
  ),
  ...['boolean', 'bool'].map((name) => [name, booleanType] as const),
  ['date', dateType],
  ...['time', 'time without time zone'].map((name) => [name, timeType('time')] as const),
  ...['timetz', 'time with time zone'].map((name) => [name, timeType('timetz')] as const),
  ...['timestamp', 'timestamp without time zone'].map((name) => [name, timestamp] as const),
  ...['timestamptz', 'timestamp with time zone'].map((name) => [name, timestamptz] as const),
  ['interval', intervalType],
  ['uuid', uuidType],
  ['json', jsonType('json')],
  ['jsonb', jsonType('jsonb')],
  ['bytea', byteaType],
  ...(['inet', 'cidr', 'macaddr', 'macaddr8'] as const).map((name) => [name, addressType(name)] as const),
  ...['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle'].map((name) => [name, geometricType(name)] as const),
  ...Object.entries({
    int4: integers.integer,
    int8: integers.bigint,
    num: numericType('numeric'),
    ts: timestamp,
    tstz: timestamptz,
    date: dateType,
  }).flatMap(([prefix, element]) =>
    ['range', 'multirange'].map((kind) => [`${prefix}${kind}`, rangeType(`${prefix}${kind}`, element)] as const),
  ),
]);

/**
 * The field type of a column of PostgreSQL.
 *
 * @param name As `format_type` writes it: `numeric(10,2)`, `character varying(40)`, `integer[]`.
 * @param labels The labels of an enum, when the column is of one.
 */
export function fieldTypeOf(name: string, labels?: readonly string[]): FieldType {
  const isArray = name.endsWith('[]') || name.startsWith('_');
  if (isArray) return arrayType(fieldTypeOf(name.replace(/\[\]$/, '').replace(/^_/, ''), labels));
  if (labels !== undefined) return enumType(name, labels);
  const bare = name.replace(/\(.*?\)/, '').trim();
  const known = BY_NAME.get(bare.toLowerCase());
  if (known !== undefined) return known;
  const length = /^(?:character varying|varchar|character|char|bpchar)\((\d+)\)$/.exec(name)?.[1];
  return textType(bare, length === undefined ? undefined : Number(length));
}
