import type { CellValue } from './field-type.ts';

/**
 * A value as it goes into the body of a write: JSON for `json` and `jsonb`, digit for digit, and for every other type the
 * text, which PostgreSQL reads itself.
 */
export function jsonText(type: string, value: CellValue): string {
  if (value === null) return 'null';
  return type === 'json' || type === 'jsonb' ? value : JSON.stringify(value);
}
