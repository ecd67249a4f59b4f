/** What decides how a value of a column is written as JSON. */
export interface ValueType {
  /** Of the type below a domain: `int8`, `_text`, … */
  readonly baseType: string;
  /** Of an array's elements; null where it is none. */
  readonly elementType: string | null;
}

const NUMBERS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric']);
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
const TIMESTAMP = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)?(:\d\d)?$/;

/** A value in PostgreSQL's text form as the JSON PostgreSQL makes of it. Types with parts of their own stay text. */
export function jsonOf(text: string | null, { baseType, elementType }: ValueType): string {
  if (text === null) return 'null';
  if (elementType === null) return scalarJson(text, baseType);
  return arrayJson(text, elementType) ?? JSON.stringify(text);
}

function scalarJson(text: string, type: string): string {
  if (NUMBERS.has(type)) return NUMBER.test(text) ? text : JSON.stringify(text);
  switch (type) {
    case 'bool':
      return text === 't' ? 'true' : 'false';
    case 'json':
    case 'jsonb':
      return text;
    case 'timestamp':
    case 'timestamptz':
      return JSON.stringify(isoTime(text));
    default:
      return JSON.stringify(text);
  }
}

/** With the T and the whole offset, as in every JSON PostgreSQL writes; infinity and years before Christ stay. */
function isoTime(text: string): string {
  const match = TIMESTAMP.exec(text);
  if (match === null) return text;
  const [, date = '', time = '', hours, minutes = ':00'] = match;
  return hours === undefined ? `${date}T${time}` : `${date}T${time}${hours}${minutes}`;
}

/** Null for what is not written with commas and braces. */
function arrayJson(text: string, elementType: string): string | null {
  // Bounds other than from 1 stand in front: `[0:2]={…}`.
  const start = text.startsWith('[') ? text.indexOf('=') + 1 : 0;
  if (elementType === 'box' || text[start] !== '{') return null;
  let json = '';
  let at = start;
  while (at < text.length) {
    const letter = text[at];
    if (letter === '{' || letter === '}' || letter === ',') {
      json += letter === '{' ? '[' : letter === '}' ? ']' : ',';
      at += 1;
    } else if (letter === '"') {
      const [value, end] = quoted(text, at + 1);
      json += scalarJson(value, elementType);
      at = end;
    } else {
      const end = endOfBare(text, at);
      const bare = text.slice(at, end);
      json += bare.toUpperCase() === 'NULL' ? 'null' : scalarJson(bare, elementType);
      at = end;
    }
  }
  return json;
}

function quoted(text: string, start: number): readonly [value: string, end: number] {
  let value = '';
  let at = start;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\') at += 1;
    value += text[at] ?? '';
    at += 1;
  }
  return [value, at + 1];
}

function endOfBare(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== ',' && text[at] !== '}') at += 1;
  return at;
}
