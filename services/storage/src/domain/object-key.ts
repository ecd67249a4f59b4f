import { storageErrors } from './storage-errors.ts';

/** Bytes of an object's name, as S3 has it. */
const MAX_KEY_BYTES = 1024;
const MAX_BUCKET_CHARACTERS = 100;
/** Long names are quoted in part only. */
const QUOTED_CHARACTERS = 200;

const BUCKET_NAME = /^[\w!\-.*'() &$@=;:+,?]+$/;
const OBJECT_KEY = /^[\w/!\-.*'() &$@=;:+,?]+$/;

/**
 * A name is never part of a path on disk; these rules keep it readable by everybody else: no steps upwards, no empty
 * parts, nothing two readers could understand differently.
 *
 * @throws {AshlarError} `storage.invalid_key`.
 */
export function checkObjectKey(key: string): string {
  const parts = key.split('/');
  const isFine =
    OBJECT_KEY.test(key) &&
    key.length <= MAX_KEY_BYTES &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isFine) throw storageErrors.invalidKey({ key: key.slice(0, QUOTED_CHARACTERS).replaceAll(/[^ -~]/g, '?') });
  return key;
}

/** @throws {AshlarError} `storage.invalid_bucket_name`. */
export function checkBucketName(name: string): string {
  const isFine =
    BUCKET_NAME.test(name) &&
    name.length <= MAX_BUCKET_CHARACTERS &&
    name.trim() === name &&
    name !== '.' &&
    name !== '..';
  if (!isFine) throw storageErrors.invalidBucketName();
  return name;
}

/** Whether any name can begin so, those written by SQL included; what PostgreSQL has no text for matches nothing. */
export function isPossiblePrefix(prefix: string): boolean {
  return prefix.length <= MAX_KEY_BYTES && isText(prefix);
}

/** Whether PostgreSQL has a text for it. */
export function isText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
