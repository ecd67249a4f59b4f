import { restErrors } from '../rest-errors.ts';

export interface Preferences {
  readonly resolution: 'merge-duplicates' | 'ignore-duplicates' | null;
  readonly missing: 'default' | 'null' | null;
  readonly return: 'minimal' | 'headers-only' | 'representation' | null;
  readonly count: 'exact' | 'planned' | 'estimated' | null;
  readonly tx: 'commit' | 'rollback' | null;
  readonly handling: 'strict' | 'lenient' | null;
  /** As sent; whether the server knows it is decided against the snapshot. */
  readonly timezone: string | null;
  readonly maxAffected: number | null;
}

type Choices = Pick<Preferences, 'resolution' | 'missing' | 'return' | 'count' | 'tx' | 'handling'>;

const CHOICES: { readonly [Name in keyof Choices]: readonly NonNullable<Choices[Name]>[] } = {
  resolution: ['merge-duplicates', 'ignore-duplicates'],
  missing: ['default', 'null'],
  return: ['minimal', 'headers-only', 'representation'],
  count: ['exact', 'planned', 'estimated'],
  tx: ['commit', 'rollback'],
  handling: ['strict', 'lenient'],
};

const NO_PREFERENCES: Preferences = {
  resolution: null,
  missing: null,
  return: null,
  count: null,
  tx: null,
  handling: null,
  timezone: null,
  maxAffected: null,
};

const MAX_AFFECTED = /^max-affected=(\d{1,15})$/;

/**
 * Reads the `Prefer` header; of several values for one preference the first counts.
 *
 * @param isTimezone Whether the server knows a zone of this name: with `handling=strict` an unknown one is refused.
 * @throws PGRST122 with `handling=strict` and a preference nobody knows.
 */
export function parsePrefer(header: string | undefined, isTimezone: (name: string) => boolean): Preferences {
  if (header === undefined || header === '') return NO_PREFERENCES;
  // The loop fills in one member per name of CHOICES with one of that name's words, so the result fits the type.
  const found: { -readonly [Name in keyof Preferences]: Preferences[Name] } = { ...NO_PREFERENCES };
  const invalid: string[] = [];
  for (const piece of header.split(',')) {
    const text = piece.trim();
    if (text === '') continue;
    if (!take(found, text, isTimezone)) invalid.push(text);
  }
  if (found.handling === 'strict' && invalid.length > 0) throw restErrors.invalidPreferences(invalid);
  return found;
}

function take(
  found: { -readonly [Name in keyof Preferences]: Preferences[Name] },
  text: string,
  isTimezone: (name: string) => boolean,
): boolean {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals);
  const value = text.slice(equals + 1);
  if (isChoice(name)) {
    const words: readonly string[] = CHOICES[name];
    if (!words.includes(value)) return false;
    // `value` is one of the words of `name`, which the index access cannot tell the compiler.
    found[name] ??= value as never;
    return true;
  }
  if (name === 'timezone') {
    if (!isTimezone(value)) return false;
    found.timezone ??= value;
    return true;
  }
  const affected = MAX_AFFECTED.exec(text)?.[1];
  if (affected === undefined) return false;
  found.maxAffected ??= Number(affected);
  return true;
}

function isChoice(name: string): name is keyof Choices {
  return Object.hasOwn(CHOICES, name);
}
