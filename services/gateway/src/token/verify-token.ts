import type { Refusal } from '@ashlar/service';
import { checkClaims } from './check-claims.ts';
import type { KeyRing, VerifyKey } from './key-ring.ts';
import { type ParsedToken, parseToken } from './parse-token.ts';
import { isSignedBy } from './signature.ts';
import { type JsonObject, parseStrictObject } from './strict-json.ts';

/**
 * The claims of a token one of the keys signed and whose time it is, or the refusal in PostgREST's words.
 *
 * @param nowSeconds Since the epoch.
 * @see https://www.rfc-editor.org/rfc/rfc8725 for the mistakes this must not make
 */
export function verifyToken(token: string, ring: KeyRing, nowSeconds: number): JsonObject | Refusal {
  const parsed = parseToken(token);
  if ('reason' in parsed) return parsed;
  const candidates = ring.filter((key) => maySign(key, parsed));
  if (candidates.length === 0) return unverifiable('No suitable key was found to decode the JWT');
  if (!candidates.some(({ algorithm, key }) => isSignedBy(algorithm, key, parsed.signed, parsed.signature))) {
    return unverifiable('None of the keys was able to decode the JWT');
  }
  const claims = parseStrictObject(parsed.payload);
  if (claims === null) return { reason: 'token-claims', message: 'Parsing claims failed' };
  return checkClaims(claims.value, nowSeconds) ?? claims;
}

/** `kid` narrows the choice among public keys; the secret has no name, older issuers give its tokens any. */
function maySign(key: VerifyKey, token: ParsedToken): boolean {
  if (key.algorithm !== token.algorithm) return false;
  return token.kid === undefined || key.kid === undefined || key.kid === token.kid;
}

function unverifiable(details: string): Refusal {
  return { reason: 'token-unverifiable', message: 'No suitable key or wrong key type', details };
}
