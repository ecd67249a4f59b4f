import { accept, type FieldType, ORDER, refuse } from './field-type.ts';
import { formatNumber, plainNumber } from './number-text.ts';

const BITS = { smallint: 16n, integer: 32n, bigint: 64n } as const;

/** `smallint`, `integer` and `bigint`, each within its bounds. */
export function integerType(name: keyof typeof BITS): FieldType {
  const limit = 1n << (BITS[name] - 1n);
  return {
    name,
    editor: 'line',
    align: 'end',
    direction: 'ltr',
    isSortable: true,
    operators: ORDER,
    parse: (text, locale) => {
      const plain = plainNumber(text, locale)?.replace(/\.0*$/, '');
      if (plain === undefined || !/^-?\d{1,40}$/.test(plain)) return refuse('notInteger');
      const value = BigInt(plain);
      return value < -limit || value >= limit ? refuse('outOfRange') : accept(String(value));
    },
    format: formatNumber,
    distance: (from, to) => String(BigInt(to) - BigInt(from)),
    step: (value, by, steps) => {
      const next = BigInt(value) + BigInt(by) * BigInt(steps);
      return next < -limit || next >= limit ? undefined : String(next);
    },
  };
}
