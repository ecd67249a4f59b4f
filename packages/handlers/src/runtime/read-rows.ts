import type { StatementResult } from '@ashlar/postgres';

type Read = (text: string) => unknown;

const asText: Read = (text) => text;
/** `pg_type` OIDs and what a suite gets for them; all others arrive as PostgreSQL writes them. */
const READERS: ReadonlyMap<number, Read> = new Map<number, Read>([
  [16, (text) => text === 't'],
  // int2, int4, oid, float4, float8.
  [21, Number],
  [23, Number],
  [26, Number],
  [700, Number],
  [701, Number],
  // int8: minor units of money, sequence numbers.
  [20, BigInt],
  [114, JSON.parse],
  [3802, JSON.parse],
  // timestamptz; a plain date stays text, because it has no zone.
  [1184, readInstant],
  // text[], varchar[], uuid[], int4[], int8[].
  [1009, (text) => readArray(text, asText)],
  [1015, (text) => readArray(text, asText)],
  [2951, (text) => readArray(text, asText)],
  [1007, (text) => readArray(text, Number)],
  [1016, (text) => readArray(text, BigInt)],
]);

/** Rows as objects: `bigint` for int8, texts for numeric and date, `Date` for timestamptz. */
export function readRows({ fields, rows }: StatementResult): Record<string, unknown>[] {
  const readers = fields.map(({ name, typeOid }) => ({ name, read: READERS.get(typeOid) ?? asText }));
  return rows.map((row) => {
    const read: Record<string, unknown> = {};
    for (const [index, reader] of readers.entries()) {
      const text = row[index] ?? null;
      read[reader.name] = text === null ? null : reader.read(text);
    }
    return read;
  });
}

/** `2026-11-21 12:00:00.5+00`; sessions of suites keep UTC. */
function readInstant(text: string): Date {
  const iso = text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
  return new Date(iso);
}

const ELEMENT = /"((?:[^"\\]|\\.)*)"|([^,{}]+)/g;

/** One dimension; a deeper one is nobody's column. */
function readArray(text: string, read: Read): unknown[] {
  return [...text.matchAll(ELEMENT)].map(([, quoted, plain]) => {
    if (quoted !== undefined) return read(quoted.replaceAll(/\\(.)/g, '$1'));
    return plain === 'NULL' || plain === undefined ? null : read(plain);
  });
}
