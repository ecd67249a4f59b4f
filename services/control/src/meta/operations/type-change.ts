const SPELLINGS: Readonly<Record<string, string>> = {
  varchar: 'character varying',
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  int2: 'smallint',
  decimal: 'numeric',
  bool: 'boolean',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
  char: 'character',
  bpchar: 'character',
  float8: 'double precision',
  float4: 'real',
  varbit: 'bit varying',
};
/** Pairs of types whose values are the same bytes. */
const SAME_BYTES = new Set([
  'text>character varying',
  'character varying>text',
  'character>text',
  'character>character varying',
  'cidr>inet',
  'integer>oid',
  'oid>integer',
]);
/** Those whose modifier only limits, so that a wider one fits all there is. */
const LIMITED = new Set([
  'character varying',
  'bit varying',
  'time without time zone',
  'time with time zone',
  'timestamp without time zone',
  'timestamp with time zone',
]);
const TIMESTAMPS = new Set(['timestamp without time zone', 'timestamp with time zone']);

interface Spelled {
  readonly base: string;
  readonly modifiers: readonly number[];
}

/**
 * Whether changing a column's type writes all rows anew: not when old values are as good as new ones byte by byte.
 * In doubt it does.
 *
 * @see src/backend/commands/tablecmds.c, ATColumnChangeRequiresRewrite
 */
export function rewritesOnTypeChange(from: string, to: string, isUtc: boolean): boolean {
  const old = spelled(from);
  const wanted = spelled(to);
  if (old.base === wanted.base) return !isWider(old, wanted);
  if (TIMESTAMPS.has(old.base) && TIMESTAMPS.has(wanted.base)) return !isUtc || wanted.modifiers.length > 0;
  if (!SAME_BYTES.has(`${old.base}>${wanted.base}`)) return true;
  return wanted.modifiers.length > 0;
}

function isWider(old: Spelled, wanted: Spelled): boolean {
  const [oldFirst, oldScale = 0] = old.modifiers;
  const [first, scale = 0] = wanted.modifiers;
  if (old.base === 'numeric') {
    if (first === undefined) return true;
    return oldFirst !== undefined && scale === oldScale && first >= oldFirst;
  }
  if (first === oldFirst) return true;
  if (!LIMITED.has(old.base)) return false;
  return first === undefined || (oldFirst !== undefined && first >= oldFirst);
}

/** `timestamp(3) with time zone` has its modifier in the middle. */
function spelled(type: string): Spelled {
  const modifiers = /\(([^)]*)\)/.exec(type)?.[1]?.split(',').map(Number) ?? [];
  const base = type
    .replace(/ ?\([^)]*\)/, '')
    .replace(/^pg_catalog\./i, '')
    .toLowerCase();
  const [, name = base, dimensions = ''] = /^(.*?)((?:\[\d*\])*)$/.exec(base) ?? [];
  return { base: (SPELLINGS[name] ?? name) + (dimensions === '' ? '' : '[]'), modifiers };
}
