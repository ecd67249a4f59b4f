import { storageErrors } from './storage-errors.ts';

/** Hours an unfinished upload is kept, from its beginning. */
export const UPLOAD_HOURS = 24;

/** An unfinished upload as its row has it. */
export interface ResumableUpload {
  readonly id: string;
  readonly bucket_id: string;
  readonly name: string;
  readonly length_bytes: number | null;
  readonly owner_id: string | null;
  readonly role: string;
  readonly is_signed: boolean;
  readonly replaces: boolean;
  readonly content_type: string | null;
  readonly cache_control: string;
  readonly user_metadata: Readonly<Record<string, unknown>> | null;
  readonly expires_at: string;
  readonly held_by: string | null;
}

/**
 * How far the client may think it is. Having all bytes is not yet having an object: until there is one, the last byte
 * is asked for again, so that a client whose last answer got lost comes back instead of believing itself done.
 */
export function offsetOf({ length_bytes: length }: ResumableUpload, sizeBytes: number): number {
  return length !== null && length > 0 && sizeBytes >= length ? length - 1 : sizeBytes;
}

/** @throws {AshlarError} `storage.upload_expired`. */
export function checkNotExpired({ expires_at: expiresAt }: ResumableUpload, now: Date): void {
  if (new Date(expiresAt).getTime() <= now.getTime()) throw storageErrors.uploadExpired();
}

const MAX_PAIRS = 32;
const KEY = /^[!-+\--~]{1,64}$/;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * Pairs of an `Upload-Metadata` header, values as text.
 *
 * @throws {AshlarError} `storage.invalid_request` for what is no list of `key base64`, or names a key twice.
 */
export function parseUploadMetadata(header: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const pair of header.split(',')) {
    const [key = '', value = '', more] = pair.trim().split(' ');
    const isFine = KEY.test(key) && BASE64.test(value) && more === undefined && !pairs.has(key);
    if (!isFine || pairs.size >= MAX_PAIRS) {
      throw storageErrors.invalidRequest({ detail: 'Upload-Metadata is not valid: it is a list of "key base64"' });
    }
    pairs.set(key, Buffer.from(value, 'base64').toString());
  }
  return pairs;
}
