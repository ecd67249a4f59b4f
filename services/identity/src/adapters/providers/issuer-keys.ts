import { BoundedCache } from '@ashlar/kernel';
import type { OutboundFetch } from '@ashlar/outbound';
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';

const MAX_KEY_SETS = 200;
const KEYS_AGE_MS = 600_000;
/** A token with an unknown key makes us look again, as after a rotation, but not more often than this. */
const COOLDOWN_MS = 1_000;
const KEYS_TIMEOUT_MS = 5_000;

/** The key sets of issuers, each fetched once and again when a token names a key it lacks. */
export function createIssuerKeys(get: OutboundFetch): (jwksUri: string) => JWTVerifyGetKey {
  const sets = new BoundedCache<string, JWTVerifyGetKey>(MAX_KEY_SETS);
  return (jwksUri) => {
    const known = sets.get(jwksUri);
    if (known !== undefined) return known;
    const set = createRemoteJWKSet(new URL(jwksUri), {
      cacheMaxAge: KEYS_AGE_MS,
      cooldownDuration: COOLDOWN_MS,
      timeoutDuration: KEYS_TIMEOUT_MS,
      [customFetch]: (url, options) => get(url, options),
    });
    sets.set(jwksUri, set);
    return set;
  };
}
