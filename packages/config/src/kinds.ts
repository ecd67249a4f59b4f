import { z } from 'zod';
import type { Kind } from './option.ts';

export interface IntegerBounds {
  readonly min: number;
  readonly max: number;
  readonly placeholder?: string;
}

export interface TextBounds {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly placeholder?: string;
}

export interface PatternDetails {
  readonly pattern: RegExp;
  readonly wanted: string;
  readonly placeholder: string;
}

/** Bound on any text value: a key file pasted into an environment variable is the longest anyone has. */
const MAX_TEXT_LENGTH = 16_384;
const MAX_LIST_ITEMS = 100;

export function text(bounds: TextBounds = {}): Kind<string> {
  const min = bounds.minLength ?? 1;
  const max = bounds.maxLength ?? MAX_TEXT_LENGTH;
  return {
    schema: z.string().min(min).max(max),
    wanted: `text of ${min} to ${max} characters`,
    placeholder: bounds.placeholder ?? '<text>',
    path: false,
    choices: null,
  };
}

export function matching(details: PatternDetails): Kind<string> {
  return {
    schema: z.string().max(MAX_TEXT_LENGTH).regex(details.pattern),
    wanted: details.wanted,
    placeholder: details.placeholder,
    path: false,
    choices: null,
  };
}

export function path(): Kind<string> {
  return { schema: z.string().min(1).max(4096), wanted: 'a path', placeholder: '<path>', path: true, choices: null };
}

export function integer(bounds: IntegerBounds): Kind<number> {
  const number = z.int().min(bounds.min).max(bounds.max);
  return {
    schema: z.preprocess(
      (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
      number,
    ),
    wanted: `a whole number from ${bounds.min} to ${bounds.max}`,
    placeholder: bounds.placeholder ?? '<number>',
    path: false,
    choices: null,
  };
}

const SWITCH_WORDS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
]);

export function toggle(): Kind<boolean> {
  return {
    schema: z.preprocess(
      (value) => (typeof value === 'string' ? SWITCH_WORDS.get(value.toLowerCase()) : value),
      z.boolean(),
    ),
    wanted: 'true or false',
    placeholder: null,
    path: false,
    choices: null,
  };
}

export function choice<const Choices extends readonly [string, ...string[]]>(
  placeholder: string,
  choices: Choices,
): Kind<Choices[number]> {
  return {
    schema: z.enum(choices),
    wanted: `one of ${choices.join(', ')}`,
    placeholder,
    path: false,
    choices,
  };
}

/** An array in TOML; in a flag or variable its items are separated by commas. */
export function list(item: Kind<string>, details: { readonly minItems: number }): Kind<readonly string[]> {
  const items = z.array(item.schema).min(details.minItems).max(MAX_LIST_ITEMS);
  return {
    schema: z.preprocess((value) => (typeof value === 'string' ? splitList(value) : value), items),
    wanted: `${details.minItems} to ${MAX_LIST_ITEMS} items separated by commas, each ${item.wanted}`,
    placeholder: `${item.placeholder},…`,
    path: false,
    choices: null,
  };
}

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export function url(...protocols: readonly [string, ...string[]]): Kind<string> {
  const wanted = `a URL that begins with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`;
  return {
    schema: z
      .string()
      .max(MAX_TEXT_LENGTH)
      .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1))),
    wanted,
    placeholder: '<url>',
    path: false,
    choices: null,
  };
}

/** A JSON object: its text in a flag or variable, a table or its text in TOML. */
export function jsonObject(wanted: string): Kind<Readonly<Record<string, unknown>>> {
  const object = z.record(z.string(), z.unknown());
  return {
    schema: z.preprocess((value) => (typeof value === 'string' ? parseJson(value) : value), object),
    wanted,
    placeholder: '<json>',
    path: false,
    choices: null,
  };
}

/** Text that is no JSON becomes undefined, which the object schema then refuses like any other wrong value. */
function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** The option may be left out; its default is then null. An empty variable counts as left out. */
export function optional<Value>(kind: Kind<Value>): Kind<Value | null> {
  return { ...kind, schema: z.union([kind.schema, z.literal('').transform(() => null)]) };
}
