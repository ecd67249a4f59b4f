import type { StatementResult } from '@ashlar/postgres';

const BOOLEAN = 16;
const JSON_TYPES: ReadonlySet<number> = new Set([114, 3802]);
/** Types whose every finite value is a JavaScript number without loss: int2, int4, oid, float4, float8. */
const SAFE_NUMBERS: ReadonlySet<number> = new Set([21, 23, 26, 700, 701]);

/** Rows as objects. What JSON could not hold exactly (bigint, numeric, infinities) stays the text PostgreSQL wrote. */
export function rowsAsJson({ fields, rows }: StatementResult): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(fields.map(({ name, typeOid }, column) => [name, toJson(row[column] ?? null, typeOid)])),
  );
}

function toJson(value: string | null, typeOid: number): unknown {
  if (value === null) return null;
  if (typeOid === BOOLEAN) return value === 't';
  if (JSON_TYPES.has(typeOid)) return JSON.parse(value);
  if (SAFE_NUMBERS.has(typeOid) && Number.isFinite(Number(value))) return Number(value);
  return value;
}
