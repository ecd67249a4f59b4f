import type { ValueType } from './graph-model.ts';
import type { ScalarName } from './scalars.ts';

export const AGGREGATES = ['sum', 'avg', 'min', 'max'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

const SUMS: Partial<Readonly<Record<ScalarName, ScalarName>>> = {
  Int: 'BigInt',
  BigInt: 'BigFloat',
  BigFloat: 'BigFloat',
  Float: 'Float',
};
const AVERAGES: Partial<Readonly<Record<ScalarName, ScalarName>>> = { ...SUMS, Int: 'BigFloat' };
const ORDERED: ReadonlySet<ScalarName> = new Set([
  'Int',
  'BigInt',
  'BigFloat',
  'Float',
  'String',
  'Date',
  'Time',
  'Datetime',
]);

/** What an aggregate of such a column gives; null when there is none. */
export function aggregatedType(aggregate: Aggregate, type: ValueType): ValueType | null {
  if (type.isList || !('scalar' in type.of)) return null;
  const { scalar } = type.of;
  if (aggregate === 'min' || aggregate === 'max') return ORDERED.has(scalar) ? type : null;
  const result = (aggregate === 'sum' ? SUMS : AVERAGES)[scalar];
  return result === undefined ? null : { of: { scalar: result }, isList: false, spelling: type.spelling };
}
