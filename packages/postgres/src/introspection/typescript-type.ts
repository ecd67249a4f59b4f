import { relationKey, type NamedType, type Snapshot } from './snapshot.ts';

/** Writes the TypeScript type of the JSON a PostgreSQL type becomes. */
export type WriteType = (type: string) => string;

const NUMBERS = ['smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric'];
const STRINGS = `
  text, character varying, bpchar, "char", name, uuid, bytea, bit varying, "bit", xml, money,
  date, interval, time without time zone, time with time zone, timestamp without time zone, timestamp with time zone,
  inet, cidr, macaddr, macaddr8, tsvector, tsquery, jsonpath,
  int4range, int8range, numrange, tsrange, tstzrange, daterange,
  int4multirange, int8multirange, nummultirange, tsmultirange, tstzmultirange, datemultirange`
  .split(',')
  .map((type) => type.trim());
const PLAIN_TYPES: ReadonlyMap<string, string> = new Map([
  ...NUMBERS.map((type) => [type, 'number'] as const),
  ...STRINGS.map((type) => [type, 'string'] as const),
  ['boolean', 'boolean'],
  ['json', 'Json'],
  ['jsonb', 'Json'],
  ['void', 'undefined'],
  ['record', 'Record<string, unknown>'],
]);
/** Base types of well-known extensions, in whichever schema they were installed. */
const EXTENSION_STRINGS = /\.(?:citext|vector|halfvec|sparsevec|ltree)$/;

/**
 * @param schemas Those written out; what lies in another schema is spelt out (enums) or unknown.
 * @returns A function for types spelt as in the snapshot: `integer`, `public."Mood"[]`.
 */
export function typescriptTypes(snapshot: Snapshot, schemas: ReadonlySet<string>): WriteType {
  const write: WriteType = (type) => {
    if (type.endsWith('[]')) {
      const element = write(type.slice(0, -2));
      return element.includes(' ') ? `(${element})[]` : `${element}[]`;
    }
    const plain = PLAIN_TYPES.get(type);
    if (plain !== undefined) return plain;
    const named = snapshot.types.get(type);
    if (named !== undefined) return writeNamedType(named, snapshot, schemas, write);
    return EXTENSION_STRINGS.test(type) ? 'string' : 'unknown';
  };
  return write;
}

/** A name as a property or an index, whatever characters it holds. */
export function quoteName(name: string): string {
  return JSON.stringify(name);
}

function writeNamedType(named: NamedType, snapshot: Snapshot, schemas: ReadonlySet<string>, write: WriteType): string {
  if (named.kind === 'domain') return write(named.base);
  const path = `Database[${quoteName(named.schema)}]`;
  const name = quoteName(named.name);
  if (named.kind === 'enum') {
    return schemas.has(named.schema) ? `${path}['Enums'][${name}]` : writeLabels(named.labels);
  }
  if (!schemas.has(named.schema)) return 'unknown';
  if (named.kind === 'composite') return `${path}['CompositeTypes'][${name}]`;
  const kind = snapshot.relations.get(relationKey(named.schema, named.name))?.kind;
  if (kind === undefined) return 'unknown';
  return `${path}['${kind === 'view' || kind === 'materialized-view' ? 'Views' : 'Tables'}'][${name}]['Row']`;
}

export function writeLabels(labels: readonly string[]): string {
  return labels.length === 0 ? 'never' : labels.map(quoteName).join(' | ');
}
