/** JSON whose numbers keep the digits they were written with: `12345678901234567890` and `1.10` stay what they are. */
export type Json = string | number | boolean | null | ExactNumber | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [member: string]: Json;
}

/** A number JavaScript would write differently. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    return EXACT.rawJSON(this.text);
  }
}

/** JSON.parse source text access (ECMAScript 2026), which the compiler's library does not describe yet. */
interface ExactJson {
  parse(text: string, revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
}

// Node has had both since version 21.
const EXACT = JSON as unknown as ExactJson;

/** Every number that JavaScript might write differently matches, and some texts; asking each value takes long. */
const MAY_LOSE_DIGITS = /\d[.eE]|\d{16}|-0/;

/** @throws SyntaxError for a text that is no JSON. */
export function parseExactJson(text: string): Json {
  if (!MAY_LOSE_DIGITS.test(text)) return JSON.parse(text) as Json;
  // JSON texts hold nothing else, and numbers are replaced by what stands for them here.
  return EXACT.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? new ExactNumber(source) : value,
  ) as Json;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** A text, number or truth value as text; null for anything else. */
export function scalarText(value: Json): string | null {
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'object' ? null : String(value);
}
