import type { SqlError } from '../../api/sql-console.ts';

/**
 * Where in the text that was sent an error stands, as JavaScript counts; null when PostgreSQL did not say.
 *
 * @param sql What was sent.
 */
export function placeOfError(sql: string, { position, start }: SqlError): number | null {
  if (position === null || start === null) return null;
  // PostgreSQL counts characters, JavaScript counts some of them twice.
  return Array.from(sql)
    .slice(0, start + position - 1)
    .join('').length;
}
