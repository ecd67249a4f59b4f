import { type KeyObject, createPublicKey, createSecretKey } from 'node:crypto';
import type { ProjectKeys } from '@ashlar/service';
import type { JWK } from 'jose';
import type { SignatureAlgorithm } from './signature.ts';

/**
 * A key and the one algorithm it verifies. The algorithm comes from the key, never from a token's header: a header
 * only says which key to try, so no key can be talked into another algorithm.
 */
export interface VerifyKey {
  readonly algorithm: SignatureAlgorithm;
  readonly kid: string | undefined;
  readonly key: KeyObject;
}

export type KeyRing = readonly VerifyKey[];

/** Bits; RFC 7518 §3.3 asks for it. */
const MIN_RSA_BITS = 2048;

/** All a project accepts tokens from: its HS256 secret and its public keys. Unusable keys are left out. */
export function createKeyRing(keys: Pick<ProjectKeys, 'jwtSecret' | 'verifyKeys'>): KeyRing {
  const secret: KeyRing =
    keys.jwtSecret === ''
      ? []
      : [{ algorithm: 'HS256', kid: undefined, key: createSecretKey(Buffer.from(keys.jwtSecret)) }];
  return [...secret, ...keys.verifyKeys.flatMap(toVerifyKey)];
}

function toVerifyKey(jwk: JWK): VerifyKey[] {
  if (jwk.use !== undefined && jwk.use !== 'sig') return [];
  const key = importPublicKey(jwk);
  const algorithm = key === null ? null : algorithmOf(key);
  if (key === null || algorithm === null) return [];
  if (jwk.alg !== undefined && jwk.alg !== algorithm) return [];
  return [{ algorithm, kid: jwk.kid, key }];
}

function importPublicKey(jwk: JWK): KeyObject | null {
  // A symmetric JWK among public keys is a mistake that would publish a secret, and no key to verify with.
  if (jwk.kty === 'oct') return null;
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    // One broken key must not lock out the holders of the others.
    return null;
  }
}

function algorithmOf(key: KeyObject): SignatureAlgorithm | null {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS ? 'RS256' : null;
    case 'ec':
      return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'ES256' : null;
    case 'ed25519':
      return 'EdDSA';
    default:
      return null;
  }
}
