import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import type { JWK } from 'jose';
import { controlErrors } from '../control-errors.ts';

export interface SigningKeyPair {
  /** Private, with `kid` and `alg`. */
  readonly signingKey: JWK;
  /** What verifiers and the JWKS endpoint show of it. */
  readonly verifyKey: JWK;
}

/** A new ES256 pair. */
export function generateSigningKey(): SigningKeyPair {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return completeSigningKey({ ...privateKey.export({ format: 'jwk' }) });
}

/**
 * Checks a private JWK and fills in `alg` and, when it has none, a `kid`: its RFC 7638 thumbprint.
 *
 * @throws {AshlarError} `control.signing_key_malformed`.
 */
export function completeSigningKey(given: Readonly<Record<string, unknown>>): SigningKeyPair {
  const publicMembers = publicPart(given);
  const alg = publicMembers.kty === 'RSA' ? 'RS256' : 'ES256';
  if (given['alg'] !== undefined && given['alg'] !== alg) {
    throw controlErrors.signingKeyMalformed({ reason: `found alg ${JSON.stringify(given['alg'])}` });
  }
  const kid = typeof given['kid'] === 'string' && given['kid'] !== '' ? given['kid'] : thumbprint(publicMembers);
  return {
    signingKey: { ...given, kty: publicMembers.kty, alg, kid, use: 'sig', key_ops: ['sign'] },
    verifyKey: { ...publicMembers, alg, kid, use: 'sig', key_ops: ['verify'] },
  };
}

type PublicMembers = { readonly kty: 'EC' | 'RSA' } & Readonly<Record<string, string>>;

function publicPart(given: Readonly<Record<string, unknown>>): PublicMembers {
  let members: JsonWebKey;
  try {
    const privateKey = createPrivateKey({ key: given, format: 'jwk' });
    members = createPublicKey(privateKey).export({ format: 'jwk' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw controlErrors.signingKeyMalformed({ reason }, { cause: error });
  }
  const { kty, crv, x, y, n, e } = members;
  if (kty === 'EC' && crv === 'P-256' && x !== undefined && y !== undefined) return { kty, crv, x, y };
  if (kty === 'RSA' && n !== undefined && e !== undefined) return { kty, n, e };
  throw controlErrors.signingKeyMalformed({ reason: `found ${[kty, crv].filter(Boolean).join(' ')}` });
}

/** RFC 7638: SHA-256 of the required public members in alphabetical order. */
function thumbprint(members: PublicMembers): string {
  const sorted = Object.entries(members).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(sorted)))
    .digest('base64url');
}
