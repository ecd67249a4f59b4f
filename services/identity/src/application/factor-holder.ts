import type { Bearer } from '../domain/bearer.ts';
import { factorErrors } from '../domain/factor-errors.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import type { AssuranceLevel } from '../domain/session.ts';
import { hasVerifiedFactor, type Factor, type User } from '../domain/user.ts';
import { authenticate } from './authenticate.ts';
import type { Stores } from './stores.ts';

/** The account a call about its own factors or passkeys speaks for. */
export interface FactorHolder {
  readonly user: User;
  readonly sessionId: string;
  /** Where the session stands now; a token may still say what it was. */
  readonly level: AssuranceLevel;
}

/** What the tokens of a session say it was proven by. */
export const METHOD_OF: Readonly<Record<Factor['type'], string>> = {
  totp: 'totp',
  phone: 'mfa/phone',
  webauthn: 'mfa/webauthn',
  recovery_code: 'mfa/recovery_code',
};

/**
 * Locks the account until the transaction ends, so that what is decided on its factors stays true.
 *
 * @throws {AshlarError} Those of `authenticate`, `identity.session_not_found` for a token without a session,
 *   `identity.anonymous_not_allowed`.
 */
export async function lockFactorHolder(
  stores: Stores,
  { userId, ...bearer }: Bearer,
  now: Date,
): Promise<FactorHolder> {
  const { sessionId } = bearer;
  if (sessionId === null) throw identityErrors.sessionNotFound();
  // Locked before it is read.
  const [, user, level] = await Promise.all([
    stores.users.lock(userId),
    authenticate(stores, { userId, ...bearer }, now),
    stores.assurance.level(sessionId, userId),
  ]);
  if (level === null) throw identityErrors.sessionNotFound();
  if (user.isAnonymous) throw factorErrors.anonymousNotAllowed();
  return { user, sessionId, level };
}

/**
 * Whoever has a second factor must show it before changing how the account is proven; a stolen password alone adds
 * and removes nothing.
 *
 * @throws {AshlarError} `identity.aal2_required`
 */
export function requireProvenSession({ user, level }: FactorHolder, detail: string): void {
  if (hasVerifiedFactor(user) && level === 'aal1') throw factorErrors.aal2Required({ detail });
}
