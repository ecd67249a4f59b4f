export type Json = { readonly [key: string]: unknown };

/** JSON Schema's idea of a PostgreSQL type; nothing for json, which may be anything. */
export function schemaOfType(type: string): Json {
  if (type.endsWith('[]')) return { type: 'array', items: schemaOfType(type.slice(0, -2)) };
  if (/^(smallint|integer|bigint)$/.test(type)) return { type: 'integer' };
  if (/^(numeric|real|double precision)/.test(type)) return { type: 'number' };
  if (type === 'boolean') return { type: 'boolean' };
  return type === 'json' || type === 'jsonb' ? {} : { type: 'string' };
}
