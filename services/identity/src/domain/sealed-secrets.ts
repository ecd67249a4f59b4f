import { must } from '@ashlar/kernel';
import { derivedKey, openText, sealText } from '@ashlar/secrets';
import { SECRET_MEMBERS } from './settings.ts';

/** What the database keeps in place of a secret. */
interface Sealed {
  readonly sealed: string;
}

/** What secrets of a project's settings are sealed with; a read of the database alone opens none. */
export interface SealingKeys {
  /** The project's data key, which the instance keeps wrapped; null where there is none. */
  readonly data: Buffer | null;
  /** Follows from a secret of the project: sealed all that was kept before there were data keys. */
  readonly derived: Buffer;
}

/** Before what was sealed with a data key; base64 has no colon. */
const WITH_DATA_KEY = 'data-key:';
const PURPOSE = 'secrets in account settings v1';

/** @param dataKey The project's; null or absent: all is sealed with a key that follows from `secret`. */
export function sealingKeys(secret: string, dataKey: Buffer | null = null): SealingKeys {
  const data = dataKey === null ? null : derivedKey(dataKey.toString('base64'), PURPOSE);
  return { data, derived: derivedKey(secret, PURPOSE) };
}

/** Whether it takes the project's data key to open a value, as text. */
export function needsDataKey(json: string): boolean {
  return json.includes(`"${WITH_DATA_KEY}`);
}

/** The value with every secret in it replaced by its sealed form; empty texts stay, as they hide nothing. */
export function sealSecrets(keys: SealingKeys, value: unknown): unknown {
  return mapSecrets(value, (text) => (typeof text === 'string' && text !== '' ? seal(keys, text) : text));
}

/**
 * The value with every sealed secret opened.
 *
 * @throws {Error} When one was sealed with another key or changed since.
 */
export function openSecrets(keys: SealingKeys, value: unknown): unknown {
  return mapSecrets(value, (member) => (isSealed(member) ? open(keys, member) : member));
}

/** The value with those secrets opened that were sealed before there was a data key; what no key opens stays. */
export function openFormer(keys: SealingKeys, value: unknown): unknown {
  if (keys.data === null) return value;
  return mapSecrets(value, (member) => {
    if (!isSealed(member) || member.sealed.startsWith(WITH_DATA_KEY)) return member;
    try {
      return open(keys, member);
    } catch {
      return member;
    }
  });
}

function seal({ data, derived }: SealingKeys, text: string): Sealed {
  return { sealed: data === null ? sealText(derived, text, '') : WITH_DATA_KEY + sealText(data, text, '') };
}

function open({ data, derived }: SealingKeys, { sealed }: Sealed): string {
  if (!sealed.startsWith(WITH_DATA_KEY)) return openText(derived, sealed, '');
  return openText(must(data, 'the data key of the project'), sealed.slice(WITH_DATA_KEY.length), '');
}

function mapSecrets(value: unknown, map: (member: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isSecret = SECRET_MEMBERS.has(name) && (typeof member === 'string' || isSealed(member));
      return [name, isSecret ? map(member) : mapSecrets(member, map)];
    }),
  );
}

function isSealed(value: unknown): value is Sealed {
  return typeof value === 'object' && value !== null && 'sealed' in value && typeof value.sealed === 'string';
}
