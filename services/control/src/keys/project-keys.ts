import { randomBytes } from 'node:crypto';
import type { ProjectKeys } from '@ashlar/service';
import { controlErrors } from '../control-errors.ts';
import { generateApiKey } from './api-key.ts';
import type { GivenKeys } from './given-keys.ts';
import { legacyKeyRole, signLegacyKey, type LegacyRole } from './legacy-key.ts';
import { completeSigningKey, generateSigningKey, type SigningKeyPair } from './signing-key.ts';

/** 48 bytes: more than the 32 HS256 takes in, and readable as 64 characters of base64url. */
const JWT_SECRET_BYTES = 48;

/**
 * The keys a project has: those given, else those it had before, else new ones. Legacy keys follow their secret: a
 * newly given secret makes new ones. Access tokens are signed with ES256, unless a secret was given without a
 * signing key, for who gives a secret wants tokens that verify with it.
 *
 * @throws {AshlarError} `control.key_without_secret`, `control.key_not_signed`, `control.key_role`,
 *   `control.signing_key_malformed`.
 */
export function settleProjectKeys(ref: string, given: GivenKeys, before: ProjectKeys | null, now: Date): ProjectKeys {
  const kept = given.jwtSecret === null || given.jwtSecret === before?.jwtSecret ? before : null;
  const knownSecret = given.jwtSecret ?? kept?.jwtSecret ?? null;
  const jwtSecret = knownSecret ?? randomBytes(JWT_SECRET_BYTES).toString('base64url');
  const anonKey = checkLegacyKey('anon', given.anonKey, knownSecret) ?? kept?.anonKey;
  const serviceRoleKey = checkLegacyKey('service_role', given.serviceRoleKey, knownSecret) ?? kept?.serviceRoleKey;
  const pair = settleSigningKey(given, kept);
  return {
    jwtSecret,
    anonKey: anonKey ?? signLegacyKey('anon', ref, jwtSecret, now),
    serviceRoleKey: serviceRoleKey ?? signLegacyKey('service_role', ref, jwtSecret, now),
    publishableKeys: settleApiKeys(given.publishableKey, before?.publishableKeys, 'publishable'),
    secretKeys: settleApiKeys(given.secretKey, before?.secretKeys, 'secret'),
    signingKey: pair?.signingKey ?? null,
    verifyKeys: pair === null ? [] : [pair.verifyKey],
    ...(kept?.sealingSecret === undefined ? {} : { sealingSecret: kept.sealingSecret }),
  };
}

function settleSigningKey(given: GivenKeys, kept: ProjectKeys | null): SigningKeyPair | null {
  if (given.signingKey !== null) return completeSigningKey(given.signingKey);
  if (kept !== null) return kept.signingKey === null ? null : completeSigningKey({ ...kept.signingKey });
  return given.jwtSecret === null ? generateSigningKey() : null;
}

function checkLegacyKey(role: LegacyRole, given: string | null, jwtSecret: string | null): string | null {
  if (given === null) return null;
  const key = role === 'anon' ? 'anon key' : 'service_role key';
  if (jwtSecret === null) throw controlErrors.keyWithoutSecret({ key });
  const found = legacyKeyRole(given, jwtSecret);
  if (found === null) throw controlErrors.keyNotSigned({ key });
  if (found !== role) throw controlErrors.keyRole({ key, found, wanted: role });
  return given;
}

function settleApiKeys(
  given: string | null,
  before: readonly string[] | undefined,
  kind: 'publishable' | 'secret',
): readonly string[] {
  if (given !== null) return [given];
  return before ?? [generateApiKey(kind)];
}
