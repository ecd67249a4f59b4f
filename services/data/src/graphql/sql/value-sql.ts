import { literal } from '../../sql/identifier.ts';
import type { ValueType } from '../schema/graph-model.ts';

/** Scalars whose JSON is a string although PostgreSQL's is not: JavaScript would lose digits, or structure. */
const AS_TEXT: ReadonlySet<string> = new Set(['BigInt', 'BigFloat', 'JSON']);

/** A value as GraphQL shows it. */
export function valueSql(sql: string, { of, isList }: ValueType): string {
  if ('scalar' in of) return AS_TEXT.has(of.scalar) ? `${sql}::text${isList ? '[]' : ''}` : sql;
  const { enumeration } = of;
  if (!enumeration.isMapped) return sql;
  const cases = enumeration.values.map(({ name, label }) => `WHEN ${literal(label)} THEN ${literal(name)}`);
  return `CASE ${sql}::text ${cases.join(' ')} END`;
}

/** A JSON array as base64: what nodeIds and cursors are made of. PostgreSQL breaks lines in base64; nobody else does. */
export function opaqueSql(values: readonly string[]): string {
  const json = `jsonb_build_array(${values.join(', ')})::text`;
  return `translate(encode(convert_to(${json}, 'UTF8'), 'base64'), E'\\n', '')`;
}
