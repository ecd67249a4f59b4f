import { derivedKey, openText, sealText } from '@ashlar/secrets';
import { SECRET_MEMBERS } from './settings.ts';

/** What the database keeps in place of a secret. */
interface Sealed {
  readonly sealed: string;
}

/** The key secrets of a project's settings are sealed with; a read of the database alone opens none. */
export function sealingKey(jwtSecret: string): Buffer {
  return derivedKey(jwtSecret, 'secrets in account settings v1');
}

/** The value with every secret in it replaced by its sealed form; empty texts stay, as they hide nothing. */
export function sealSecrets(key: Buffer, value: unknown): unknown {
  return mapSecrets(value, (text) => (typeof text === 'string' && text !== '' ? seal(key, text) : text));
}

/**
 * The value with every sealed secret opened.
 *
 * @throws {Error} When one was sealed with another key or changed since.
 */
export function openSecrets(key: Buffer, value: unknown): unknown {
  return mapSecrets(value, (member) => (isSealed(member) ? open(key, member) : member));
}

function seal(key: Buffer, text: string): Sealed {
  return { sealed: sealText(key, text, '') };
}

function open(key: Buffer, { sealed }: Sealed): string {
  return openText(key, sealed, '');
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
