import { createHash, randomBytes } from 'node:crypto';

/** 16 random bytes are the 22 characters of the form clients know. */
const RANDOM_BYTES = 16;
const CHECKSUM_CHARACTERS = 8;

/**
 * A new opaque key, `sb_publishable_<22>_<8>` or `sb_secret_<22>_<8>`. The last part is a checksum by which a secret
 * scanner can tell a key from a chance match; it grants nothing and is never asked for.
 */
export function generateApiKey(kind: 'publishable' | 'secret'): string {
  const body = `sb_${kind}_${randomBytes(RANDOM_BYTES).toString('base64url')}`;
  return `${body}_${createHash('sha256').update(body).digest('base64url').slice(0, CHECKSUM_CHARACTERS)}`;
}
