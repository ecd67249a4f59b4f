import { accept, type FieldType, ORDER, refuse } from './field-type.ts';
import { formatNumber, plainNumber } from './number-text.ts';

const SPECIAL = /^(?:nan|[+-]?infinity)$/i;
/** PostgreSQL's own bound on the digits before the point is 131,072; nobody types that. */
const MAX_LENGTH = 2000;

interface Scaled {
  readonly units: bigint;
  readonly scale: number;
}

function scaled(value: string): Scaled | undefined {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(value);
  if (match === null) return undefined;
  const [, sign, whole = '', part = ''] = match;
  const units = BigInt(`${whole}${part}` || '0');
  return { units: sign === '-' ? -units : units, scale: part.length };
}

function written({ units, scale }: Scaled): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return units < 0n ? `-${text}` : text;
}

function sum(left: string, right: string, times: bigint): string | undefined {
  const [a, b] = [scaled(left), scaled(right)];
  if (a === undefined || b === undefined) return undefined;
  const scale = Math.max(a.scale, b.scale);
  const up = (value: Scaled): bigint => value.units * 10n ** BigInt(scale - value.scale);
  return written({ units: up(a) + up(b) * times, scale });
}

/** `numeric`, `real`, `double precision` and `money`: decimal texts from end to end, never a float. */
export function numericType(name: string): FieldType {
  return {
    name,
    editor: 'line',
    align: 'end',
    direction: 'ltr',
    isSortable: true,
    operators: ORDER,
    parse: (text, locale) => {
      if (SPECIAL.test(text.trim())) return accept(text.trim());
      const plain = plainNumber(text, locale);
      if (plain === undefined) return refuse('notNumber');
      return plain.length > MAX_LENGTH ? refuse('outOfRange') : accept(plain);
    },
    format: formatNumber,
    distance: (from, to) => sum(to, from, -1n),
    step: (value, by, steps) => sum(value, by, BigInt(steps)),
  };
}
