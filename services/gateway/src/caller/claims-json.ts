import type { JsonObject } from '../token/strict-json.ts';

/**
 * The claims as PostgreSQL gets them: the issuer's own text, so that no number loses digits, with `role` put in where
 * the token has none.
 */
export function claimsJson({ text, value }: JsonObject, role: string): string {
  if (Object.hasOwn(value, 'role')) return text;
  const rest = text.slice(text.indexOf('{') + 1);
  const separator = Object.keys(value).length === 0 ? '' : ',';
  return `{"role":${JSON.stringify(role)}${separator}${rest}`;
}
