import { SECRET_MEMBERS, type SettingsSection } from './settings.ts';

type Document = Readonly<Record<string, unknown>>;

/** What stands for a secret wherever settings are shown; sent back, it leaves the secret as it is. */
const SHOWN_SECRET = { set: true } as const;
/** Members whose keys are the administrator's own: there null takes an entry away. Elsewhere it is a value. */
const MAPS: ReadonlySet<string> = new Set<SettingsSection | 'templates' | 'testCodes' | 'extra'>([
  'providers',
  'templates',
  'testCodes',
  'extra',
]);

/**
 * Lays changes over the stored members of a section: objects are merged, everything else is replaced, and an entry of
 * a map is removed by null. A member goes back to its default by leaving it out of a replacement of the whole.
 *
 * @param name Of the section, or of the member being merged.
 */
export function patchSettings(name: string, stored: Document, changes: Document): Document {
  const result = new Map(Object.entries(stored));
  for (const [key, value] of Object.entries(changes)) {
    const before = result.get(key);
    if (isShownSecret(key, value)) continue;
    if (value === null && MAPS.has(name)) result.delete(key);
    else result.set(key, isDocument(value) ? patchSettings(key, isDocument(before) ? before : {}, value) : value);
  }
  return withoutMovedSecrets(stored, Object.fromEntries(result), changes);
}

/** A replacement of the whole, in which shown secrets are what they were. */
export function keepShownSecrets(stored: Document, replacement: Document): Document {
  const kept = Object.fromEntries(
    Object.entries(replacement).flatMap(([key, value]) => {
      const before = stored[key];
      if (isShownSecret(key, value)) return before === undefined ? [] : [[key, before]];
      return [[key, isDocument(value) ? keepShownSecrets(isDocument(before) ? before : {}, value) : value]];
    }),
  );
  return withoutMovedSecrets(stored, kept, replacement);
}

/** Members that say where the secrets beside them are sent. */
const PLACES = ['host', 'baseUrl', 'issuer', 'verifyUrl', 'uri'] as const;

/**
 * A secret stays with the place it was given for: whoever may change settings and see no secret would otherwise have it
 * sent to a server of their own.
 */
function withoutMovedSecrets(before: Document, after: Document, changes: Document): Document {
  const hasMoved = PLACES.some((place) => before[place] !== undefined && before[place] !== after[place]);
  if (!hasMoved) return after;
  const isKept = (key: string): boolean =>
    SECRET_MEMBERS.has(key) && (!Object.hasOwn(changes, key) || isShownSecret(key, changes[key]));
  return Object.fromEntries(Object.entries(after).filter(([key]) => !isKept(key)));
}

/** The document as it may be shown: a secret only says whether there is one. */
export function hideSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (!isDocument(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const isSecret = SECRET_MEMBERS.has(key) && (typeof member === 'string' || isSealed(member));
      if (!isSecret) return [key, hideSecrets(member)];
      return [key, member === '' ? { set: false } : SHOWN_SECRET];
    }),
  );
}

function isShownSecret(key: string, value: unknown): boolean {
  return SECRET_MEMBERS.has(key) && isDocument(value) && typeof value['set'] === 'boolean';
}

function isSealed(value: unknown): boolean {
  return isDocument(value) && 'sealed' in value;
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
