import type { BoundValue } from './wire/frontend-writer.ts';

/**
 * A JavaScript value as PostgreSQL reads it: dates in UTC, lists as array literals, other objects as JSON, bytes as
 * bytea. A list meant for a json column is stringified by the caller, as with the driver.
 */
export function toBoundValue(value: unknown): BoundValue {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return arrayLiteral(value);
  if (typeof value === 'object') return JSON.stringify(value);
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      throw new TypeError(`PostgreSQL has no type for a ${typeof value}`);
  }
}

function arrayLiteral(values: readonly unknown[]): string {
  return `{${values.map(arrayElement).join(',')}}`;
}

function arrayElement(value: unknown): string {
  if (Array.isArray(value)) return arrayLiteral(value);
  const bound = toBoundValue(value);
  if (bound === null) return 'NULL';
  const text = typeof bound === 'string' ? bound : `\\x${bound.toString('hex')}`;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
