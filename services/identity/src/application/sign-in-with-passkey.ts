import { factorErrors } from '../domain/factor-errors.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { isCounterRegression, relyingPartyOf } from '../domain/relying-party.ts';
import { isBanned, type User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { openSession } from './open-session.ts';
import type { Passkey } from './passkey-store.ts';
import { keepPasskeyChallenge, requirePasskeys, type PasskeyOptions } from './register-passkey.ts';
import { renderSession, type OpenSession, type SessionDocument } from './session-document.ts';
import type { Stores } from './stores.ts';
import type { AssertionResponse } from './web-authn.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * What a browser needs to offer its owner's passkeys. It names no account, so it tells nothing about any.
 *
 * @throws {AshlarError} `identity.passkey_disabled`
 */
export async function beginPasskeySignIn(parts: IdentityParts, visit: Visit): Promise<PasskeyOptions> {
  requirePasskeys(visit);
  const { challenge, options } = await parts.webAuthn.beginAssertion(relyingPartyOf(visit.settings), [], 'required');
  return keepPasskeyChallenge(parts, visit, null, challenge, options);
}

/**
 * Opens a session for a signature by a passkey. The challenge is used up whatever the answer is worth, and one whose
 * counter went back is refused: somebody has a copy of the authenticator.
 *
 * @throws {AshlarError} `identity.passkey_disabled`, `identity.webauthn_challenge_not_found`,
 *   `identity.webauthn_challenge_expired`, `identity.webauthn_verification_failed`, `identity.user_banned`,
 *   `identity.passkey_email_not_confirmed`, `identity.passkey_phone_not_confirmed`.
 */
export async function signInWithPasskey(
  parts: IdentityParts,
  visit: Visit,
  challengeId: string,
  response: AssertionResponse,
): Promise<SessionDocument> {
  requirePasskeys(visit);
  const [asked, passkey] = await parts.inTransaction(visit, ({ passkeys }) =>
    Promise.all([passkeys.takeChallenge(challengeId, null), passkeys.findByCredential(response.id)]),
  );
  if (asked === null) throw factorErrors.webauthnChallengeNotFound();
  if (asked.expiresAt <= parts.now()) throw factorErrors.webauthnChallengeExpired();
  const asserted =
    passkey === null || !isOwnHandle(passkey, response)
      ? null
      : await parts.webAuthn.finishAssertion(response, passkey.credential, {
          challenge: asked.challenge,
          party: relyingPartyOf(visit.settings),
          userVerification: 'required',
        });
  if (passkey === null || asserted === null) {
    report(parts, visit, 'passkey-refused', passkey?.userId ?? null);
    throw factorErrors.webauthnVerificationFailed();
  }
  const opened = await parts.inTransaction(visit, (stores) => open(stores, parts, visit, passkey, asserted.counter));
  if (opened === 'cloned') {
    report(parts, visit, 'passkey-cloned', passkey.userId);
    throw factorErrors.webauthnVerificationFailed();
  }
  report(parts, visit, 'signed-in', passkey.userId);
  return renderSession(parts, visit, opened);
}

/** The authenticator says whom the key was made for; it must be whom we know it for. */
function isOwnHandle({ userId }: Passkey, { response }: AssertionResponse): boolean {
  return Buffer.from(response.userHandle, 'base64url').toString() === userId;
}

async function open(
  stores: Stores,
  parts: IdentityParts,
  visit: Visit,
  { id, userId }: Passkey,
  counter: number,
): Promise<OpenSession | 'cloned'> {
  const now = parts.now();
  const { address } = visit.client;
  const [, user, known] = await Promise.all([
    stores.users.lock(userId),
    stores.users.findById(userId),
    stores.passkeys.lockCounter(id),
  ]);
  // Removed while its signature was checked.
  if (user === null || known === null) throw factorErrors.webauthnVerificationFailed();
  if (isCounterRegression(known, counter)) {
    const traits = { passkey_id: id, valid: false };
    await stores.audit(auditEntry('verification_attempted', user, address, now, traits));
    return 'cloned';
  }
  refuseUser(user, now);
  const [, , session] = await Promise.all([
    stores.passkeys.markUsed(id, counter, now),
    stores.users.markSignedIn(userId, user.passwordHash, now),
    openSession(stores, visit, userId, 'passkey', now),
    stores.audit(auditEntry('login', user, address, now, { provider: 'passkey', passkey_id: id })),
  ]);
  return { ...session, user: { ...user, lastSignInAt: now } };
}

function refuseUser(user: User, now: Date): void {
  if (user.deletedAt !== null) throw factorErrors.webauthnVerificationFailed();
  if (isBanned(user, now)) throw identityErrors.userBanned();
  if (user.email !== null && user.emailConfirmedAt === null) throw factorErrors.passkeyEmailNotConfirmed();
  if (user.phone !== null && user.phoneConfirmedAt === null) throw factorErrors.passkeyPhoneNotConfirmed();
}
