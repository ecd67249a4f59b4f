import { createHash, timingSafeEqual } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { identityErrors } from '../../domain/identity-errors.ts';
import { isUuid } from '../../domain/uuid.ts';

export interface IdTokenRules {
  /** As the issuer's metadata says; `{tenantid}` in it stands for the token's own tenant. */
  readonly issuer: string;
  readonly otherIssuers: readonly string[];
  /** Client ids of ours. */
  readonly audiences: readonly string[];
  readonly keys: JWTVerifyGetKey;
  /** What `nonce` must be; null = absent, undefined = not looked at. */
  readonly nonce: string | null | undefined;
  readonly accessToken: string | null;
  readonly now: Date;
}

/** Asymmetric ones only: a shared secret would let every reader of it write tokens. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const MAX_TOKEN_LENGTH = 16_384;
const CLOCK_TOLERANCE_SECONDS = 10;
/** What goes wrong with the issuer's keys is not the token's fault. */
const KEYS_AT_FAULT: ReadonlySet<string> = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT']);
/** A token much older than its sign-in has been lying about somewhere. */
const MAX_AGE_SECONDS = 86_400;

/**
 * Verifies an id token in every respect: signature by the issuer's current keys, issuer, audience, authorized party,
 * times, nonce, and the hash of the access token that came with it.
 *
 * @throws {AshlarError} `identity.bad_id_token`, `identity.unexpected_audience`, `identity.nonce_mismatch`; what the
 *   client throws when the keys cannot be fetched.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
 */
export async function verifyIdToken(token: string, rules: IdTokenRules): Promise<JWTPayload> {
  if (token.length > MAX_TOKEN_LENGTH) throw identityErrors.badIdToken();
  const payload = await verifySignature(token, rules);
  if (!isIssuer(payload, rules)) throw identityErrors.badIdToken();
  const audiences = [payload.aud ?? []].flat();
  if (!audiences.some((audience) => rules.audiences.includes(audience))) throw identityErrors.unexpectedAudience();
  // With several audiences only the party the token was made for may bring it.
  if (audiences.length > 1 && !rules.audiences.includes(String(payload['azp']))) {
    throw identityErrors.unexpectedAudience();
  }
  checkNonce(payload['nonce'], rules.nonce);
  if (rules.accessToken !== null && payload['at_hash'] !== undefined) {
    const { alg = '' } = decodeProtectedHeader(token);
    if (!sameText(payload['at_hash'], halfHash(alg, rules.accessToken))) throw identityErrors.badIdToken();
  }
  return payload;
}

async function verifySignature(token: string, { keys, now }: IdTokenRules): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      currentDate: now,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      maxTokenAge: MAX_AGE_SECONDS,
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError && !KEYS_AT_FAULT.has(error.code)) {
      throw identityErrors.badIdToken({}, { cause: error });
    }
    throw error;
  }
}

function isIssuer({ iss = '', tid }: JWTPayload, { issuer, otherIssuers }: IdTokenRules): boolean {
  if (!issuer.includes('{tenantid}')) return iss === issuer || otherIssuers.includes(iss);
  return isUuid(tid) && iss === issuer.replace('{tenantid}', tid);
}

function checkNonce(found: unknown, wanted: string | null | undefined): void {
  if (wanted === undefined) return;
  if ((wanted === null) !== (found === undefined)) {
    const detail = 'Passed nonce and nonce in id_token should either both exist or not.';
    throw identityErrors.nonceMismatch({ detail });
  }
  if (wanted !== null && !sameText(found, wanted)) {
    throw identityErrors.nonceMismatch({ detail: 'Nonces mismatch' });
  }
}

/** The left half of the hash the token's algorithm is built on. */
function halfHash(alg: string, text: string): string {
  const bits = /(256|384|512)$/.exec(alg)?.[1] ?? '512';
  // Ed25519 is built on SHA-512.
  const digest = createHash(`sha${alg === 'Ed25519' ? '512' : bits}`)
    .update(text)
    .digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

function sameText(found: unknown, wanted: string): boolean {
  if (typeof found !== 'string') return false;
  const [left, right] = [Buffer.from(found), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}
