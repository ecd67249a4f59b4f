import { randomUUID } from 'node:crypto';
import type { Bearer } from '../domain/bearer.ts';
import { factorErrors } from '../domain/factor-errors.ts';
import { relyingPartyOf } from '../domain/relying-party.ts';
import { auditEntry } from './audit-entry.ts';
import { lockFactorHolder, requireProvenSession, type FactorHolder } from './factor-holder.ts';
import { noticeFactor } from './factor-notice.ts';
import type { Passkey } from './passkey-store.ts';
import type { Stores } from './stores.ts';
import { CHALLENGE_LIFE_MS, type Ceremony, type CreationResponse } from './web-authn.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

const MAX_PASSKEYS = 10;
/** Until its owner gives it a better one. */
const FIRST_NAME = 'Passkey';

export interface PasskeyOptions {
  readonly challengeId: string;
  readonly options: Ceremony['options'];
  readonly expiresAt: Date;
}

/** @throws {AshlarError} `identity.passkey_disabled` */
export function requirePasskeys({ settings }: Visit): void {
  if (!settings.passkeys.enabled) throw factorErrors.passkeyDisabled();
}

/**
 * What a browser needs to make a passkey for the caller.
 *
 * @throws {AshlarError} Those of `lockFactorHolder`, `identity.passkey_disabled`, `identity.aal2_required`,
 *   `identity.too_many_passkeys`.
 */
export async function beginPasskey(parts: IdentityParts, visit: Visit, bearer: Bearer): Promise<PasskeyOptions> {
  requirePasskeys(visit);
  const { user, known } = await parts.inTransaction(visit, (stores) => passkeyHolder(stores, bearer, parts.now()));
  const name = user.email ?? user.phone ?? user.id;
  const { challenge, options } = await parts.webAuthn.beginCreation(
    relyingPartyOf(visit.settings),
    { handle: user.id, name, displayName: name },
    known.map(({ credential }) => credential),
    { userVerification: 'required', discoverable: true },
  );
  return keepPasskeyChallenge(parts, visit, user.id, challenge, options);
}

/** Remembers a challenge for as long as it may be answered. */
export async function keepPasskeyChallenge(
  parts: IdentityParts,
  visit: Visit,
  userId: string | null,
  challenge: string,
  options: Ceremony['options'],
): Promise<PasskeyOptions> {
  const now = parts.now();
  const challengeId = randomUUID();
  const expiresAt = new Date(now.getTime() + CHALLENGE_LIFE_MS);
  await parts.inTransaction(visit, ({ passkeys }) =>
    passkeys.keepChallenge(challengeId, userId, { challenge, expiresAt }, now),
  );
  return { challengeId, options, expiresAt };
}

/**
 * Keeps the passkey a browser made. The challenge is used up whatever the answer is worth.
 *
 * @throws {AshlarError} Those of `beginPasskey`, `identity.webauthn_challenge_not_found`,
 *   `identity.webauthn_challenge_expired`, `identity.webauthn_verification_failed`,
 *   `identity.webauthn_credential_exists`.
 */
export async function finishPasskey(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
  challengeId: string,
  response: CreationResponse,
): Promise<Passkey> {
  requirePasskeys(visit);
  const asked = await parts.inTransaction(visit, async (stores) => {
    await passkeyHolder(stores, bearer, parts.now());
    return stores.passkeys.takeChallenge(challengeId, bearer.userId);
  });
  if (asked === null) throw factorErrors.webauthnChallengeNotFound();
  if (asked.expiresAt <= parts.now()) throw factorErrors.webauthnChallengeExpired();
  const credential = await parts.webAuthn.finishCreation(response, {
    challenge: asked.challenge,
    party: relyingPartyOf(visit.settings),
    userVerification: 'required',
  });
  if (credential === null) {
    report(parts, visit, 'passkey-refused', bearer.userId);
    throw factorErrors.webauthnVerificationFailed();
  }
  const now = parts.now();
  const passkey = { id: randomUUID(), userId: bearer.userId, friendlyName: FIRST_NAME, createdAt: now };
  await parts.inTransaction(visit, async (stores) => {
    const { user } = await passkeyHolder(stores, bearer, now);
    if (!(await stores.passkeys.add(passkey, credential))) throw factorErrors.webauthnCredentialExists();
    const traits = { passkey_id: passkey.id };
    await stores.audit(auditEntry('passkey_created', user, visit.client.address, now, traits));
    await noticeFactor(stores, visit, user, 'enrolled', 'passkey', now);
  });
  report(parts, visit, 'passkey-created', bearer.userId);
  return { ...passkey, lastUsedAt: null, credential };
}

/** Whoever may have one passkey more, and those there are. */
async function passkeyHolder(
  stores: Stores,
  bearer: Bearer,
  now: Date,
): Promise<FactorHolder & { readonly known: readonly Passkey[] }> {
  const holder = await lockFactorHolder(stores, bearer, now);
  requireProvenSession(holder, 'AAL2 session is required to manage passkeys when MFA is enabled');
  const known = await stores.passkeys.list(bearer.userId);
  if (known.length >= MAX_PASSKEYS) throw factorErrors.tooManyPasskeys();
  return { ...holder, known };
}
